import { columns, recordView, type View } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Seeded } from '../../domain/shop/seed.ts';

interface Migrated {
  readonly applied: readonly string[];
}

/** Columns of the migrations that `db migrate` has applied. */
export const MIGRATED: View<Migrated, { applied: string }> = {
  kind: 'list',
  columns: columns<{ applied: string }>({ applied: 'text' }),
  rows: ({ applied }) => applied.map((name) => ({ applied: name })),
  empty: phrase('Nothing to do: the schema is up to date.'),
};

/** A reverted migration, and how many rows its tables had. */
export interface Reverted {
  readonly reverted: string | null;
  readonly rows: number;
}

/** Columns of what `db revert` answers. */
export const REVERTED = recordView<Reverted>(...columns<Reverted>({ reverted: 'text', rows: 'count' }));

/** Columns of what `db seed` answers. */
export const SEEDED = recordView<Seeded>(...columns<Seeded>({ users: 'count', products: 'count' }));

interface StatusRow {
  readonly name: string;
  readonly state: 'applied' | 'pending' | 'unknown' | 'drift';
}

/** The state of the schema. */
interface Status {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  readonly unknown: readonly string[];
  readonly drift: readonly string[] | null;
}

/** Columns of the state of the schema. */
export const STATUS: View<Status, StatusRow> = {
  kind: 'list',
  columns: columns<StatusRow>({ state: 'status', name: 'text' }),
  rows: ({ applied, pending, unknown, drift }) => [
    ...applied.map((name) => ({ name, state: 'applied' as const })),
    ...pending.map((name) => ({ name, state: 'pending' as const })),
    ...unknown.map((name) => ({ name, state: 'unknown' as const })),
    ...(drift ?? []).map((name) => ({ name, state: 'drift' as const })),
  ],
  empty: phrase('No migrations.'),
};
