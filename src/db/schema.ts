import type { DataSource } from 'typeorm';
import { MIGRATION_NAMES, MIGRATIONS } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';
import { FIRST_MIGRATION_BEFORE_0_2, MIGRATION_UNDER_WAY, MIGRATIONS_TABLE } from './migrations/names.ts';
import type { Session } from './mysql/connection.ts';
import { connect } from './mysql/connection.ts';
import { DatabaseError, databaseError, SchemaError } from './mysql/errors.ts';
import { acquireLock, lockName, releaseLock } from './mysql/named-lock.ts';
import { databaseName } from './mysql/url.ts';

/** Seconds that a migrating process waits for other migrating processes. This is enough for twenty processes at once. */
const LOCK_WAIT_SECONDS = 300;
/** Seconds that a revert waits for tables in use by other sessions. */
const TABLES_WAIT_SECONDS = 10;
const NO_SUCH_TABLE = 1146;
/** Prefix of a migration's recorded name while the migration is being reverted. The migration then counts as not applied. */
const REVERTING = 'reverting ';

/** Names of migrations by state, oldest first. */
export interface SchemaState {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Migrations that are applied, but unknown to this program: the database is newer, or a version before 0.2 created it. */
  readonly unknown: readonly string[];
}

/** Reads which migrations are applied. */
export async function schemaState(session: Pick<Session, 'query'>): Promise<SchemaState> {
  const applied = await appliedMigrations(session);
  return {
    applied: MIGRATION_NAMES.filter((name) => applied.includes(name)),
    pending: MIGRATION_NAMES.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !MIGRATION_NAMES.includes(name)),
  };
}

/** Checks that the database has this program's schema. @throws SchemaError if it does not. */
export async function requireCurrentSchema(session: Pick<Session, 'query'>): Promise<void> {
  const { applied, pending, unknown } = await schemaState(session);
  refuseUnknown(unknown);
  if (pending.length > 0) throw new SchemaError(applied.length === 0 ? 'missing' : 'behind', pending);
}

/**
 * Checks that the database has this program's schema, and returns the session.
 *
 * @throws SchemaError if it does not; the session is then destroyed.
 */
export async function onCurrentSchema(session: Session): Promise<Session> {
  try {
    await requireCurrentSchema(session);
    return session;
  } catch (error) {
    session.destroy();
    throw error;
  }
}

/**
 * Applies the pending migrations. If several processes start at once, one of them takes a lock and migrates. The others wait,
 * and then find nothing to migrate.
 *
 * @returns the names of the migrations that this call applied.
 */
export async function migrate(url: string): Promise<readonly string[]> {
  return withSchemaLock(url, async (dataSource, session) => {
    await settleReverts(dataSource, session);
    const { applied: before, pending } = await schemaState(session);
    if (before.length > 0 && pending.length > 0) await closeGate(session);
    const applied = await dataSource.runMigrations({ transaction: 'none' });
    if (before.length > 0) await deleteMarker(session);
    return applied.map(({ name }) => name);
  });
}

/** Stops all lanes from writing (see `GATE`), because a migration commits step by step and workers may be running. */
async function closeGate(session: Session): Promise<void> {
  await deleteMarker(session);
  await session.execute(`INSERT INTO ${MIGRATIONS_TABLE} (timestamp, name) VALUES (0, ?)`, [MIGRATION_UNDER_WAY]);
  // this statement waits for the lane's open transaction, which holds a lock on the row until the transaction ends
  await session.query('SELECT id FROM queue_state WHERE id = 1 FOR UPDATE');
}

async function deleteMarker(session: Session): Promise<void> {
  await session.execute(`DELETE FROM ${MIGRATIONS_TABLE} WHERE name = ?`, [MIGRATION_UNDER_WAY]);
}

/** The data that a revert deletes. */
export interface RevertPlan {
  readonly migration: string;
  /** Number of rows in the migration's tables, plus the number of values in its columns. */
  readonly rows: number;
}

/** Reads what a revert of the last migration would delete. Returns null if no migration is applied. */
export async function planRevert(url: string): Promise<RevertPlan | null> {
  const session = await connect(url);
  try {
    refuseUnknown((await schemaState(session)).unknown);
    const migration = (await recordedMigrations(session)).at(-1);
    if (migration === undefined) return null;
    const name = migration.replace(REVERTING, '');
    return { migration: name, rows: await countData(session, await migrationNamed(name)) };
  } finally {
    await session.close();
  }
}

async function countData(session: Session, migration: Migration): Promise<number> {
  const data = [
    // the only row of queue_state is part of the schema and not data
    ...(await existingTables(session, migration)).filter((table) => table !== 'queue_state'),
    ...(await existingColumns(session, migration)).map(
      (column) => `${column.split('.')[0]} WHERE ${column} IS NOT NULL`,
    ),
  ];
  let rows = 0;
  for (const from of data) {
    const [row] = await session.query<{ count: number }>(`SELECT COUNT(*) AS count FROM ${from}`);
    rows += row?.count ?? 0;
  }
  return rows;
}

/**
 * Reverts the last migration. Returns the migration's name, or null if no migration is applied.
 *
 * @throws RevertFailed if the server refuses the revert.
 */
export async function revertLast(url: string): Promise<string | null> {
  return withSchemaLock(url, async (dataSource, session) => {
    const name = (await recordedMigrations(session)).at(-1)?.replace(REVERTING, '');
    if (name === undefined) return null;
    await deleteMarker(session);
    await renameRecord(session, name, REVERTING + name);
    try {
      await revertMigration(dataSource, session, name);
    } catch (error) {
      await restoreIfWhole(session, name);
      throw new RevertFailed(name, error);
    }
    return name;
  });
}

/** Cancels an interrupted revert that has not dropped anything yet, and completes any other interrupted revert. */
async function settleReverts(dataSource: DataSource, session: Session): Promise<void> {
  for (const record of await recordedMigrations(session)) {
    const name = record.replace(REVERTING, '');
    if (name === record || (await restoreIfWhole(session, name))) continue;
    try {
      await revertMigration(dataSource, session, name);
    } catch (error) {
      throw new RevertFailed(name, error);
    }
  }
}

async function revertMigration(dataSource: DataSource, session: Session, name: string): Promise<void> {
  const migration = migrationNamed(name);
  await refuseReferences(session, migration);
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(`SET SESSION lock_wait_timeout = ${TABLES_WAIT_SECONDS}`);
    await migration.down(runner);
  } finally {
    await runner.release();
  }
  await session.execute(`DELETE FROM ${MIGRATIONS_TABLE} WHERE name = ?`, [REVERTING + name]);
}

/**
 * Refuses a revert if another table refers to one of the migration's tables. MariaDB would drop some tables before it reports
 * the error.
 */
async function refuseReferences(session: Session, { tables }: Migration): Promise<void> {
  if (tables.length === 0) return;
  const [found] = await session.query<{ name: string; referenced: string }>(
    `SELECT TABLE_NAME AS name, REFERENCED_TABLE_NAME AS referenced FROM information_schema.REFERENTIAL_CONSTRAINTS
     WHERE UNIQUE_CONSTRAINT_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IN (?)
       AND (CONSTRAINT_SCHEMA <> DATABASE() OR TABLE_NAME NOT IN (?)) LIMIT 1`,
    [tables, tables],
  );
  if (found !== undefined) throw new Error(`a foreign key of the table ${found.name} refers to ${found.referenced}`);
}

/** Restores the migration's record if its revert has dropped no table, no column and no index. Returns true in that case. */
async function restoreIfWhole(session: Session, name: string): Promise<boolean> {
  const migration = migrationNamed(name);
  const { tables, columns, indexes = [] } = migration;
  const existing = [
    ...(await existingTables(session, migration)),
    ...(await existingColumns(session, migration)),
    ...(await existingIndexes(session, migration)),
  ];
  if (existing.length < tables.length + columns.length + indexes.length) return false;
  await renameRecord(session, REVERTING + name, name);
  return true;
}

async function renameRecord(session: Session, from: string, to: string): Promise<void> {
  await session.execute(`UPDATE ${MIGRATIONS_TABLE} SET name = ? WHERE name = ?`, [to, from]);
}

function migrationNamed(name: string): Migration {
  const migration = MIGRATIONS.map((OneMigration) => new OneMigration()).find((one) => one.name === name);
  if (migration === undefined) throw new Error(`there is no migration ${name}`);
  return migration;
}

/** Returns the names of the migration's tables that exist. */
async function existingTables(session: Session, { tables }: Migration): Promise<string[]> {
  if (tables.length === 0) return [];
  const rows = await session.query<{ name: string }>(
    `SELECT TABLE_NAME AS name FROM information_schema.TABLES
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (?)`,
    [tables],
  );
  return rows.map(({ name }) => name);
}

/** Returns the migration's columns that exist. */
async function existingColumns(session: Session, { columns }: Migration): Promise<string[]> {
  if (columns.length === 0) return [];
  const rows = await session.query<{ name: string }>(
    `SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME) AS name FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND CONCAT(TABLE_NAME, '.', COLUMN_NAME) IN (?)`,
    [columns],
  );
  return rows.map(({ name }) => name);
}

/** Returns the migration's indexes that exist. */
async function existingIndexes(session: Session, { indexes = [] }: Migration): Promise<string[]> {
  if (indexes.length === 0) return [];
  const rows = await session.query<{ name: string }>(
    `SELECT DISTINCT CONCAT(TABLE_NAME, '.', INDEX_NAME) AS name FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = DATABASE() AND CONCAT(TABLE_NAME, '.', INDEX_NAME) IN (?)`,
    [indexes],
  );
  return rows.map(({ name }) => name);
}

async function withSchemaLock<T>(
  url: string,
  work: (dataSource: DataSource, session: Session) => Promise<T>,
): Promise<T> {
  const session = await connect(url);
  try {
    const lock = lockName(databaseName(url), 'schema');
    if (!(await acquireLock(session, lock, LOCK_WAIT_SECONDS))) throw new SchemaLocked();
    refuseUnknown((await schemaState(session)).unknown);
    // loaded on demand, because few commands need TypeORM
    const { openDataSource } = await import('./mysql/data-source.ts');
    const dataSource = await openDataSource(url);
    try {
      return await work(dataSource, session);
    } finally {
      await dataSource.destroy();
      await releaseLock(session, lock);
    }
  } finally {
    await session.close();
  }
}

/** Refuses a database with unknown migrations. @throws SchemaError */
function refuseUnknown(unknown: readonly string[]): void {
  if (unknown.length === 0) return;
  throw new SchemaError(unknown.includes(FIRST_MIGRATION_BEFORE_0_2) ? 'obsolete' : 'ahead', unknown);
}

/** Reports that the server refused to revert a migration. */
export class RevertFailed extends Error {
  override readonly name = 'RevertFailed';
  readonly migration: string;

  constructor(migration: string, cause: unknown) {
    super(databaseError(cause).message, { cause });
    this.migration = migration;
  }
}

/** Reports that another process was still migrating after the time limit. */
export class SchemaLocked extends Error {
  override readonly name = 'SchemaLocked';
}

async function appliedMigrations(session: Pick<Session, 'query'>): Promise<string[]> {
  return (await recordedMigrations(session)).filter((name) => !name.startsWith(REVERTING));
}

/** Reads the recorded names of migrations, oldest first, including the prefix of an unfinished revert. */
async function recordedMigrations(session: Pick<Session, 'query'>): Promise<string[]> {
  try {
    const rows = await session.query<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY id`);
    return rows.map(({ name }) => name).filter((name) => name !== MIGRATION_UNDER_WAY);
  } catch (error) {
    if (error instanceof DatabaseError && error.errno === NO_SUCH_TABLE) return [];
    throw error;
  }
}
