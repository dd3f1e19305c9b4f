/** An id that was seen this long ago hardly has a lower one that is still being inserted. */
const IN_FLIGHT_MS = 10_000;
/** An id so far below the newest hardly belongs to a row that is still being inserted. */
const IN_FLIGHT_IDS = 100_000;

/**
 * Remembers up to which id all rows are settled, so that looking for those that are not costs what was added since,
 * however many rows there are. Ids ascend with the time of recording, but a lower id may become visible after a higher
 * one: ids of the last seconds stay above the mark. A row that is recorded later than that is passed over.
 */
export class Watermark {
  #settled = 0;
  #newest = 0;
  /** The newest id at each of the last looks, by this process's steady clock: the server's may be set at any time. */
  #seen: { readonly id: number; readonly at: number }[] = [];

  /** All rows up to this id are settled. */
  get settled(): number {
    return this.#settled;
  }

  /** Notes which id is the newest now. */
  see(newest: number): void {
    const at = performance.now();
    // of what was seen longer ago than matters the last is enough
    const last = this.#seen.findLastIndex((seen) => at - seen.at >= IN_FLIGHT_MS);
    this.#seen = [...this.#seen.slice(Math.max(last, 0)), { id: newest, at }];
    this.#newest = newest;
  }

  /** The newest id of so many milliseconds ago; 0 if none was seen then. */
  seenBefore(ms: number): number {
    const now = performance.now();
    return this.#seen.findLast(({ at }) => now - at >= ms)?.id ?? 0;
  }

  /** Moves the mark up: every row that is visible up to this id is settled. */
  raise(upTo: number): void {
    const visible = Math.max(this.seenBefore(IN_FLIGHT_MS), this.#newest - IN_FLIGHT_IDS);
    this.#settled = Math.max(this.#settled, Math.min(upTo, visible));
  }
}
