import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import { RESET } from './view.ts';

/** `shop dev reset` */
export const reset = command({
  name: 'reset',
  summary: 'Stop the local environment and delete all its data',
  examples: ['shop dev reset', 'shop dev reset --yes'],
  run: async (context) => {
    const { dev } = await context.config();
    if (!(await context.confirm(phrase`Delete the local environment in ${dev.directory} with all its data?`))) {
      await context.say(phrase('Nothing was done.'));
      return undefined;
    }
    const environment = await import('../../dev/environment.ts');
    return answer(await environment.reset(dev), RESET);
  },
});
