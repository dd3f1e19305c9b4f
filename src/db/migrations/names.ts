/**
 * The migrations' names in order, apart from the migrations themselves so that a command can tell whether the schema is
 * its own without loading TypeORM. A test holds the two lists together.
 */
export const MIGRATION_NAMES: readonly string[] = [
  'InitialSchema1763800000000',
  'CancelOrders1763900000000',
  'HourlySales1763900100000',
  'Carts1763900200000',
  'Batches1763900300000',
  'Attempts1763900400000',
  'NarrowerIndexes1763900500000',
  'QueueControl1763900600000',
];

/** TypeORM's record of what was applied. */
export const MIGRATIONS_TABLE = 'schema_migrations';
