import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { DOWN } from './view.ts';

/** `shop dev down` */
export const down = command({
  name: 'down',
  summary: 'Stop the worker and the servers; data is kept',
  examples: ['shop dev down'],
  run: async (context) => {
    const environment = await import('../../dev/environment.ts');
    return answer(await environment.down((await context.config()).dev), DOWN);
  },
});
