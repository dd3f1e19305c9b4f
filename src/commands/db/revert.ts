import { command } from '../../cli/command.ts';
import { grouped } from '../../cli/output/numbers.ts';
import { answer } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import { REVERTED, type Reverted } from './view.ts';

/** `shop db revert` */
export const revert = command({
  name: 'revert',
  summary: 'Revert the last migration and delete its data',
  examples: ['shop db revert', 'shop db revert --yes'],
  run: async (context) => {
    const url = await context.databaseUrl();
    const { readRevert, revertDatabase } = await import('../../domain/servers/migrate.ts');
    const plan = await readRevert(url);
    if (plan === null) return answer<Reverted, Reverted>({ reverted: null, rows: 0 }, REVERTED);
    const { migration, rows } = plan;
    if (!(await context.confirm(phrase`Revert ${migration}? Rows that lose data: ${grouped(rows)}.`))) {
      await context.say(phrase('Nothing was done.'));
      return undefined;
    }
    return answer<Reverted, Reverted>({ reverted: await revertDatabase(url, await context.origin()), rows }, REVERTED);
  },
});
