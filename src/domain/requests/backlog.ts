import type { Session } from '../../db/mysql/connection.ts';
import { countPendingBetween, findPending, longestOf, newestRequest, nextRequest } from './pending.ts';
import { findRetriedPending } from './retries.ts';
import { Watermark } from './watermark.ts';

/** The pending requests at one moment. */
export interface BacklogSize {
  /** Number of pending requests. If the count takes too long, only the oldest requests are counted. */
  readonly pending: number;
  /** Seconds that the oldest request has waited; 0 if none is pending. */
  readonly oldestSeconds: number;
}

/** Number of ids to examine between two checks of the time limit. */
const STRIDE = 100_000;
const BUDGET_MS = 500;
/**
 * Maximum number of retried requests whose waits are compared to find the oldest request, and of requests read at once. The
 * request with the lowest id is not always the oldest, because a retried request has waited only since its retry.
 */
const SAMPLE = 1_000;
/** Maximum number of retried requests that are counted. */
const MAX_RETRIED = 10_000;

/**
 * Measures the pending requests repeatedly.
 *
 * Between calls, the object keeps two watermarks. One is an id of a request: all requests up to this id have an outcome. The
 * other is an id of a retry: all requests that were retried up to this id have an outcome. So the cost of each call depends only
 * on the number of pending requests, and of requests recorded since the last call. A request that is recorded very late, by a
 * command that was frozen, is not counted here; the worker's sweep finds it.
 */
export class Backlog {
  readonly #requests = new Watermark();
  readonly #retries = new Watermark();

  /**
   * Returns the current size.
   *
   * @param decidedUpTo all requests up to this id have an outcome, except those whose commands are still recording them.
   * @returns null if the time limit was reached before the oldest request was found. The next call then continues the search.
   * @throws DatabaseError
   */
  async measure(session: Session, decidedUpTo: number): Promise<BacklogSize | null> {
    const deadline = performance.now() + BUDGET_MS;
    const retried = await findRetriedPending(session, this.#retries, MAX_RETRIED);
    const known = new Set(retried);
    const newest = await newestRequest(session);
    this.#requests.see(newest);
    this.#requests.raise(decidedUpTo);
    for (let after = this.#requests.settled; ; ) {
      const upTo = Math.min(after + STRIDE, newest);
      const oldest = await findPending(session, { after, upTo, limit: SAMPLE });
      this.#requests.raise(Math.min(upTo, (oldest[0] ?? Number.MAX_SAFE_INTEGER) - 1));
      const first = oldest.find((id) => !known.has(id));
      if (first !== undefined || oldest.length === SAMPLE || upTo === newest) {
        const compared = retried.slice(0, SAMPLE);
        const longest = await longestOf(session, first === undefined ? compared : [...compared, first]);
        return {
          pending: await this.#count(session, retried, newest, deadline),
          // the difference is negative if the server's clock was set back
          oldestSeconds: Math.max(longest?.seconds ?? 0, 0),
        };
      }
      if (performance.now() > deadline) return null;
      after = Math.max(upTo, ((await nextRequest(session, upTo)) ?? newest) - 1);
    }
  }

  async #count(session: Session, retried: readonly number[], newest: number, deadline: number): Promise<number> {
    const { settled } = this.#requests;
    let count = retried.filter((id) => id <= settled).length;
    for (let after = settled; after < newest; ) {
      const upTo = Math.min(after + STRIDE, newest);
      const { pending, next } = await countPendingBetween(session, after, upTo);
      count += pending;
      if (next === null || performance.now() > deadline) break;
      after = Math.max(upTo, next - 1);
    }
    return count;
  }
}
