/** After this time, a lower id than a visible one is hardly ever still being inserted. */
const IN_FLIGHT_MS = 10_000;
/** An id that is this far below the newest is hardly ever still being inserted. */
const IN_FLIGHT_IDS = 100_000;

/**
 * Remembers up to which id all rows are settled, so that a search for unsettled rows costs only as much as was added since.
 * Ids ascend with the time of recording, but a lower id may become visible after a higher one. Therefore the ids of the last
 * 10 s stay above the mark. A row that becomes visible later than that is missed.
 */
export class Watermark {
  #settled = 0;
  #newest = 0;
  /** The newest ids of the last polls, with this process's monotonic clock: the server's clock may be set at any time. */
  #seen: { readonly id: number; readonly at: number }[] = [];

  /** The id up to which all rows are settled. */
  get settled(): number {
    return this.#settled;
  }

  /** Records the newest id of this moment. */
  see(newest: number): void {
    const at = performance.now();
    // one entry that is older than the time in flight is enough
    const last = this.#seen.findLastIndex((seen) => at - seen.at >= IN_FLIGHT_MS);
    this.#seen = [...this.#seen.slice(Math.max(last, 0)), { id: newest, at }];
    this.#newest = newest;
  }

  /** Returns the newest id of `ms` milliseconds ago; 0 if none was recorded then. */
  seenBefore(ms: number): number {
    const now = performance.now();
    return this.#seen.findLast(({ at }) => now - at >= ms)?.id ?? 0;
  }

  /** Raises the mark: every visible row up to this id is settled. */
  raise(upTo: number): void {
    const visible = Math.max(this.seenBefore(IN_FLIGHT_MS), this.#newest - IN_FLIGHT_IDS);
    this.#settled = Math.max(this.#settled, Math.min(upTo, visible));
  }
}
