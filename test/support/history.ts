import type { TestShop } from './shop.ts';

/** A line of an order. */
export interface HistoryLine {
  readonly product: number;
  readonly quantity: number;
  readonly price: number;
}

/** A change of a balance at a time, with the units that it sells or gives back. */
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
 * Inserts the rows of events, in this order, as the lane writes them. `order` is a name that a return and a cancel share with
 * their order. Users and products exist; products with an even id are named by their reference `p<id>`.
 */
export async function insertHistory(shop: TestShop, events: readonly HistoryEvent[]): Promise<void> {
  const [newest] = await shop.sql<{ id: number }>('SELECT COALESCE(MAX(id), 0) AS id FROM requests');
  let id = newest?.id ?? 0;
  const balances = new Map<number, number>();
  const orders = new Map<number, { row: unknown[]; refunded: number; lines: Map<number, unknown[]> }>();
  const rows = { requests: [] as unknown[][], ledger: [] as unknown[][], stock: [] as unknown[][] };
  for (const event of events) {
    id++;
    const { user, kind } = event;
    const at = new Date(event.at);
    const amount = amountOf(event);
    const balance = (balances.get(user) ?? 0) + amount;
    balances.set(user, balance);
    if (kind === 'order') {
      const lines = event.lines.map(({ product, quantity, price }, index) => [id, product, index, quantity, 0, price]);
      const row = [id, user, 'placed', -amount, 0, at];
      orders.set(event.order, { row, refunded: 0, lines: new Map(lines.map((line) => [Number(line[1]), line])) });
    }
    const order = 'order' in event ? orders.get(event.order) : undefined;
    if (order !== undefined && (kind === 'return' || kind === 'cancel')) {
      order.refunded += amount;
      const status = kind === 'cancel' ? 'cancelled' : 'returned';
      order.row.splice(
        2,
        3,
        order.refunded === order.row[3] ? status : 'partially_returned',
        order.row[3],
        order.refunded,
      );
      for (const { product, quantity } of event.lines) {
        const line = order.lines.get(product);
        if (line !== undefined) line[4] = Number(line[4]) + quantity;
      }
    }
    const orderId = order?.row[0] ?? null;
    rows.requests.push([id, `history-${id}`, Buffer.alloc(32), kind, payloadOf(event, orderId), 'tester', 'here', at]);
    rows.ledger.push([id, user, LEDGER_TYPE[kind], amount, balance, id, orderId, at]);
    if ('lines' in event && !('restock' in event && !event.restock)) {
      const [type, sign] = kind === 'order' ? ['sale', -1] : ['return', 1];
      for (const { product, quantity } of event.lines) rows.stock.push([product, type, sign * quantity, 1, id, at]);
    }
  }
  const insert = async (into: string, values: readonly unknown[][]) => {
    if (values.length > 0) await shop.sql(`INSERT INTO ${into} VALUES ?`, [values]);
  };
  await insert('requests (id, idempotency_key, request_hash, kind, payload, actor, host, created_at)', rows.requests);
  await insert(
    'orders (id, user_id, status, total, refunded, created_at)',
    [...orders.values()].map(({ row }) => row),
  );
  await insert(
    'order_lines (order_id, product_id, position, quantity, returned, unit_price)',
    [...orders.values()].flatMap(({ lines }) => [...lines.values()]),
  );
  await insert(
    'point_transactions (id, user_id, type, amount, balance_after, request_id, order_id, created_at)',
    rows.ledger,
  );
  await insert('stock_movements (product_id, type, quantity, stock_after, request_id, created_at)', rows.stock);
  for (const [user, balance] of balances) {
    await shop.sql('UPDATE users SET balance = balance + ? WHERE id = ?', [balance, user]);
  }
}

function payloadOf(event: HistoryEvent, order: unknown): string {
  if (event.kind === 'cancel') return JSON.stringify({ order });
  if (!('lines' in event)) return JSON.stringify({ user: event.user, amount: event.amount });
  const items = event.lines.map(({ product, quantity }) => ({
    product: product % 2 === 0 ? `@p${product}` : product,
    quantity,
  }));
  return JSON.stringify(
    event.kind === 'return' ? { order, items, restock: event.restock } : { user: event.user, items },
  );
}
