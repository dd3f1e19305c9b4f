import { connect, connectionOptions, type Session } from '../db/connection.ts';
import { acquireLock, isLocked, lockName } from '../db/lock.ts';

/** Seconds without a statement after which the server takes the lane away: a frozen worker must not keep it. */
export const LANE_IDLE_SECONDS = 4;
/** Seconds that the lane waits for a row that someone else has locked. */
const LANE_LOCK_WAIT_SECONDS = 2;

/** Which lane of which shop: shops that share a server differ in database or prefix. */
export interface LaneAddress {
  readonly databaseUrl: string;
  readonly prefix: string;
}

/** A session for the one applier of a lane. It may apply once it holds the lane's lock, and for as long as it lives. */
export async function openLaneSession({ databaseUrl }: LaneAddress): Promise<Session> {
  return connect(databaseUrl, { idleSeconds: LANE_IDLE_SECONDS, lockWaitSeconds: LANE_LOCK_WAIT_SECONDS });
}

/** Waits up to `seconds` for the lane; true where `session` holds it now. */
export async function acquireLane(session: Session, address: LaneAddress, seconds: number): Promise<boolean> {
  return acquireLock(session, laneLock(address), seconds);
}

/** True where a worker holds the lane, wherever it runs. */
export async function isLaneHeld(session: Session, address: LaneAddress): Promise<boolean> {
  return isLocked(session, laneLock(address));
}

function laneLock({ databaseUrl, prefix }: LaneAddress): string {
  return lockName(connectionOptions(databaseUrl).database, prefix, 'lane');
}
