import { command } from '../../cli/command.ts';
import { parseChoice } from '../../cli/option-values.ts';
import { answer } from '../../cli/output/view.ts';
import { parseWhole } from '../../domain/input.ts';
import { LOGS } from './view.ts';

const SERVICES = ['mysql', 'redis', 'worker'] as const;

const DEFAULT_LOG_LINES = 50;

const MAX_LOG_LINES = 10_000;

/** `shop dev logs` */
export const logs = command({
  name: 'logs',
  summary: 'Show the last lines of the logs',
  arguments: [
    {
      name: 'service',
      description: `${SERVICES.join(', ')} (default: all)`,
      optional: true,
      values: SERVICES,
      parse: (text) => parseChoice('service', text, SERVICES),
    },
  ],
  options: {
    lines: {
      flags: '--lines <n>',
      description: `number of lines to show of each log (default: ${DEFAULT_LOG_LINES})`,
      parse: (text) => parseWhole('--lines', text, 1, MAX_LOG_LINES),
      default: DEFAULT_LOG_LINES,
    },
  },
  examples: ['shop dev logs', 'shop dev logs worker --lines 200'],
  run: async (context, [service], { lines }) => {
    const environment = await import('../../dev/environment.ts');
    return answer(await environment.logs((await context.config()).dev, { service, lines }), LOGS);
  },
});
