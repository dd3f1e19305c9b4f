/** First migration of every version before 0.2. Those versions were not released, and their schemas can't be upgraded. */
export const FIRST_MIGRATION_BEFORE_0_2 = 'InitialSchema1763800000000';

/** Table in which TypeORM records the applied migrations. */
export const MIGRATIONS_TABLE = 'schema_migrations';

/**
 * Name of a row in `MIGRATIONS_TABLE` that exists while an existing schema is being migrated. While this is the newest name in the
 * table, no worker can apply requests (see `GATE_COLUMNS`). If the migration is interrupted, the row stays, and the next
 * `db migrate` continues.
 */
export const MIGRATION_UNDER_WAY = 'MigrationUnderWay';
