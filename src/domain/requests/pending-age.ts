import type { Session } from '../../db/mysql/connection.ts';
import { findPending, longestOf, newestRequest, nextRequest } from './pending.ts';
import { findRetriedPending } from './retries.ts';
import { Watermark } from './watermark.ts';

/** Ids that are gone through before it is looked whether there is time for more. */
const STRIDE = 100_000;
const BUDGET_MS = 500;
/** So many pending requests are looked at: those that were retried wait for less long than their ids say. */
const SAMPLE = 1_000;

/**
 * How long the request that has waited longest waits, looked at again and again.
 *
 * It keeps in mind up to where all requests have their outcomes, and all retries have led to one: a look costs as
 * much as what is recorded since, however many requests there are. One that is recorded very late, by a command that was
 * frozen, is passed over; the worker's sweep finds it.
 */
export class PendingAge {
  readonly #requests = new Watermark();
  readonly #retries = new Watermark();

  /**
   * @param decidedUpTo all requests up to this one are known to have their outcomes, but for those on their way.
   * @returns seconds, 0 where nothing is pending; null where there was no time to go through all that may be, and the
   * next look goes on.
   * @throws DatabaseError
   */
  async look(session: Session, decidedUpTo: number): Promise<number | null> {
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
        // the server's clock may have been set back
        return Math.max(longest?.seconds ?? 0, 0);
      }
      if (performance.now() > deadline) return null;
      after = Math.max(upTo, ((await nextRequest(session, upTo)) ?? newest) - 1);
    }
  }
}
