import type { Runner } from '../../cli/command.ts';
import { answer, fields, type View } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { phrase } from '../../domain/phrase.ts';

interface Migrated {
  readonly applied: readonly string[];
}

const MIGRATED: View<Migrated, { applied: string }> = {
  kind: 'list',
  columns: fields<{ applied: string }>('applied'),
  rows: ({ applied }) => applied.map((name) => ({ applied: name })),
  empty: phrase('Nothing to do: the schema is up to date.'),
};

/** `shop db migrate` */
export function addMigrate(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'migrate',
      summary: 'Bring the schema up to date',
      examples: ['shop db migrate'],
      run: async (context) => {
        const { migrateDatabase } = await import('../../domain/servers/schema.ts');
        return answer({ applied: await migrateDatabase(await context.databaseUrl()) }, MIGRATED);
      },
    },
    runner,
  );
}
