import type { Session } from '../db/connection.ts';
import { retryConflicts } from '../db/transaction.ts';

/** Who has paused the queue, and when. */
export interface Pause {
  readonly pausedAt: Date;
  readonly pausedBy: string;
  readonly pausedHost: string;
}

/** Who asks for something that is not recorded as a request. */
export interface Asker {
  readonly actor: string;
  readonly host: string;
}

/** The queue is paused: nothing was applied, and no attempt was made. */
export class QueuePaused extends Error {
  override readonly name = 'QueuePaused';
}

/**
 * A derived table of one row: the server's clock and whether the queue is paused. The lane reads it in each transaction
 * that writes. The shared lock makes `queue pause` wait until that transaction has ended, so that nothing is applied
 * once the pause is confirmed.
 */
export const GATE = `(
  SELECT UTC_TIMESTAMP(3) AS now, paused_at AS pausedAt FROM queue_state WHERE id = 1 LOCK IN SHARE MODE
) gate`;

/** A row of `GATE`. */
export interface Gate {
  readonly now: Date;
  readonly pausedAt: Date | null;
}

/** Returns `gate` itself. @throws QueuePaused */
export function requireRunning<Row extends Gate>(gate: Row | undefined): Row {
  if (gate === undefined) throw new Error('queue_state has lost its row');
  if (gate.pausedAt !== null) throw new QueuePaused('the queue is paused');
  return gate;
}

/** Who has paused the queue; null while it runs. */
export async function readPause(session: Session): Promise<Pause | null> {
  const [pause] = await session.query<Pause>(
    `SELECT paused_at AS pausedAt, paused_by AS pausedBy, paused_host AS pausedHost
     FROM queue_state WHERE paused_at IS NOT NULL`,
  );
  return pause ?? null;
}

/**
 * Pauses the queue, once the transaction under way has ended: when this has returned, nothing is applied any more.
 *
 * @returns who has paused it: the one who had before, where one had.
 */
export async function pauseQueue(session: Session, { actor, host }: Asker): Promise<Pause & { changed: boolean }> {
  const { affectedRows } = await retryConflicts(() =>
    session.execute(
      `UPDATE queue_state SET paused_at = UTC_TIMESTAMP(3), paused_by = ?, paused_host = ?
       WHERE id = 1 AND paused_at IS NULL`,
      [actor, host],
    ),
  );
  const pause = await readPause(session);
  // resumed by someone in this moment
  if (pause === null) return pauseQueue(session, { actor, host });
  return { ...pause, changed: affectedRows === 1 };
}

/** Lets the queue go on; false where it was not paused. */
export async function resumeQueue(session: Session): Promise<boolean> {
  const { affectedRows } = await session.execute(
    'UPDATE queue_state SET paused_at = NULL, paused_by = NULL, paused_host = NULL WHERE id = 1 AND paused_at IS NOT NULL',
  );
  return affectedRows === 1;
}
