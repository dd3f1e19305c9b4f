import { InitialSchema1795900000000 } from './1795900000000-initial-schema.ts';
import { CancelledBatches1796000000000 } from './1796000000000-cancelled-batches.ts';
import { FilterIndexes1796100000000 } from './1796100000000-filter-indexes.ts';
import type { Migration } from './migration.ts';

/** The kinds of requests that the schema allows, from the newest migration that defines `ck_requests_kind`. */
export { KINDS as RECORDED_KINDS } from './1795900000000-initial-schema.ts';

/** All migrations, oldest first. New migrations are only appended, and a released migration never changes. */
export const MIGRATIONS: readonly (new () => Migration)[] = [
  InitialSchema1795900000000,
  CancelledBatches1796000000000,
  FilterIndexes1796100000000,
];

/** The names of all migrations, oldest first. */
export const MIGRATION_NAMES: readonly string[] = MIGRATIONS.map((OneMigration) => new OneMigration().name);
