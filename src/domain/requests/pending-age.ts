import type { Session } from '../../db/mysql/connection.ts';
import { findPending, longestOf, newestRequest, nextRequest } from './pending.ts';
import { findRetriedPending } from './retries.ts';
import { Watermark } from './watermark.ts';

/** Number of ids to examine between two checks of the time limit. */
const STRIDE = 100_000;
const BUDGET_MS = 500;
/** Number of pending requests that are compared, because a retried request has an old id but may not have waited longest. */
const SAMPLE = 1_000;

/**
 * Measures repeatedly for how long the oldest pending request has waited.
 *
 * It remembers the id up to which all requests have an outcome, and the id up to which all retried requests have one. So the
 * cost of each call depends only on what was recorded since the last call. A request that is recorded very late, by a command
 * that was frozen, is missed here; the worker's sweep finds it.
 */
export class PendingAge {
  readonly #requests = new Watermark();
  readonly #retries = new Watermark();

  /**
   * Returns the current wait.
   *
   * @param decidedUpTo all requests up to this id have an outcome, except those whose commands are still recording them.
   * @returns seconds; 0 if nothing is pending; null if the time limit was reached. In that case the next call continues from
   *   there.
   * @throws DatabaseError
   */
  async measure(session: Session, decidedUpTo: number): Promise<number | null> {
    const deadline = performance.now() + BUDGET_MS;
    const retried = await findRetriedPending(session, this.#retries, SAMPLE);
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
        const longest = await longestOf(session, first === undefined ? retried : [...retried, first]);
        // the wait is negative if the server's clock was set back
        return Math.max(longest?.seconds ?? 0, 0);
      }
      if (performance.now() > deadline) return null;
      after = Math.max(upTo, ((await nextRequest(session, upTo)) ?? newest) - 1);
    }
  }
}
