import type { Session } from '../../db/mysql/connection.ts';
import { retryConflicts } from '../../db/mysql/transaction.ts';
import type { Origin } from './origin.ts';

/** The user who has paused the queue, and the time. */
export interface Pause {
  readonly pausedAt: Date;
  readonly pausedBy: string;
  readonly pausedHost: string;
}

/** Reads who has paused the queue; null while the queue runs. */
export async function readPause(session: Session): Promise<Pause | null> {
  const [pause] = await session.query<Pause>(
    `SELECT paused_at AS pausedAt, paused_by AS pausedBy, paused_host AS pausedHost
     FROM queue_state WHERE paused_at IS NOT NULL`,
  );
  return pause ?? null;
}

/**
 * Pauses the queue after the current transaction. Once this function has returned, nothing more is applied.
 *
 * @returns the user who has paused it, which is the previous user if it was already paused.
 */
export async function pauseQueue(session: Session, { actor, host }: Origin): Promise<Pause & { changed: boolean }> {
  const { affectedRows } = await retryConflicts(() =>
    session.execute(
      `UPDATE queue_state SET paused_at = UTC_TIMESTAMP(3), paused_by = ?, paused_host = ?
       WHERE id = 1 AND paused_at IS NULL`,
      [actor, host],
    ),
  );
  const pause = await readPause(session);
  // another user has resumed the queue in between
  if (pause === null) return pauseQueue(session, { actor, host });
  return { ...pause, changed: affectedRows === 1 };
}

/** Resumes the queue. Returns false if the queue was not paused. */
export async function resumeQueue(session: Session): Promise<boolean> {
  const { affectedRows } = await session.execute(
    'UPDATE queue_state SET paused_at = NULL, paused_by = NULL, paused_host = NULL WHERE id = 1 AND paused_at IS NOT NULL',
  );
  return affectedRows === 1;
}
