import type { TestShop } from './shop.ts';

/** A line of an order. */
export interface HistoryLine {
  readonly product: number;
  readonly quantity: number;
  readonly price: number;
}

/** A change of a balance at a time, with the units that are sold or returned. A return or a cancel names its order. */
export type HistoryEvent = { readonly at: number; readonly user: number } & (
  | { readonly kind: 'charge' | 'points-adjust'; readonly amount: number }
  | { readonly kind: 'order'; readonly order: number; readonly lines: readonly HistoryLine[] }
  | {
      readonly kind: 'return' | 'cancel';
      readonly order: number;
      readonly lines: readonly HistoryLine[];
      readonly restock: boolean;
    }
);

const LEDGER_TYPE = {
  charge: 'charge',
  'points-adjust': 'adjustment',
  order: 'payment',
  return: 'refund',
  cancel: 'refund',
} as const;

/** Returns the change of the balance. */
export function amountOf(event: HistoryEvent): number {
  if ('amount' in event) return event.amount;
  const total = event.lines.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  return event.kind === 'order' ? -total : total;
}

/**
 * Inserts the rows of events, in this order, as the lane writes them. Users and products must exist. Requests name
 * products with even ids by their references, `p<id>`.
 */
export async function insertHistory(shop: TestShop, events: readonly HistoryEvent[]): Promise<void> {
  const [newest] = await shop.sql<{ id: number }>('SELECT COALESCE(MAX(id), 0) + 1 AS id FROM requests');
  const rows = new HistoryRows();
  for (const [index, event] of events.entries()) rows.add((newest?.id ?? 1) + index, event);
  for (const [into, values] of rows.inserts()) {
    if (values.length > 0) await shop.sql(`INSERT INTO ${into} VALUES ?`, [values]);
  }
  for (const [user, balance] of rows.balances) {
    await shop.sql('UPDATE users SET balance = balance + ? WHERE id = ?', [balance, user]);
  }
}

interface OrderRows {
  readonly id: number;
  readonly values: readonly unknown[];
  readonly total: number;
  readonly lines: readonly HistoryLine[];
  readonly returned: Map<number, number>;
  refunded: number;
  status: string;
}

/** The rows of a history, by table. */
class HistoryRows {
  readonly balances = new Map<number, number>();
  readonly #requests: unknown[][] = [];
  readonly #ledger: unknown[][] = [];
  readonly #stock: unknown[][] = [];
  readonly #orders = new Map<number, OrderRows>();

  /** Adds the rows of the event with this request id. */
  add(id: number, event: HistoryEvent): void {
    const { user, kind } = event;
    const at = new Date(event.at);
    const amount = amountOf(event);
    const balance = (this.balances.get(user) ?? 0) + amount;
    this.balances.set(user, balance);
    const order = 'order' in event ? this.#changeOrder(id, event, Math.abs(amount)) : null;
    const payload = JSON.stringify(payloadOf(event, order));
    this.#requests.push([id, `history-${id}`, Buffer.alloc(32), kind, payload, 'tester', 'here', at]);
    this.#ledger.push([id, user, LEDGER_TYPE[kind], amount, balance, id, order, at]);
    if ('amount' in event || ('restock' in event && !event.restock)) return;
    for (const { product, quantity } of event.lines) {
      const [type, change] = kind === 'order' ? ['sale', -quantity] : ['return', quantity];
      this.#stock.push([product, type, change, 1, id, at]);
    }
  }

  /** Adds the order, or changes it if the event is a return or a cancel. Returns its id. */
  #changeOrder(id: number, event: Extract<HistoryEvent, { readonly order: number }>, amount: number): number {
    const { order: name, lines, kind } = event;
    const order = this.#orders.get(name) ?? {
      ...{ id, values: [event.user, new Date(event.at)], total: amount, lines },
      ...{ returned: new Map(), refunded: 0, status: 'placed' },
    };
    this.#orders.set(name, order);
    if (kind === 'order') return id;
    for (const { product, quantity } of lines)
      order.returned.set(product, (order.returned.get(product) ?? 0) + quantity);
    order.refunded += amount;
    const finalStatus = kind === 'cancel' ? 'cancelled' : 'returned';
    order.status = order.refunded === order.total ? finalStatus : 'partially_returned';
    return order.id;
  }

  /** Returns the rows to insert into each table. */
  inserts(): (readonly [into: string, rows: readonly unknown[][]])[] {
    const orders = [...this.#orders.values()];
    const lines = orders.flatMap(({ id, lines, returned }) =>
      lines.map(({ product, quantity, price }, position) => [
        ...[id, product, position, quantity, returned.get(product) ?? 0, price],
      ]),
    );
    return [
      ['requests (id, idempotency_key, request_hash, kind, payload, actor, host, created_at)', this.#requests],
      [
        'orders (id, status, total, refunded, user_id, created_at)',
        orders.map(({ id, status, total, refunded, values }) => [id, status, total, refunded, ...values]),
      ],
      ['order_lines (order_id, product_id, position, quantity, returned, unit_price)', lines],
      ['point_transactions (id, user_id, type, amount, balance_after, request_id, order_id, created_at)', this.#ledger],
      ['stock_movements (product_id, type, quantity, stock_after, request_id, created_at)', this.#stock],
    ];
  }
}

function payloadOf(event: HistoryEvent, order: number | null): object {
  if (event.kind === 'cancel') return { order };
  if ('amount' in event) return { user: event.user, amount: event.amount };
  const items = event.lines.map(({ product, quantity }) => ({
    product: product % 2 === 0 ? `@p${product}` : product,
    quantity,
  }));
  return event.kind === 'return' ? { order, items, restock: event.restock } : { user: event.user, items };
}
