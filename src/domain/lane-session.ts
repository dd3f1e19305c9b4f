import { connect, databaseName, type Session } from '../db/connection.ts';
import { acquireLock, lockName, readLockHolders } from '../db/lock.ts';
import { requireWrites } from '../db/primary.ts';
import { onCurrentSchema } from '../db/schema.ts';
import type { LanePlace } from './lane-place.ts';
import { workerName } from './worker-name.ts';

/** Seconds without a statement after which the server takes lanes and claims away: a frozen worker must not keep them. */
export const LANE_IDLE_SECONDS = 4;
/** Seconds that a lane waits for a row that someone else has locked, for each lane that there is. */
const LANE_LOCK_WAIT_SECONDS = 2;
/** Well within the time that a statement may take. */
const MAX_LOCK_WAIT_SECONDS = 15;
/** Milliseconds that a statement of the lane may take: the largest group takes less by far. */
const LANE_STATEMENT_MS = 20_000;

/** Where a shop's lanes are: shops that share a server differ in database or prefix. */
export interface LanesAddress {
  readonly databaseUrl: string;
  readonly prefix: string;
}

/** One lane of a shop. */
export interface LaneAddress extends LanesAddress, LanePlace {}

/** A session for the one applier of a lane. It may apply once it holds the lane's lock, and for as long as it lives. */
export async function openLaneSession({ databaseUrl, lanes }: LaneAddress): Promise<Session> {
  const session = await connect(databaseUrl, {
    idleSeconds: LANE_IDLE_SECONDS,
    // the others may have it first
    lockWaitSeconds: Math.min(lanes * LANE_LOCK_WAIT_SECONDS, MAX_LOCK_WAIT_SECONDS),
    statementMs: LANE_STATEMENT_MS,
  });
  // it may have been migrated since the worker was started
  return onCurrentSchema(session);
}

/** Waits up to `seconds` for the lane; true where `session` holds it now. */
export async function acquireLane(session: Session, address: LaneAddress, seconds: number): Promise<boolean> {
  if (!(await acquireLock(session, laneLock(address, address.lane), seconds))) return false;
  // tells whose the lane is; whoever else has that name has the same process
  await acquireLock(session, holderLock(address, address.lane, workerName()), 0);
  return true;
}

/**
 * Asks a server that was chosen among several whether it takes writes still, of which it says nothing by itself.
 *
 * @throws DatabaseError, an outage, where it does not: then what was locked there is to be had elsewhere.
 */
export async function requirePrimary(session: Session): Promise<void> {
  if (session.chosen) await requireWrites(session);
}

/** Those of so many lanes that workers hold, wherever these run. */
export async function readHeldLanes(session: Session, address: LanesAddress, lanes: number): Promise<number[]> {
  return heldOf(session, lanes, (lane) => laneLock(address, lane));
}

/** Those of so many lanes that the worker of this name (see `workerName`) holds. */
export async function readLanesOf(
  session: Session,
  address: LanesAddress,
  lanes: number,
  worker: string,
): Promise<number[]> {
  return heldOf(session, lanes, (lane) => holderLock(address, lane, worker));
}

async function heldOf(session: Session, lanes: number, lock: (lane: number) => string): Promise<number[]> {
  const holders = await readLockHolders(
    session,
    Array.from({ length: lanes }, (_, lane) => lock(lane)),
  );
  return holders.flatMap((holder, lane) => (holder === null ? [] : [lane]));
}

// the first lane's locks are those of a shop that has one
function holderLock({ databaseUrl, prefix }: LanesAddress, lane: number, worker: string): string {
  return lockName(databaseName(databaseUrl), prefix, 'lane', ...(lane === 0 ? [] : [String(lane)]), worker);
}

function laneLock({ databaseUrl, prefix }: LanesAddress, lane: number): string {
  return lockName(databaseName(databaseUrl), prefix, 'lane', ...(lane === 0 ? [] : [String(lane)]));
}
