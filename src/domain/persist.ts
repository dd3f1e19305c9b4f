import { expectRows, type Session, type SqlValue, sqlTime } from '../db/connection.ts';
import { executeInTurn, type Statement } from '../db/in-turn.ts';
import { type CartLineValues, setCartLines } from './cart.ts';
import type { Decision, Effects, State } from './decide.ts';
import { nearIds } from './id-condition.ts';

/** A request together with what was decided on it. */
export interface Decided {
  readonly id: number;
  readonly decision: Decision;
}

interface Applied {
  readonly requestId: number;
  readonly effects: Effects;
}

/** The time that all rows of a group get, and which attempt this is for a request. */
interface Circumstances {
  readonly now: Date;
  readonly attemptOf: (id: number) => number;
}

/**
 * Writes all effects and outcomes of a group in a handful of multi-row statements, within the caller's transaction.
 *
 * @param state as it is after the last of the group.
 */
export async function persist(
  session: Session,
  decided: readonly Decided[],
  state: State,
  circumstances: Circumstances,
): Promise<void> {
  const { now } = circumstances;
  const applied = decided.flatMap(({ id, decision }) =>
    decision.status === 'applied' ? [{ requestId: id, effects: decision.effects }] : [],
  );
  const orders = applied.flatMap(({ requestId, effects: { order } }) =>
    order === null ? [] : [{ requestId, ...order }],
  );
  await executeInTurn(session, withoutOrderIds(applied, orders, state, now));
  await cancelOrders(session, applied);
  await countSales(session, applied, now);
  await takeOutOfCarts(session, applied, state);
  const orderIds = await readOrderIds(session, orders);
  await executeInTurn(session, withOrderIds(applied, orders, orderIds, decided, circumstances));
}

/** Request id, status, code, attempts, details as JSON, time (see `sqlTime`). */
export type OutcomeValues = readonly [number, string, string | null, number, string, string];

/** Stores an outcome; a second one of a request can't be stored. */
export async function insertOutcome(session: Session, row: OutcomeValues): Promise<void> {
  await executeInTurn(session, outcomes([row]));
}

type NewOrder = NonNullable<Effects['order']> & { readonly requestId: number };

/** Orders, stock rows, balances and stocks. */
function* withoutOrderIds(
  applied: readonly Applied[],
  orders: readonly NewOrder[],
  state: State,
  now: Date,
): Generator<Statement> {
  const time = sqlTime(now);
  yield* insert(
    'orders (request_id, user_id, status, total, created_at)',
    orders.map(({ requestId, userId, total }) => [requestId, userId, 'placed', total, time]),
  );
  yield* insert(
    'stock_movements (product_id, type, quantity, stock_after, request_id, created_at)',
    applied.flatMap(({ requestId, effects }) =>
      effects.stock.map((row) => [row.productId, row.type, row.quantity, row.stockAfter, requestId, time]),
    ),
  );
  const users = new Set(applied.flatMap(({ effects }) => effects.ledger?.userId ?? []));
  yield* setColumn('users', 'balance', users, (id) => state.users.get(id)?.balance);
  const products = new Set(applied.flatMap(({ effects }) => effects.stock.map(({ productId }) => productId)));
  yield* setColumn('products', 'stock', products, (id) => state.products.get(id)?.stock);
}

/** The orders' ids by request id, read back because clusters count in steps. */
async function readOrderIds(session: Session, orders: readonly NewOrder[]): Promise<ReadonlyMap<number, number>> {
  if (orders.length === 0) return new Map();
  const [condition, values] = nearIds(
    'request_id',
    orders.map(({ requestId }) => requestId),
  );
  const rows = await session.query<{ id: number; requestId: number }>(
    `SELECT id, request_id AS requestId FROM orders WHERE ${condition}`,
    values,
  );
  return new Map(rows.map(({ id, requestId }) => [requestId, id]));
}

/** Order lines, the ledger, outcomes. */
function* withOrderIds(
  applied: readonly Applied[],
  orders: readonly NewOrder[],
  orderIds: ReadonlyMap<number, number>,
  decided: readonly Decided[],
  { now, attemptOf }: Circumstances,
): Generator<Statement> {
  const time = sqlTime(now);
  yield* insert(
    'order_lines (order_id, position, product_id, quantity, unit_price)',
    orders.flatMap(({ requestId, lines }) => {
      const orderId = orderIds.get(requestId) ?? null;
      return lines.map((line, position) => [orderId, position, line.productId, line.quantity, line.unitPrice]);
    }),
  );
  yield* insert(
    'point_transactions (user_id, type, amount, balance_after, request_id, order_id, created_at)',
    applied.flatMap(({ requestId, effects: { ledger, cancelled } }) => {
      if (ledger === null) return [];
      const orderId = orderIds.get(requestId) ?? cancelled?.id ?? null;
      return [[ledger.userId, ledger.type, ledger.amount, ledger.balanceAfter, requestId, orderId, time]];
    }),
  );
  yield* outcomes(
    decided.map(({ id, decision }) => {
      const code = decision.status === 'refused' ? decision.code : null;
      return [id, decision.status, code, attemptOf(id), JSON.stringify(decision.details), time];
    }),
  );
}

function outcomes(rows: readonly OutcomeValues[]): Generator<Statement> {
  return insert('outcomes (request_id, status, code, attempts, details, decided_at)', rows);
}

/** @param into the table with the columns in brackets. */
function* insert(into: string, rows: readonly (readonly SqlValue[])[]): Generator<Statement> {
  if (rows.length === 0) return;
  const [table = ''] = into.split(' ');
  yield { sql: `INSERT INTO ${into} VALUES ?`, values: [rows], table, rows: rows.length };
}

/** Writes final values by id in one statement; STRAIGHT_JOIN goes through the values and finds each row by its key. */
function* setColumn(
  table: 'users' | 'products',
  column: 'balance' | 'stock',
  ids: ReadonlySet<number>,
  value: (id: number) => number | undefined,
): Generator<Statement> {
  if (ids.size === 0) return;
  yield {
    sql: `UPDATE JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$[0]', value BIGINT PATH '$[1]')) AS next
       STRAIGHT_JOIN ${table} ON ${table}.id = next.id
     SET ${table}.${column} = next.value`,
    values: [JSON.stringify([...ids].map((id) => [id, value(id)]))],
    table,
    rows: ids.size,
  };
}

async function cancelOrders(session: Session, applied: readonly Applied[]): Promise<void> {
  const ids = applied.flatMap(({ effects }) => effects.cancelled?.id ?? []);
  if (ids.length === 0) return;
  const written = await session.execute("UPDATE orders SET status = 'cancelled' WHERE id IN (?)", [ids]);
  expectRows('orders', written, ids.length);
}

/** Adds what was ordered to the sales of this hour, and takes what was cancelled out of those of the order's hour. */
async function countSales(session: Session, applied: readonly Applied[], now: Date): Promise<void> {
  const sold = new HourlySums();
  const cancelled = new HourlySums();
  for (const { effects } of applied) {
    for (const { productId, quantity } of effects.order?.lines ?? []) sold.add(now, productId, quantity);
    const order = effects.cancelled;
    if (order === null) continue;
    for (const { productId, quantity } of order.lines) cancelled.add(order.createdAt, productId, quantity);
  }
  const added = sold.rows();
  if (added.length > 0) {
    await session.execute(
      `INSERT INTO hourly_sales (hour, product_id, quantity) VALUES ?
       ON DUPLICATE KEY UPDATE quantity = hourly_sales.quantity + VALUES(quantity)`,
      [added],
    );
  }
  const taken = cancelled.rows();
  if (taken.length > 0) {
    const written = await session.execute(
      `UPDATE JSON_TABLE(?, '$[*]' COLUMNS (
           hour DATETIME PATH '$[0]', product_id BIGINT PATH '$[1]', quantity BIGINT PATH '$[2]')) AS taken
         STRAIGHT_JOIN hourly_sales ON hourly_sales.hour = taken.hour AND hourly_sales.product_id = taken.product_id
       SET hourly_sales.quantity = hourly_sales.quantity - taken.quantity`,
      [JSON.stringify(taken)],
    );
    expectRows('hourly_sales', written, taken.length);
  }
}

/** Units per hour and product. */
class HourlySums {
  readonly #sums = new Map<string, Map<number, number>>();

  add(at: Date, productId: number, quantity: number): void {
    const hour = `${at.toISOString().slice(0, 13).replace('T', ' ')}:00:00`;
    const products = this.#sums.get(hour) ?? new Map<number, number>();
    this.#sums.set(hour, products);
    products.set(productId, (products.get(productId) ?? 0) + quantity);
  }

  /** The rows in the order of the table's key. */
  rows(): (readonly [hour: string, productId: number, quantity: number])[] {
    return [...this.#sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([hour, products]) =>
        [...products].sort(([a], [b]) => a - b).map(([productId, quantity]) => [hour, productId, quantity] as const),
      );
  }
}

async function takeOutOfCarts(session: Session, applied: readonly Applied[], state: State): Promise<void> {
  const touched = new Map<string, CartLineValues>();
  for (const { effects } of applied) {
    if (effects.cart === null) continue;
    const { id, left } = effects.cart;
    for (const productId of left.keys()) {
      touched.set(`${id}:${productId}`, [id, productId, state.carts.get(id)?.lines.get(productId) ?? 0]);
    }
  }
  await setCartLines(session, [...touched.values()]);
}
