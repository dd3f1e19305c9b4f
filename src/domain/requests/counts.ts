import type { Session } from '../../db/mysql/connection.ts';
import { findUnsettled, longestOf, newestRequest } from './pending.ts';
import { newestRetry } from './retries.ts';
import type { OutcomeStatus } from './status.ts';
import { Watermark } from './watermark.ts';

/** How many requests are in each state, and what is under way. */
export interface QueueCounts {
  /** Without an outcome. */
  readonly pending: number;
  /** How long the oldest of them has waited; null where there is none. */
  readonly oldestPendingSeconds: number | null;
  readonly applied: number;
  readonly refused: number;
  readonly failed: number;
  /** Those that have pending requests, in the order in which they were begun. */
  readonly batches: readonly BatchUnderWay[];
}

/** A batch that has requests without an outcome. */
interface BatchUnderWay {
  readonly batchId: number;
  readonly name: string;
  /** Requests that its rows have made so far. */
  readonly requests: number;
  readonly decided: number;
  readonly pending: number;
}

type OutcomeCounts = Record<OutcomeStatus, number>;

/** So many of the oldest pending requests are looked at one by one. */
const SAMPLE = 1_000;

/**
 * Counts requests by their outcomes. The first time it goes through all outcomes, half a second for a million; then it
 * counts those above the mark only, unless a request was retried.
 */
export class QueueCounter {
  readonly #session: Session;
  #requests = new Watermark();
  /** The outcomes up to the mark. */
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

/** `counts` and those of the requests after one, up to another or to the last. */
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
 * How many pending requests each batch has; those of single commands are under null.
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
  // the lane takes them in order: few of those behind them have an outcome
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
