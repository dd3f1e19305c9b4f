import type { TestShop } from '../support/shop.ts';

/**
 * A property of a user or product that operators change without a request: whether a user is blocked, or a product
 * retired.
 */
export class Switch {
  /** The changes by the id of the user or product, oldest first. */
  readonly #changes = new Map<number, { readonly at: Date; readonly on: boolean }[]>();

  /** Reads the history from the activities. @param on the action that sets the property. @param off the action that resets it. */
  static async read(shop: TestShop, on: string, off: string): Promise<Switch> {
    const rows = await shop.sql<{ changed: string; action: string; at: Date }>(
      `SELECT SUBSTRING_INDEX(subject, ' ', -1) AS changed, action, created_at AS at FROM activities
       WHERE action IN (?) ORDER BY id`,
      [[on, off]],
    );
    const history = new Switch();
    for (const { changed, action, at } of rows) {
      const id = Number(changed);
      const changes = history.#changes.get(id) ?? [];
      history.#changes.set(id, [...changes, { at, on: action === on }]);
    }
    return history;
  }

  /**
   * Returns true if the property may have had this value for a transaction of the lane, which reads and locks the row
   * between both times.
   *
   * @param from the time at which the transaction began.
   * @param to the time at which the next transaction began.
   */
  mayBe(id: number, on: boolean, from: Date, to: Date): boolean {
    const changes = this.#changes.get(id) ?? [];
    const before = changes.findLast(({ at }) => at < from)?.on ?? false;
    return before === on || changes.some((change) => change.on === on && change.at >= from && change.at <= to);
  }
}
