import { done } from '../../cli/output/marks.ts';
import { grouped } from '../../cli/output/numbers.ts';
import { columns, forPeople, recordView, type View } from '../../cli/output/view.ts';
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
  headline: ({ applied }) => (applied.length === 0 ? null : done(phrase('The schema is up to date.'))),
  empty: phrase('Nothing to do: the schema is up to date.'),
};

/** A reverted migration, and the number of rows whose data was deleted. */
export interface Reverted {
  readonly reverted: string | null;
  readonly rows: number;
}

/** Columns of the output of `db revert`. */
export const REVERTED = forPeople(recordView<Reverted>(...columns<Reverted>({ reverted: 'text', rows: 'count' })), {
  headline: ({ reverted, rows }) =>
    reverted === null
      ? { mark: 'skipped', text: phrase('Nothing to revert: no migration is applied.') }
      : done(phrase`Reverted ${reverted}. Rows with deleted data: ${grouped(rows)}.`),
  hidden: ['reverted', 'rows'],
});

/** Columns of the output of `db seed`. */
export const SEEDED = forPeople(recordView<Seeded>(...columns<Seeded>({ users: 'count', products: 'count' })), {
  headline: ({ users, products }) =>
    users + products === 0
      ? { mark: 'skipped', text: phrase('Nothing to add: the sample users and products are there.') }
      : done(phrase`Added ${grouped(users)} sample users and ${grouped(products)} sample products.`),
  hidden: ['users', 'products'],
});

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
