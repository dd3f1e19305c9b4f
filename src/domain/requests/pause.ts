import type { Session } from '../../db/mysql/connection.ts';
import { inTransaction, retryConflicts } from '../../db/mysql/transaction.ts';
import { type Activity, recordActivity } from '../activities/record.ts';
import type { Origin } from './origin.ts';

/** The pause: who paused the queue, and when. */
export interface Pause {
  readonly pausedAt: Date;
  readonly pausedBy: string;
  readonly pausedHost: string;
}

/** Reads the current pause; null while the queue runs. */
export async function readPause(session: Session): Promise<Pause | null> {
  const [pause] = await session.query<Pause>(
    `SELECT paused_at AS pausedAt, paused_by AS pausedBy, paused_host AS pausedHost
     FROM queue_state WHERE paused_at IS NOT NULL`,
  );
  return pause ?? null;
}

/** Number of newest activities that are searched for the end of a pause. */
const RECENT_ACTIVITIES = 1_000;

/** Reads who has just resumed the queue after a pause; null if the newest activities do not show it. */
export async function readResume(session: Session, { pausedAt }: Pause): Promise<Origin | null> {
  const [resume] = await session.query<Origin>(
    `SELECT actor, host FROM activities
     WHERE id > (SELECT MAX(id) FROM activities) - ${RECENT_ACTIVITIES} AND action = 'queue resume' AND created_at >= ?
     ORDER BY id DESC LIMIT 1`,
    [pausedAt],
  );
  return resume ?? null;
}

/**
 * Pauses the queue after the lane's current transaction. After this function has returned, nothing is applied until the queue
 * is resumed.
 *
 * @returns the pause; if the queue was already paused, the earlier pause.
 */
export async function pauseQueue(session: Session, origin: Origin): Promise<Pause & { changed: boolean }> {
  const { actor, host } = origin;
  const changed = await changeState(
    session,
    session.format(
      `UPDATE queue_state SET paused_at = UTC_TIMESTAMP(3), paused_by = ?, paused_host = ?
       WHERE id = 1 AND paused_at IS NULL`,
      [actor, host],
    ),
    origin,
    { action: 'queue pause', subject: 'queue', before: { paused: false }, after: { paused: true } },
  );
  const pause = await readPause(session);
  // another operator has resumed the queue meanwhile
  if (pause === null) return pauseQueue(session, origin);
  return { ...pause, changed };
}

/** Resumes the queue. Returns false if the queue was not paused. */
export async function resumeQueue(session: Session, origin: Origin): Promise<boolean> {
  return changeState(
    session,
    'UPDATE queue_state SET paused_at = NULL, paused_by = NULL, paused_host = NULL WHERE id = 1 AND paused_at IS NOT NULL',
    origin,
    { action: 'queue resume', subject: 'queue', before: { paused: true }, after: { paused: false } },
  );
}

/** Runs the update, and records the activity if a row has changed. Returns true in that case. */
async function changeState(session: Session, update: string, origin: Origin, activity: Activity): Promise<boolean> {
  return retryConflicts(() =>
    inTransaction(session, async () => {
      const { affectedRows } = await session.execute(update);
      if (affectedRows === 1) await recordActivity(session, origin, activity);
      return affectedRows === 1;
    }),
  );
}
