import { connect, databaseName, type Session } from '../db/connection.ts';
import { acquireLock, isLocked, lockName } from '../db/lock.ts';
import { requireWrites } from '../db/primary.ts';
import { onCurrentSchema } from '../db/schema.ts';
import { workerName } from './worker-name.ts';

/** Seconds without a statement after which the server takes the lane away: a frozen worker must not keep it. */
const LANE_IDLE_SECONDS = 4;
/** Seconds that the lane waits for a row that someone else has locked. */
const LANE_LOCK_WAIT_SECONDS = 2;
/** Milliseconds that a statement of the lane may take: the largest group takes less by far. */
const LANE_STATEMENT_MS = 20_000;

/** Which lane of which shop: shops that share a server differ in database or prefix. */
export interface LaneAddress {
  readonly databaseUrl: string;
  readonly prefix: string;
}

/** A session for the one applier of a lane. It may apply once it holds the lane's lock, and for as long as it lives. */
export async function openLaneSession({ databaseUrl }: LaneAddress): Promise<Session> {
  const session = await connect(databaseUrl, {
    idleSeconds: LANE_IDLE_SECONDS,
    lockWaitSeconds: LANE_LOCK_WAIT_SECONDS,
    statementMs: LANE_STATEMENT_MS,
  });
  // it may have been migrated since the worker was started
  return onCurrentSchema(session);
}

/** Waits up to `seconds` for the lane; true where `session` holds it now. */
export async function acquireLane(session: Session, address: LaneAddress, seconds: number): Promise<boolean> {
  if (!(await acquireLock(session, laneLock(address), seconds))) return false;
  // tells whose the lane is; whoever else has that name has the same process
  await acquireLock(session, holderLock(address, workerName()), 0);
  return true;
}

/**
 * Tells the server that its lane lives. @throws DatabaseError, an outage, also where the server was chosen among several
 * and takes no writes any more: then the lane is to be had elsewhere.
 */
export async function heartbeat(session: Session): Promise<void> {
  if (session.chosen) await requireWrites(session);
  else await session.query('SELECT 1');
}

/** True where a worker holds the lane, wherever it runs. */
export async function isLaneHeld(session: Session, address: LaneAddress): Promise<boolean> {
  return isLocked(session, laneLock(address));
}

/** True where the worker of this name (see `workerName`) holds the lane. */
export async function isLaneHeldBy(session: Session, address: LaneAddress, worker: string): Promise<boolean> {
  return isLocked(session, holderLock(address, worker));
}

function holderLock({ databaseUrl, prefix }: LaneAddress, worker: string): string {
  return lockName(databaseName(databaseUrl), prefix, 'lane', worker);
}

function laneLock({ databaseUrl, prefix }: LaneAddress): string {
  return lockName(databaseName(databaseUrl), prefix, 'lane');
}
