import { expectRows, type Session } from '../../db/mysql/connection.ts';
import { inTransaction, retryConflicts } from '../../db/mysql/transaction.ts';
import { recordActivities, recordProgress } from '../activities/record.ts';
import { ShopError } from '../errors.ts';
import { phrase } from '../phrase.ts';
import type { Origin } from './origin.ts';
import { findRequest, type RequestRecord, readRecords, showRequest } from './request.ts';
import type { Watermark } from './watermark.ts';

/**
 * Finds failed requests by their keys or ids, each once, oldest first.
 *
 * @throws ShopError `INVALID_REQUEST`; `INVALID_INPUT` if one of them has not failed.
 */
export async function findFailed(session: Session, texts: readonly string[]): Promise<RequestRecord[]> {
  const found = new Map<number, RequestRecord>();
  for (const text of texts) {
    const record = await showRequest(session, text);
    if (record.status !== 'failed') throw notFailed(record);
    found.set(record.id, record);
  }
  return [...found.values()].sort((a, b) => a.id - b.id);
}

/**
 * Makes these failed requests pending again, in one transaction: all of them or none. Each gets the full number of attempts.
 * Their failures are moved to the table `retries`.
 *
 * @returns the requests as they were before the retry, oldest first.
 * @throws ShopError `INVALID_INPUT` if one of them is no longer failed.
 */
export async function retryFailed(session: Session, ids: readonly number[], origin: Origin): Promise<RequestRecord[]> {
  return retryConflicts(() =>
    inTransaction(session, async () => {
      const failed = await lockFailed(session, ids);
      const missing = ids.find((id) => !failed.includes(id));
      if (missing !== undefined) throw notFailed(await findRequest(session, missing));
      const records = await moveOutcomes(session, failed, origin);
      const activities = records.map(({ id, code }) => ({
        action: 'queue retry' as const,
        subject: `request ${id}`,
        before: { status: 'failed', code },
        after: { status: 'pending' },
        requestId: id,
      }));
      await recordActivities(session, origin, activities);
      return records;
    }),
  );
}

/** The progress of a retry of all failed requests, which takes several transactions and is one activity. */
export interface RetryProgress {
  /** The id of the activity; null before the first retried request. */
  readonly activityId: number | null;
  /** Number of requests retried so far. */
  readonly retried: number;
}

/** SQL condition for an outcome `o`: its request does not belong to a cancelled batch. */
export const NOT_OF_CANCELLED_BATCH = `NOT EXISTS (
    SELECT 1 FROM requests own JOIN batches b ON b.id = own.batch_id
    WHERE own.id = o.request_id AND b.cancelled_at IS NOT NULL
  )`;

/**
 * Retries the given requests that are still failed, as one step of a retry of all failed requests; see `retryFailed`.
 * Requests of a batch that was cancelled meanwhile are left out.
 *
 * @returns the requests as they were before the retry, oldest first, and the progress.
 */
export async function retryStillFailed(
  session: Session,
  ids: readonly number[],
  origin: Origin,
  progress: RetryProgress,
): Promise<{ readonly records: readonly RequestRecord[]; readonly progress: RetryProgress }> {
  return retryConflicts(() =>
    inTransaction(session, async () => {
      await lockBatches(session, ids);
      const failed = await lockFailed(session, ids, NOT_OF_CANCELLED_BATCH);
      if (failed.length === 0) return { records: [], progress };
      const records = await moveOutcomes(session, failed, origin);
      const retried = progress.retried + records.length;
      const activity = { action: 'queue retry', subject: 'failed requests', after: { retried } } as const;
      const activityId = await recordProgress(session, origin, activity, progress.activityId);
      return { records, progress: { activityId, retried } };
    }),
  );
}

/**
 * Keeps the batches of these requests from being cancelled until the transaction ends. A later cancel finds the retried
 * requests pending, and withdraws them.
 */
async function lockBatches(session: Session, ids: readonly number[]): Promise<void> {
  await session.query(
    `SELECT b.id FROM batches b WHERE b.id IN (SELECT own.batch_id FROM requests own WHERE own.id IN (?))
     ORDER BY b.id LOCK IN SHARE MODE`,
    [ids],
  );
}

async function lockFailed(session: Session, ids: readonly number[], condition = 'TRUE'): Promise<number[]> {
  const rows = await session.query<{ id: number }>(
    `SELECT o.request_id AS id FROM outcomes o WHERE o.request_id IN (?) AND o.status = 'failed' AND ${condition}
     ORDER BY o.request_id FOR UPDATE`,
    [ids],
  );
  return rows.map(({ id }) => id);
}

/** Moves the outcomes of failed requests to `retries`, and deletes their attempts. Returns the requests as they were before. */
async function moveOutcomes(
  session: Session,
  failed: readonly number[],
  { actor, host }: Origin,
): Promise<RequestRecord[]> {
  const records = await readRecords(session, 'r.id IN (?) ORDER BY r.id', [failed]);
  const written = await session.execute(
    `INSERT INTO retries (request_id, code, attempts, reason, failed_at, actor, host, retried_at)
     SELECT o.request_id, o.code, o.attempts, a.reason, o.decided_at, ?, ?, UTC_TIMESTAMP(3)
     FROM outcomes o LEFT JOIN attempts a ON a.request_id = o.request_id AND a.attempt = o.attempts
     WHERE o.request_id IN (?) ORDER BY o.request_id`,
    [actor, host, failed],
  );
  expectRows('retries', written, failed.length);
  await session.execute('DELETE FROM attempts WHERE request_id IN (?)', [failed]);
  const deleted = await session.execute("DELETE FROM outcomes WHERE request_id IN (?) AND status = 'failed'", [failed]);
  expectRows('outcomes', deleted, failed.length);
  return records;
}

function notFailed(record: RequestRecord | null): Error {
  if (record === null) return new Error('a request has vanished');
  const { id, key, status } = record;
  return new ShopError(
    'INVALID_INPUT',
    { field: 'request', reason: phrase`is ${status}`, requestId: id, key, status },
    {
      message: phrase`Request ${id} (${key}) is ${status}: only a failed request can be retried.`,
      hint: phrase('List failed requests with `shop queue failed`.'),
    },
  );
}

/** Returns the id of the newest retry; 0 if there is none. */
export async function newestRetry(session: Session): Promise<number> {
  const [row] = await session.query<{ id: number | null }>('SELECT MAX(id) AS id FROM retries');
  return row?.id ?? 0;
}

/**
 * Finds the pending requests whose retries are above the watermark. Raises the watermark to just before the first of these
 * retries, or to the newest retry if there are none.
 */
export async function findRetriedPending(session: Session, retries: Watermark, limit: number): Promise<number[]> {
  const newest = await newestRetry(session);
  if (newest === 0) return [];
  retries.see(newest);
  const rows = await session.query<{ retry: number; id: number }>(
    `SELECT t.id AS retry, t.request_id AS id FROM retries t LEFT JOIN outcomes o ON o.request_id = t.request_id
     WHERE t.id > ? AND o.request_id IS NULL ORDER BY t.id LIMIT ?`,
    [retries.settled, limit],
  );
  retries.raise((rows[0]?.retry ?? newest + 1) - 1);
  return [...new Set(rows.map(({ id }) => id))];
}
