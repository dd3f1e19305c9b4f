/** Maximum number of remembered requests, because some jobs may never arrive. */
const MAX_REMEMBERED = 100_000;

/** Remembers the requests that the lane has applied before their jobs arrived. */
export class PrefetchedRequests {
  readonly #ids = new Set<number>();

  /** Number of requests whose jobs have not arrived. */
  get size(): number {
    return this.#ids.size;
  }

  /** Adds applied requests, except active ones, whose jobs have arrived. Forgets the oldest if there are too many. */
  add(applied: readonly number[], active: readonly number[]): void {
    const arrived = new Set(active);
    for (const id of applied) if (!arrived.has(id)) this.#ids.add(id);
    for (const id of this.#ids) {
      if (this.#ids.size <= MAX_REMEMBERED) return;
      this.#ids.delete(id);
    }
  }

  /** Removes the requests of a job that has arrived. Returns false, and removes none, unless all were prefetched. */
  take(ids: readonly number[]): boolean {
    if (this.#ids.size === 0 || !ids.every((id) => this.#ids.has(id))) return false;
    for (const id of ids) this.#ids.delete(id);
    return true;
  }
}
