import type { DataSource } from 'typeorm';
import type { Session } from './connection.ts';
import { connect, databaseName } from './connection.ts';
import { DatabaseError, SchemaError } from './errors.ts';
import { acquireLock, lockName, releaseLock } from './lock.ts';
import {
  FIRST_MIGRATION_BEFORE_0_2,
  MIGRATION_NAMES,
  MIGRATION_UNDER_WAY,
  MIGRATIONS_TABLE,
} from './migrations/names.ts';

/** Seconds that one migrating process waits for another; twenty at once must all get their turn. */
const LOCK_WAIT_SECONDS = 300;
const NO_SUCH_TABLE = 1146;

/** What of the schema is applied: names of migrations, oldest first. */
export interface SchemaState {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
  /** Applied, but not known to this program: the database is newer, or made by a version before 0.2. */
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

/** @throws SchemaError where the database's schema is not the one that this program works with. */
export async function requireCurrentSchema(session: Pick<Session, 'query'>): Promise<void> {
  const { applied, pending, unknown } = await schemaState(session);
  refuseUnknown(unknown);
  if (pending.length > 0) throw new SchemaError(applied.length === 0 ? 'missing' : 'behind', pending);
}

/**
 * `session` itself; dropped where the database's schema is not the one that this program works with.
 *
 * @throws SchemaError
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
 * Applies what is pending, each migration once, however many processes start at once: the first holds a lock, the
 * others wait and find nothing left to do.
 *
 * @returns the names of the migrations that this call applied.
 */
export async function migrate(url: string): Promise<readonly string[]> {
  return withSchemaLock(url, async (dataSource, session) => {
    const { applied: before, pending } = await schemaState(session);
    if (before.length > 0 && pending.length > 0) await closeGate(session);
    const applied = await dataSource.runMigrations({ transaction: 'none' });
    if (before.length > 0) await forgetUnderWay(session);
    return applied.map(({ name }) => name);
  });
}

/** Returns when no lane writes any more: see `GATE`. A migration commits step by step, and workers may be running. */
async function closeGate(session: Session): Promise<void> {
  await forgetUnderWay(session);
  await session.execute(`INSERT INTO ${MIGRATIONS_TABLE} (timestamp, name) VALUES (0, ?)`, [MIGRATION_UNDER_WAY]);
  // behind the transaction under way, which holds the row until it ends
  await session.query('SELECT id FROM queue_state WHERE id = 1 FOR UPDATE');
}

async function forgetUnderWay(session: Session): Promise<void> {
  await session.execute(`DELETE FROM ${MIGRATIONS_TABLE} WHERE name = ?`, [MIGRATION_UNDER_WAY]);
}

/** Takes back the migration that was applied last; returns its name, or null where none is applied. */
export async function revertLast(url: string): Promise<string | null> {
  return withSchemaLock(url, async (dataSource, session) => {
    const last = (await appliedMigrations(session)).at(-1);
    if (last === undefined) return null;
    await forgetUnderWay(session);
    await dataSource.undoLastMigration({ transaction: 'none' });
    return last;
  });
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
    // TypeORM is loaded by the few commands that need it
    const { openDataSource } = await import('./data-source.ts');
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

/** @throws SchemaError where migrations were applied that this program does not know. */
function refuseUnknown(unknown: readonly string[]): void {
  if (unknown.length === 0) return;
  throw new SchemaError(unknown.includes(FIRST_MIGRATION_BEFORE_0_2) ? 'obsolete' : 'ahead', unknown);
}

/** Another process has been migrating for longer than anyone would wait. */
export class SchemaLocked extends Error {
  override readonly name = 'SchemaLocked';
}

async function appliedMigrations(session: Pick<Session, 'query'>): Promise<string[]> {
  try {
    const rows = await session.query<{ name: string }>(`SELECT name FROM ${MIGRATIONS_TABLE} ORDER BY id`);
    return rows.map(({ name }) => name).filter((name) => name !== MIGRATION_UNDER_WAY);
  } catch (error) {
    if (error instanceof DatabaseError && error.errno === NO_SUCH_TABLE) return [];
    throw error;
  }
}
