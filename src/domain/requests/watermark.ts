/** Milliseconds during which a lower id can still become visible after a higher one, because its transaction commits later. */
const IN_FLIGHT_MS = 10_000;
/** Only ids that are at most this far below the newest id can still become visible. */
const IN_FLIGHT_IDS = 100_000;

/**
 * Remembers an id, the mark. All rows up to the mark are settled: for example, all requests up to it have an outcome. So a search
 * for unsettled rows needs to read only the rows above the mark.
 *
 * Ids ascend with the time of recording, but a lower id can become visible after a higher one. Therefore the newest ids stay
 * above the mark: those of the last 10 s, but at most 100,000. A row that becomes visible after the mark has passed its id is
 * missed.
 */
export class Watermark {
  #settled = 0;
  #newest = 0;
  /**
   * The newest ids at the last polls. This process's monotonic clock times them, because the server's clock may be set at any
   * time.
   */
  #seen: { readonly id: number; readonly at: number }[] = [];

  /** The id up to which all rows are settled. */
  get settled(): number {
    return this.#settled;
  }

  /** Records the id that is currently the newest. */
  see(newest: number): void {
    const at = performance.now();
    // `raise` needs only one entry older than `IN_FLIGHT_MS`, the newest of them, so the others are dropped
    const last = this.#seen.findLastIndex((seen) => at - seen.at >= IN_FLIGHT_MS);
    this.#seen = [...this.#seen.slice(Math.max(last, 0)), { id: newest, at }];
    this.#newest = newest;
  }

  /** Returns the id that was the newest `ms` milliseconds ago; 0 if none was recorded then. */
  seenBefore(ms: number): number {
    const now = performance.now();
    return this.#seen.findLast(({ at }) => now - at >= ms)?.id ?? 0;
  }

  /**
   * Raises the mark to `upTo`, but not past the ids below which rows can still become visible. Every visible row up to `upTo`
   * must be settled.
   */
  raise(upTo: number): void {
    const visible = Math.max(this.seenBefore(IN_FLIGHT_MS), this.#newest - IN_FLIGHT_IDS);
    this.#settled = Math.max(this.#settled, Math.min(upTo, visible));
  }
}
