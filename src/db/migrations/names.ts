/** First migration of every version before 0.2. Those versions were not released, and their schemas can't be upgraded. */
export const FIRST_MIGRATION_BEFORE_0_2 = 'InitialSchema1763800000000';

/** Table in which TypeORM records the applied migrations. */
export const MIGRATIONS_TABLE = 'schema_migrations';

/**
 * Name that is recorded among the migrations while migrations run on a schema in use. While this is the newest recorded name, no
 * worker can apply requests (see `GATE_COLUMNS`). An interrupted migration leaves the name behind, and the next `db migrate`
 * continues.
 */
export const MIGRATION_UNDER_WAY = 'MigrationUnderWay';
