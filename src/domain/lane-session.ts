import { connect, databaseName, requirePackets, type Session } from '../db/connection.ts';
import { acquireLock, lockName, readLockHolder } from '../db/lock.ts';
import { requireWrites } from '../db/primary.ts';
import { onCurrentSchema } from '../db/schema.ts';
import { workerName } from './worker-name.ts';

/** Seconds without a statement after which the server ends the lane's session, so that a frozen worker can't keep the lane. */
const LANE_IDLE_SECONDS = 4;
/** Seconds that the lane waits for a row that another session has locked, before it defers what needs the row. */
const LANE_LOCK_WAIT_SECONDS = 1;
/** Milliseconds that a statement of the lane may take: the largest group takes less by far. */
const LANE_STATEMENT_MS = 20_000;

/** Identifies a shop's lane: shops that share a server differ in database or prefix. */
export interface LaneAddress {
  readonly databaseUrl: string;
  readonly prefix: string;
}

/** Opens the lane's session. It may apply requests once it holds the lane's lock, and for as long as it lives. */
export async function openLaneSession({ databaseUrl }: LaneAddress): Promise<Session> {
  const session = await connect(databaseUrl, {
    idleSeconds: LANE_IDLE_SECONDS,
    lockWaitSeconds: LANE_LOCK_WAIT_SECONDS,
    statementMs: LANE_STATEMENT_MS,
  });
  // the database may have been migrated since the worker was started
  return onCurrentSchema(requirePackets(session));
}

/** Waits up to `seconds` for the lane; returns true if `session` holds it now. */
export async function acquireLane(session: Session, address: LaneAddress, seconds: number): Promise<boolean> {
  if (!(await acquireLock(session, laneLock(address), seconds))) return false;
  // a second lock names the worker that has the lane; no other process has this name
  await acquireLock(session, holderLock(address, workerName()), 0);
  return true;
}

/**
 * Keeps the lane's idle session alive. A server that was chosen among several must still take writes, which it does not
 * report by itself.
 *
 * @throws DatabaseError an outage, if it takes none: another server has the lock then.
 */
export async function keepAlive(session: Session): Promise<void> {
  if (session.chosen) await requireWrites(session);
  else await session.query('SELECT 1');
}

/** Checks whether any worker holds the lane, on any machine. */
export async function isLaneHeld(session: Session, address: LaneAddress): Promise<boolean> {
  return (await readLockHolder(session, laneLock(address))) !== null;
}

/** Checks whether the worker of this name (see `workerName`) holds the lane. */
export async function isLaneHeldBy(session: Session, address: LaneAddress, worker: string): Promise<boolean> {
  return (await readLockHolder(session, holderLock(address, worker))) !== null;
}

function holderLock({ databaseUrl, prefix }: LaneAddress, worker: string): string {
  return lockName(databaseName(databaseUrl), prefix, 'lane', worker);
}

function laneLock({ databaseUrl, prefix }: LaneAddress): string {
  return lockName(databaseName(databaseUrl), prefix, 'lane');
}
