/** Counts units by hour and product. */
export class HourlyUnits {
  readonly #sums = new Map<string, Map<number, number>>();

  add(at: Date, productId: number, quantity: number): void {
    const hour = `${at.toISOString().slice(0, 13).replace('T', ' ')}:00:00`;
    const products = this.#sums.get(hour) ?? new Map<number, number>();
    this.#sums.set(hour, products);
    products.set(productId, (products.get(productId) ?? 0) + quantity);
  }

  /** Returns the counts as rows of `hourly_sales`, in the order of its primary key. */
  rows(): (readonly [hour: string, productId: number, quantity: number])[] {
    return [...this.#sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([hour, products]) =>
        [...products].sort(([a], [b]) => a - b).map(([productId, quantity]) => [hour, productId, quantity] as const),
      );
  }
}
