import type { Command } from 'commander';
import type { Runner } from '../../cli/command.ts';
import { answer, fields, recordView, type View } from '../../cli/output/view.ts';
import { addCommand, defineGroup } from '../../cli/registration.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Seeded } from '../../domain/schema.ts';

interface Migrated {
  readonly applied: readonly string[];
}

interface Reverted {
  readonly reverted: string | null;
}

interface StatusRow {
  readonly name: string;
  readonly state: 'applied' | 'pending' | 'unknown' | 'drift';
}

interface Status {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  readonly unknown: readonly string[];
  readonly drift: readonly string[] | null;
}

const MIGRATED: View<Migrated, { applied: string }> = {
  kind: 'list',
  columns: fields<{ applied: string }>('applied'),
  rows: ({ applied }) => applied.map((name) => ({ applied: name })),
  empty: phrase('Nothing to do: the schema is up to date.'),
};

const STATUS: View<Status, StatusRow> = {
  kind: 'list',
  columns: fields<StatusRow>('state', 'name'),
  rows: ({ applied, pending, unknown, drift }) => [
    ...applied.map((name) => ({ name, state: 'applied' as const })),
    ...pending.map((name) => ({ name, state: 'pending' as const })),
    ...unknown.map((name) => ({ name, state: 'unknown' as const })),
    ...(drift ?? []).map((name) => ({ name, state: 'drift' as const })),
  ],
  empty: phrase('No migrations.'),
};

/** `shop db` */
export function defineDb(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop db migrate', 'shop db status'] });
  addCommand(
    group,
    {
      name: 'migrate',
      summary: 'Bring the schema up to date',
      examples: ['shop db migrate'],
      run: async (context) => {
        const { migrateDatabase } = await import('../../domain/schema.ts');
        return answer({ applied: await migrateDatabase(await context.databaseUrl()) }, MIGRATED);
      },
    },
    runner,
  );

  addCommand(
    group,
    {
      name: 'status',
      summary: 'Show what is applied, pending and drifted',
      examples: ['shop db status', 'shop db status --json'],
      run: async (context) => {
        const { readSchemaStatus } = await import('../../domain/schema.ts');
        return answer<Status, StatusRow>(await readSchemaStatus(await context.databaseUrl()), STATUS);
      },
    },
    runner,
  );

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

  addCommand(
    group,
    {
      name: 'seed',
      summary: 'Put sample users and products in',
      examples: ['shop db seed'],
      run: async (context) => {
        const { seedDatabase } = await import('../../domain/schema.ts');
        const seeded = await seedDatabase(await context.databaseUrl());
        return answer<Seeded, Seeded>(seeded, recordView<Seeded>(...fields<Seeded>('users', 'products')));
      },
    },
    runner,
  );
}
