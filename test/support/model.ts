import type { RequestContent } from '../../src/domain/requests/kinds/index.ts';

/** An order of the model. */
export interface ModelOrder {
  readonly user: number;
  readonly lines: Map<number, { readonly quantity: number; readonly price: number; returned: number }>;
  refunded: number;
  cancelled: boolean;
}

type Payload<K extends RequestContent['kind']> = RequestContent<K>['payload'];
type Code = string | null;

/**
 * A second implementation of the rules of all requests, as simple as possible: one request after another, in memory. It
 * shares no code with the program, so it does not share the program's faults. It has neither carts nor maximum values.
 */
export class Model {
  readonly balances = new Map<number, number>();
  readonly stocks = new Map<number, number>();
  readonly prices = new Map<number, number>();
  readonly blocked = new Set<number>();
  readonly retired = new Set<number>();
  readonly orders = new Map<number, ModelOrder>();

  /** Applies a request, which names users and products by ids. Returns the code of the refusal; null if it is applied. */
  apply(id: number, { kind, payload }: RequestContent): Code {
    switch (kind) {
      case 'charge':
      case 'points-adjust':
        return this.#changeBalance(payload as Payload<'charge'>);
      case 'restock':
        return this.#restock(payload as Payload<'restock'>);
      case 'stock-adjust':
        return this.#adjustStock(payload as Payload<'stock-adjust'>);
      case 'order':
        return this.#order(id, payload as Payload<'order'>);
      case 'cancel':
        return this.#cancel(payload as Payload<'cancel'>);
      case 'return':
        return this.#return(payload as Payload<'return'>);
    }
  }

  /** Returns the units of each product that were ordered and not yet returned. */
  sold(): Map<number, number> {
    const sold = new Map<number, number>();
    for (const { lines } of this.orders.values()) {
      for (const [product, { quantity, returned }] of lines) {
        sold.set(product, (sold.get(product) ?? 0) + quantity - returned);
      }
    }
    return sold;
  }

  statusOf({ lines, cancelled }: ModelOrder): string {
    if (cancelled) return 'cancelled';
    const units = [...lines.values()];
    if (units.every(({ quantity, returned }) => returned === quantity)) return 'returned';
    return units.some(({ returned }) => returned > 0) ? 'partially_returned' : 'placed';
  }

  #changeBalance({ user, amount }: Payload<'charge'>): Code {
    const balance = this.balances.get(Number(user));
    if (balance === undefined) return 'INVALID_USER';
    if (balance + amount < 0) return 'INSUFFICIENT_POINTS';
    this.balances.set(Number(user), balance + amount);
    return null;
  }

  #restock({ product, quantity }: Payload<'restock'>): Code {
    const stock = this.stocks.get(Number(product));
    if (stock === undefined) return 'INVALID_PRODUCT';
    this.stocks.set(Number(product), stock + quantity);
    return null;
  }

  #adjustStock({ product, expect, ...change }: Payload<'stock-adjust'>): Code {
    const stock = this.stocks.get(Number(product));
    if (stock === undefined) return 'INVALID_PRODUCT';
    if (expect !== undefined && expect !== stock) return 'STOCK_CHANGED';
    const after = 'to' in change ? change.to : stock + change.by;
    if (after < 0) return 'INSUFFICIENT_STOCK';
    this.stocks.set(Number(product), after);
    return null;
  }

  #order(id: number, { user: ref, items }: Payload<'order'>): Code {
    const user = Number(ref);
    const balance = this.balances.get(user);
    if (balance === undefined) return 'INVALID_USER';
    if (this.blocked.has(user)) return 'USER_BLOCKED';
    const wanted = sum(items);
    if ([...wanted.keys()].some((product) => !this.stocks.has(product))) return 'INVALID_PRODUCT';
    if ([...wanted.keys()].some((product) => this.retired.has(product))) return 'PRODUCT_RETIRED';
    let total = 0;
    for (const [product, quantity] of wanted) total += quantity * (this.prices.get(product) ?? 0);
    if (total > balance) return 'INSUFFICIENT_POINTS';
    for (const [product, quantity] of wanted) if (quantity > this.#stockOf(product)) return 'INSUFFICIENT_STOCK';
    const lines: ModelOrder['lines'] = new Map();
    for (const [product, quantity] of wanted) {
      this.stocks.set(product, this.#stockOf(product) - quantity);
      lines.set(product, { quantity, price: this.prices.get(product) ?? 0, returned: 0 });
    }
    this.balances.set(user, balance - total);
    this.orders.set(id, { user, lines, refunded: 0, cancelled: false });
    return null;
  }

  #cancel({ order: id }: Payload<'cancel'>): Code {
    const order = this.orders.get(id);
    if (order === undefined) return 'INVALID_ORDER';
    if (this.#isClosed(order)) return 'ORDER_NOT_CANCELLABLE';
    for (const [product, { quantity, returned }] of order.lines)
      this.#giveBack(order, product, quantity - returned, true);
    order.cancelled = true;
    return null;
  }

  #return({ order: id, items, restock }: Payload<'return'>): Code {
    const order = this.orders.get(id);
    if (order === undefined) return 'INVALID_ORDER';
    if (this.#isClosed(order)) return 'ORDER_NOT_RETURNABLE';
    const units = sum(items);
    if ([...units.keys()].some((product) => !this.stocks.has(product))) return 'INVALID_PRODUCT';
    for (const [product, quantity] of units) {
      const line = order.lines.get(product);
      if (line === undefined || quantity > line.quantity - line.returned) return 'INSUFFICIENT_ORDER_QUANTITY';
    }
    for (const [product, quantity] of units) this.#giveBack(order, product, quantity, restock);
    return null;
  }

  #giveBack(order: ModelOrder, product: number, units: number, restock: boolean): void {
    const line = order.lines.get(product);
    if (line === undefined) return;
    const amount = units * line.price;
    line.returned += units;
    order.refunded += amount;
    this.balances.set(order.user, (this.balances.get(order.user) ?? 0) + amount);
    if (restock) this.stocks.set(product, this.#stockOf(product) + units);
  }

  #isClosed(order: ModelOrder): boolean {
    return ['cancelled', 'returned'].includes(this.statusOf(order));
  }

  #stockOf(product: number): number {
    return this.stocks.get(product) ?? 0;
  }
}

/** Adds up the units of each product. */
function sum(items: Payload<'order'>['items']): Map<number, number> {
  const units = new Map<number, number>();
  for (const { product, quantity } of items) {
    units.set(Number(product), (units.get(Number(product)) ?? 0) + quantity);
  }
  return units;
}
