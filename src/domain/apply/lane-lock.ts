import { hostname } from 'node:os';
import { connect, requirePackets, type Session } from '../../db/mysql/connection.ts';
import { SchemaError } from '../../db/mysql/errors.ts';
import { requireWrites } from '../../db/mysql/failover.ts';
import { acquireLock, lockName, readLockHolder } from '../../db/mysql/named-lock.ts';
import { databaseName } from '../../db/mysql/url.ts';
import { requireCurrentSchema } from '../../db/schema.ts';
import type { ShopError } from '../errors.ts';
import {
  announcePrefix,
  checkGate,
  claimPrefix,
  ForeignPrefix,
  foreignPrefixError,
  requireOwnPrefix,
} from '../requests/gate.ts';
import { schemaProblem } from '../servers/mysql-errors.ts';

/** Seconds without a statement after which the server ends the lane's session, so that a frozen worker releases the lane. */
const LANE_IDLE_SECONDS = 4;
/**
 * Seconds that the lane waits for a row that another session has locked. After that, the lane defers the requests that need the
 * row.
 */
const LANE_LOCK_WAIT_SECONDS = 1;
/** Milliseconds that a statement of the lane may take. The largest group takes far less. */
const LANE_STATEMENT_MS = 20_000;

/** Identifies a shop's lane. A database has one lane, whose workers all have the same prefix. */
export interface LaneAddress {
  readonly databaseUrl: string;
  readonly prefix: string;
}

/**
 * Opens the lane's session. The session may apply requests while it holds the lane's lock.
 *
 * @throws DatabaseError; SchemaError or ForeignPrefix, if this worker may not write to the database (see `refusalOf`).
 */
export async function openLaneSession({ databaseUrl, prefix }: LaneAddress): Promise<Session> {
  const session = await connect(databaseUrl, {
    idleSeconds: LANE_IDLE_SECONDS,
    lockWaitSeconds: LANE_LOCK_WAIT_SECONDS,
    statementMs: LANE_STATEMENT_MS,
  });
  try {
    await requireOwnDatabase(requirePackets(session), prefix);
    await announcePrefix(session, prefix);
    return session;
  } catch (error) {
    session.destroy();
    throw error;
  }
}

/**
 * Checks the schema and the prefix. A worker repeats these checks, because the database may be migrated or claimed
 * while the worker waits.
 *
 * @throws SchemaError, ForeignPrefix
 */
async function requireOwnDatabase(session: Session, prefix: string): Promise<void> {
  await requireCurrentSchema(session);
  await requireOwnPrefix(session, prefix);
}

/**
 * Waits up to `seconds` for the lane, and returns true if `session` now holds it. The first worker that takes the lane of a
 * database claims the database for its prefix. A waiting worker checks in each call whether it may still take the lane.
 *
 * @throws DatabaseError; SchemaError or ForeignPrefix, if this worker may no longer write to the database.
 */
export async function acquireLane(session: Session, address: LaneAddress, seconds: number): Promise<boolean> {
  const acquired = await acquireLock(session, laneLock(address), seconds);
  await requireOwnDatabase(session, address.prefix);
  if (!acquired) return false;
  await claimPrefix(session, address.prefix);
  // this check throws if a running migration has closed the gate
  await checkGate(session);
  // a second lock identifies the worker that holds the lane; no other process uses this lock's name
  await acquireLock(session, holderLock(address, workerName()), 0);
  return true;
}

/**
 * Keeps the lane's idle session alive, and checks that this worker may still write to the database. If the server was selected
 * from several, also checks that it still accepts writes, because a server does not report that it has become read-only.
 *
 * @returns true if the queue is paused.
 * @throws DatabaseError (an outage) if the server accepts no writes, or no writes from this worker.
 */
export async function keepAlive(session: Session): Promise<boolean> {
  if (session.chosen) await requireWrites(session);
  return checkGate(session);
}

/**
 * The reason why a worker may not write to a database: another schema or another prefix. It is plain data, so that a message
 * between threads can contain it.
 */
export type LaneRefusal = Pick<SchemaError, 'state' | 'migrations'> | Pick<ForeignPrefix, 'prefix'>;

/** Returns the refusal that an error describes; null for any other error. */
export function refusalOf(error: unknown): LaneRefusal | null {
  if (error instanceof SchemaError) return { state: error.state, migrations: error.migrations };
  return error instanceof ForeignPrefix ? { prefix: error.prefix } : null;
}

/** Creates the error `CONFIG` for a refused worker. */
export function refusalError(refusal: LaneRefusal, address: LaneAddress): ShopError {
  if ('prefix' in refusal) return foreignPrefixError(refusal.prefix, address.prefix);
  return schemaProblem(refusal);
}

/** Returns the name of this worker: its machine and process id, in characters that Redis accepts in the name of a client. */
export function workerName(): string {
  return `${hostname().replaceAll(/[^A-Za-z0-9._-]/g, '_')}:${process.pid}`;
}

/** Checks whether any worker holds the lane, on any machine. */
export async function isLaneHeld(session: Session, address: LaneAddress): Promise<boolean> {
  return (await readLockHolder(session, laneLock(address))) !== null;
}

/** Checks whether the worker of this name (see `workerName`) holds the lane. */
export async function isLaneHeldBy(session: Session, address: LaneAddress, worker: string): Promise<boolean> {
  return (await readLockHolder(session, holderLock(address, worker))) !== null;
}

function holderLock({ databaseUrl }: LaneAddress, worker: string): string {
  return lockName(databaseName(databaseUrl), 'lane', worker);
}

/**
 * Returns the name of the lane's lock. It does not contain the prefix, because workers with different prefixes must not both
 * hold the lane.
 */
function laneLock({ databaseUrl }: LaneAddress): string {
  return lockName(databaseName(databaseUrl), 'lane');
}
