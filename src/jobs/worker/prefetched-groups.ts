/** So many are remembered, for jobs that may never come. */
const MOST = 100_000;

/** The requests that the lane has applied before their jobs came. */
export class Ahead {
  readonly #ids = new Set<number>();

  /** How many jobs it waits for. */
  get size(): number {
    return this.#ids.size;
  }

  /** Adds those of `applied` that no job in hand asks for; the oldest are forgotten where they are too many. */
  add(applied: readonly number[], inHand: readonly number[]): void {
    const asked = new Set(inHand);
    for (const id of applied) if (!asked.has(id)) this.#ids.add(id);
    for (const id of this.#ids) {
      if (this.#ids.size <= MOST) return;
      this.#ids.delete(id);
    }
  }

  /** True where all of `ids` are there; each is asked for by one job, and forgotten then. */
  take(ids: readonly number[]): boolean {
    if (this.#ids.size === 0 || !ids.every((id) => this.#ids.has(id))) return false;
    for (const id of ids) this.#ids.delete(id);
    return true;
  }
}
