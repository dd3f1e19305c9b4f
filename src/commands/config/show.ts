import { command } from '../../cli/command.ts';
import { EXIT_CODES, EXIT_DONE } from '../../cli/exit-codes.ts';
import { answer } from '../../cli/output/view.ts';
import { SETTINGS } from './view.ts';

/** `shop config show` */
export const show = command({
  name: 'show',
  summary: 'Show all settings and where each value comes from',
  examples: ['shop config show', 'shop config show --json | jq \'.[] | select(.source != "default")\''],
  notes: `Passwords are shown as ***. Invalid values are left out; if there are any, the exit status is ${EXIT_CODES.CONFIG}.`,
  run: async (context) => {
    const settings = await context.settings();
    const usable = settings.every(({ problem }) => problem === null);
    return answer(settings, SETTINGS, usable ? EXIT_DONE : EXIT_CODES.CONFIG);
  },
});
