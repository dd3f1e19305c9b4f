import type { Runner } from '../../cli/command.ts';
import { answer, fields, recordView } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { phrase } from '../../domain/phrase.ts';

interface Reverted {
  readonly reverted: string | null;
}

/** `shop db revert` */
export function addRevert(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'revert',
      summary: 'Take back the last migration, with its data',
      examples: ['shop db revert', 'shop db revert --yes'],
      run: async (context) => {
        const url = await context.databaseUrl();
        if (!(await context.confirm(phrase('Take back the last migration, with all data of the tables it made?')))) {
          await context.say(phrase('Nothing was done.'));
          return undefined;
        }
        const { revertDatabase } = await import('../../domain/schema.ts');
        return answer<Reverted, Reverted>(
          { reverted: await revertDatabase(url) },
          recordView<Reverted>(...fields<Reverted>('reverted')),
        );
      },
    },
    runner,
  );
}
