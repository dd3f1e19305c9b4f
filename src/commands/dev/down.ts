import type { Runner } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { DOWN } from './view.ts';

/** `shop dev down` */
export function addDown(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'down',
      summary: 'Stop worker and servers; their data stays',
      examples: ['shop dev down'],
      run: async (context) => {
        const { down } = await import('../../dev/environment.ts');
        return answer(await down((await context.config()).dev), DOWN);
      },
    },
    runner,
  );
}
