import type { Session } from '../../db/mysql/connection.ts';
import { findUnsettled, longestOf, newestRequest } from './pending.ts';
import { newestRetry } from './retries.ts';
import type { OutcomeStatus } from './status.ts';
import { Watermark } from './watermark.ts';

/** The number of requests in each state, and the unfinished batches. */
export interface QueueCounts {
  /** Requests without an outcome. */
  readonly pending: number;
  /** Seconds that the oldest pending request has waited; null if none is pending. */
  readonly oldestPendingSeconds: number | null;
  readonly applied: number;
  readonly refused: number;
  readonly failed: number;
  /** Batches with pending requests, in the order of their creation. */
  readonly batches: readonly BatchUnderWay[];
}

/** A batch with pending requests. */
interface BatchUnderWay {
  readonly batchId: number;
  readonly name: string;
  /** Number of requests that the batch's rows have created so far. */
  readonly requests: number;
  readonly decided: number;
  readonly pending: number;
}

type OutcomeCounts = Record<OutcomeStatus, number>;

/** The number of oldest pending requests that are checked individually. */
const SAMPLE = 1_000;

/**
 * Counts requests by their outcomes. The first count reads all outcomes, which takes half a second for a million. Later counts
 * read only the outcomes above the watermark, unless a request was retried.
 */
export class QueueCounter {
  readonly #session: Session;
  #requests = new Watermark();
  /** The counts of outcomes up to the watermark. */
  #counts: OutcomeCounts = { applied: 0, refused: 0, failed: 0 };
  #retry = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  async count(): Promise<QueueCounts> {
    const session = this.#session;
    const retry = await newestRetry(session);
    if (retry !== this.#retry) {
      this.#requests = new Watermark();
      this.#counts = { applied: 0, refused: 0, failed: 0 };
    }
    this.#retry = retry;
    const newest = await newestRequest(session);
    this.#requests.see(newest);
    const before = this.#requests.settled;
    const oldest = await findUnsettled(session, this.#requests, { upTo: newest, limit: SAMPLE });
    const { settled } = this.#requests;
    this.#counts = await countOutcomes(session, this.#counts, before, settled);
    const counts = await countOutcomes(session, this.#counts, settled, null);
    const pending = await countPending(session, oldest);
    return {
      pending: [...pending.values()].reduce((sum, count) => sum + Math.max(count, 0), 0),
      oldestPendingSeconds: (await longestOf(session, oldest))?.seconds ?? null,
      ...counts,
      batches: await batchesUnderWay(session, pending),
    };
  }
}

/**
 * Adds to `counts` the outcomes of the requests after `after` and up to `upTo`, or up to the last request if `upTo` is null.
 */
async function countOutcomes(
  session: Session,
  counts: OutcomeCounts,
  after: number,
  upTo: number | null,
): Promise<OutcomeCounts> {
  if (upTo === after) return counts;
  const rows = await session.query<{ status: OutcomeStatus; count: number }>(
    `SELECT status, COUNT(*) AS count FROM outcomes
     WHERE request_id > ? ${upTo === null ? '' : 'AND request_id <= ?'} GROUP BY status`,
    upTo === null ? [after] : [after, upTo],
  );
  const sums = { ...counts };
  for (const { status, count } of rows) sums[status] += count;
  return sums;
}

/**
 * Counts the pending requests of each batch. The pending requests of single commands are under the key null.
 *
 * @param oldest all pending requests, or the first `SAMPLE` of them.
 */
async function countPending(session: Session, oldest: readonly number[]): Promise<Map<number | null, number>> {
  const counts = new Map<number | null, number>();
  const last = oldest.at(-1);
  if (last === undefined) return counts;
  const add = async (sign: 1 | -1, from: string, value: number | readonly number[]) => {
    const rows = await session.query<{ batch: number | null; count: number }>(
      `SELECT r.batch_id AS batch, COUNT(*) AS count FROM ${from} GROUP BY r.batch_id`,
      [value],
    );
    for (const { batch, count } of rows) counts.set(batch, (counts.get(batch) ?? 0) + sign * count);
  };
  await add(1, 'requests r WHERE r.id IN (?)', oldest);
  if (oldest.length < SAMPLE) return counts;
  // all requests after `last` are counted, and those with an outcome are subtracted; few of them have an outcome, because the
  // lane takes requests in order
  await add(1, 'requests r WHERE r.id > ?', last);
  await add(-1, 'outcomes o JOIN requests r ON r.id = o.request_id WHERE o.request_id > ?', last);
  return counts;
}

async function batchesUnderWay(
  session: Session,
  pending: ReadonlyMap<number | null, number>,
): Promise<BatchUnderWay[]> {
  const ids = [...pending].flatMap(([batch, count]) => (batch !== null && count > 0 ? [batch] : []));
  if (ids.length === 0) return [];
  const rows = await session.query<{ batchId: number; name: string; requests: number }>(
    `SELECT b.id AS batchId, b.name, (SELECT COUNT(*) FROM requests r WHERE r.batch_id = b.id) AS requests
     FROM batches b WHERE b.id IN (?) ORDER BY b.id`,
    [ids],
  );
  return rows.map(({ batchId, name, requests }) => {
    const left = pending.get(batchId) ?? 0;
    return { batchId, name, requests, decided: Math.max(requests - left, 0), pending: left };
  });
}
