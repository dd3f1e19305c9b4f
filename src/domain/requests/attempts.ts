import type { Session } from '../../db/mysql/connection.ts';
import { GATE, QueuePaused } from './gate.ts';

/** Attempts that a request has in all. */
export const MAX_ATTEMPTS = 3;

const FIRST_BACKOFF_MS = 200;

/** Milliseconds to wait after a failed attempt, from 1, before the next one. */
export function attemptBackoffMs(attempt: number): number {
  return FIRST_BACKOFF_MS * 2 ** (attempt - 1) * (1 + Math.random() / 4);
}

/**
 * Writes down that an attempt of a request has failed, in a transaction of its own, so that whoever has the lane next
 * counts on from there.
 *
 * @param attempt which it was, from 1.
 * @throws DatabaseError; QueuePaused
 */
export async function recordFailedAttempt(
  session: Session,
  id: number,
  attempt: number,
  error: unknown,
): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  const { affectedRows } = await session.execute(
    `INSERT INTO attempts (request_id, attempt, reason, failed_at)
     SELECT ?, ?, LEFT(?, 500), gate.now FROM ${GATE} WHERE gate.pausedAt IS NULL`,
    [id, attempt, reason],
  );
  if (affectedRows === 0) throw new QueuePaused('the queue is paused');
}

/** Those of `ids` whose failure was taken back: what is remembered of their attempts counts no more. */
export async function readRetried(session: Session, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await session.query<{ id: number }>(
    'SELECT DISTINCT request_id AS id FROM retries WHERE request_id IN (?)',
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** How many attempts of each request without an outcome have failed; none of those of which none has. */
export async function readFailedAttempts(session: Session): Promise<ReadonlyMap<number, number>> {
  const rows = await session.query<{ id: number; failed: number }>(
    `SELECT a.request_id AS id, MAX(a.attempt) AS failed
     FROM attempts a LEFT JOIN outcomes o ON o.request_id = a.request_id
     WHERE o.request_id IS NULL GROUP BY a.request_id`,
  );
  return new Map(rows.map(({ id, failed }) => [id, failed]));
}
