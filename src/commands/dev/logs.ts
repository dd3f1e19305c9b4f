import type { Runner } from '../../cli/command.ts';
import { optional, parseChoice } from '../../cli/options.ts';
import { answer, field, listView } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import type { LogLine } from '../../dev/environment.ts';
import { parseWhole } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';

const SERVICES = ['mysql', 'redis', 'worker'] as const;

const DEFAULT_LOG_LINES = 50;

const MAX_LOG_LINES = 10_000;

/** `shop dev logs` */
export function addLogs(group: Command, runner: Runner): void {
  addCommand<{ lines?: string }>(
    group,
    {
      name: 'logs',
      summary: 'Show the end of the logs',
      arguments: [
        { name: 'service', description: `${SERVICES.join(', ')} (default: all)`, optional: true, values: SERVICES },
      ],
      options: [{ flags: '--lines <n>', description: `of each log (default: ${DEFAULT_LOG_LINES})` }],
      examples: ['shop dev logs', 'shop dev logs worker --lines 200'],
      run: async (context, [name], flags) => {
        const service = optional(name, (text) => parseChoice('service', text, SERVICES));
        const lines =
          optional(flags.lines, (text) => parseWhole('--lines', text, 1, MAX_LOG_LINES)) ?? DEFAULT_LOG_LINES;
        const { logs } = await import('../../dev/environment.ts');
        return answer(
          await logs((await context.config()).dev, { service, lines }),
          listView<LogLine>(phrase('No logs.'), field<LogLine>('service'), {
            ...field<LogLine>('line'),
            kind: 'prose',
          }),
        );
      },
    },
    runner,
  );
}
