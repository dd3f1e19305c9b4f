/**
 * Names of the migrations in order. They are separate from the migrations, so that a command can check the schema without
 * loading TypeORM. A test compares the two lists.
 */
export const MIGRATION_NAMES: readonly string[] = ['InitialSchema1795900000000'];

/** First migration of all versions before 0.2. They were not released, and can't be upgraded. */
export const FIRST_MIGRATION_BEFORE_0_2 = 'InitialSchema1763800000000';

/** Table in which TypeORM records the applied migrations. */
export const MIGRATIONS_TABLE = 'schema_migrations';

/**
 * Marker in the record while migrations run on a schema in use. As the newest name there, it closes the gate of each lane. An
 * interrupted migration leaves it, and the next one continues.
 */
export const MIGRATION_UNDER_WAY = 'MigrationUnderWay';
