import type { Session } from '../../db/mysql/connection.ts';
import { GATE, QueuePaused } from './gate.ts';

/**
 * Records a failed attempt in a separate transaction, so that the next worker that takes the lane continues the count.
 *
 * @param attempt the number of the attempt, from 1.
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

/** Finds which of `ids` were retried. The earlier attempts of these requests no longer count. */
export async function readRetried(session: Session, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return [];
  const rows = await session.query<{ id: number }>(
    'SELECT DISTINCT request_id AS id FROM retries WHERE request_id IN (?)',
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** Counts the failed attempts of each request without an outcome. Requests without a failed attempt are left out. */
export async function readFailedAttempts(session: Session): Promise<ReadonlyMap<number, number>> {
  const rows = await session.query<{ id: number; failed: number }>(
    `SELECT a.request_id AS id, MAX(a.attempt) AS failed
     FROM attempts a LEFT JOIN outcomes o ON o.request_id = a.request_id
     WHERE o.request_id IS NULL GROUP BY a.request_id`,
  );
  return new Map(rows.map(({ id, failed }) => [id, failed]));
}
