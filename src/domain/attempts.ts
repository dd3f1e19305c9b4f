import type { Session } from '../db/connection.ts';

/** Attempts that a request has in all. */
export const MAX_ATTEMPTS = 3;

/**
 * Writes down that an attempt of a request has failed, in a transaction of its own, so that whoever has the lane next
 * counts on from there.
 *
 * @param attempt which it was, from 1.
 */
export async function recordFailedAttempt(
  session: Session,
  id: number,
  attempt: number,
  error: unknown,
): Promise<void> {
  const reason = error instanceof Error ? error.message : String(error);
  await session.execute(
    'INSERT INTO attempts (request_id, attempt, reason, failed_at) VALUES (?, ?, LEFT(?, 500), UTC_TIMESTAMP(3))',
    [id, attempt, reason],
  );
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
