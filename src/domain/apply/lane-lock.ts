import { hostname } from 'node:os';
import { connect, requirePackets, type Session } from '../../db/mysql/connection.ts';
import { SchemaError } from '../../db/mysql/errors.ts';
import { requireWrites } from '../../db/mysql/failover.ts';
import { acquireLock, lockName, readLockHolder } from '../../db/mysql/lock.ts';
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

/** Seconds without a statement after which the server ends the lane's session, so that a frozen worker can't keep the lane. */
const LANE_IDLE_SECONDS = 4;
/** Seconds that the lane waits for a row that another session has locked, before it defers what needs the row. */
const LANE_LOCK_WAIT_SECONDS = 1;
/** Milliseconds that a statement of the lane may take: the largest group takes less by far. */
const LANE_STATEMENT_MS = 20_000;

/** Identifies a shop's lane. A database has one lane, whose workers all have the same prefix. */
export interface LaneAddress {
  readonly databaseUrl: string;
  readonly prefix: string;
}

/**
 * Opens the lane's session. It may apply requests once it holds the lane's lock, and for as long as it lives.
 *
 * @throws DatabaseError; SchemaError or ForeignPrefix, if the database is not this worker's to write: see `refusalOf`.
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

/** The database may have been migrated or claimed since the worker was started. @throws SchemaError, ForeignPrefix */
async function requireOwnDatabase(session: Session, prefix: string): Promise<void> {
  await requireCurrentSchema(session);
  await requireOwnPrefix(session, prefix);
}

/**
 * Waits up to `seconds` for the lane; returns true if `session` holds it now. The first worker that takes the lane of a
 * database claims the database for its prefix; those that wait check each time whether they still may take it.
 *
 * @throws DatabaseError; SchemaError or ForeignPrefix, if the database is not this worker's to write any more.
 */
export async function acquireLane(session: Session, address: LaneAddress, seconds: number): Promise<boolean> {
  const acquired = await acquireLock(session, laneLock(address), seconds);
  await requireOwnDatabase(session, address.prefix);
  if (!acquired) return false;
  await claimPrefix(session, address.prefix);
  // a migration may be under way
  await checkGate(session);
  // a second lock names the worker that has the lane; no other process has this name
  await acquireLock(session, holderLock(address, workerName()), 0);
  return true;
}

/**
 * Keeps the lane's idle session alive. A server that was chosen among several must still take writes, which it does not
 * report by itself; and the database must still be this worker's to write.
 *
 * @throws DatabaseError an outage, if it takes none, or none of this worker.
 */
export async function keepAlive(session: Session): Promise<void> {
  if (session.chosen) await requireWrites(session);
  await checkGate(session);
}

/** Why a worker may not write a database: its schema is another one, or it belongs to another prefix. Plain data. */
export type LaneRefusal = Pick<SchemaError, 'state' | 'migrations'> | Pick<ForeignPrefix, 'prefix'>;

/** The refusal that an error stands for; null for any other error. */
export function refusalOf(error: unknown): LaneRefusal | null {
  if (error instanceof SchemaError) return { state: error.state, migrations: error.migrations };
  return error instanceof ForeignPrefix ? { prefix: error.prefix } : null;
}

/** The error `CONFIG` of a refused worker. */
export function refusalError(refusal: LaneRefusal, address: LaneAddress): ShopError {
  if ('prefix' in refusal) return foreignPrefixError(refusal.prefix, address.prefix);
  return schemaProblem(refusal);
}

/** The name of this process among the workers: its machine and its process id, in characters that Redis takes. */
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

/** Without the prefix: workers with different prefixes can't both hold the lane. */
function laneLock({ databaseUrl }: LaneAddress): string {
  return lockName(databaseName(databaseUrl), 'lane');
}
