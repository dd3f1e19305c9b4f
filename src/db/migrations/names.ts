/**
 * The migrations' names in order, apart from the migrations themselves so that a command can tell whether the schema is
 * its own without loading TypeORM. A test holds the two lists together.
 */
export const MIGRATION_NAMES: readonly string[] = ['InitialSchema1795900000000'];

/** The first migration of every version before 0.2: those versions were not released, and there is no upgrade from them. */
export const FIRST_MIGRATION_BEFORE_0_2 = 'InitialSchema1763800000000';

/** TypeORM's record of what was applied. */
export const MIGRATIONS_TABLE = 'schema_migrations';

/**
 * Stands in the record while later migrations run on a schema that is in use. It is the newest name there, so that the gate
 * of each lane is closed; a migration that was killed leaves it, and the next one goes on.
 */
export const MIGRATION_UNDER_WAY = 'MigrationUnderWay';
