import { type SqlValue, sqlTime } from '../../db/mysql/connection.ts';
import type { Statement } from '../../db/mysql/statements.ts';
import type { Decision, MadeIds } from '../requests/kinds/kind.ts';
import type { Effects, State } from '../requests/kinds/state.ts';
import { type CartLineValues, cartLineStatements } from '../shop/carts.ts';
import { HourlyUnits } from './hourly-sales.ts';

/** A request with its decision. */
export interface Decided {
  readonly request: { readonly id: number };
  readonly decision: Decision;
}

/** The values, in addition to the decisions, that the rows of a group depend on. */
export interface Circumstances {
  /** The time for all rows of the group. */
  readonly now: Date;
  /** Returns the number of a request's current attempt, from 1. */
  readonly attemptOf: (id: number) => number;
  /** The id of the newest ledger row. The group's ledger rows get the next ids. */
  readonly lastTransactionId: number;
}

/**
 * Creates the multi-row statements that write all effects and outcomes of a group. All rows are known before the first one is
 * written, so nothing is read back.
 *
 * @param state the state after the last request of the group.
 */
export function persist(decided: readonly Decided[], state: State, circumstances: Circumstances): Iterable<Statement> {
  return new GroupRows(decided, circumstances).statements(state);
}

/** The values of an outcome's row: the request's id, status, code, attempts, details as JSON, and time (see `sqlTime`). */
export type OutcomeValues = readonly [number, string, string | null, number, string, string];

/**
 * Returns the details to store for an outcome. The lists `returned` and `names` come last, because the audit compares the
 * fields before them as text.
 */
export function storedDetails(
  {
    returned,
    names,
    ...decided
  }: object & { readonly returned?: readonly number[]; readonly names?: readonly string[] },
  made: MadeIds,
): object {
  return { ...decided, ...made, returned, names };
}

/** The rows of a group by table, collected in one pass over its decisions. */
class GroupRows {
  readonly #time: string;
  #transactionId: number;
  readonly #orders: SqlValue[][] = [];
  readonly #lines: SqlValue[][] = [];
  /** The products with returned units, by the order's id. */
  readonly #changedOrders = new Map<number, Set<number>>();
  readonly #ledger: SqlValue[][] = [];
  readonly #stock: SqlValue[][] = [];
  readonly #outcomes: OutcomeValues[] = [];
  readonly #users = new Set<number>();
  readonly #products = new Set<number>();
  /** Products whose units are removed from a cart, by the cart's id. */
  readonly #carts = new Map<number, Set<number>>();
  readonly #sold = new HourlyUnits();
  readonly #returned = new HourlyUnits();

  constructor(decided: readonly Decided[], { now, attemptOf, lastTransactionId }: Circumstances) {
    this.#time = sqlTime(now);
    this.#transactionId = lastTransactionId;
    for (const { request, decision } of decided) {
      const { id } = request;
      const made = decision.status === 'applied' ? this.#addEffects(id, decision.effects, now) : {};
      const code = decision.status === 'refused' ? decision.code : null;
      const details = JSON.stringify(storedDetails(decision.details, made));
      this.#outcomes.push([id, decision.status, code, attemptOf(id), details, this.#time]);
    }
  }

  /**
   * Collects the rows that an applied request writes. Returns the ids of its order and its ledger row, which become part of the
   * outcome.
   */
  #addEffects(id: number, effects: Effects, now: Date): MadeIds {
    const { order, returned, stock, ledger, cart } = effects;
    if (order !== null) this.#addOrder(id, order, now);
    if (returned !== null) this.#addReturned(returned);
    for (const { productId, type, quantity, stockAfter } of stock) {
      this.#stock.push([productId, type, quantity, stockAfter, id, this.#time]);
      this.#products.add(productId);
    }
    if (cart !== null) {
      this.#carts.set(cart.id, new Set([...(this.#carts.get(cart.id) ?? []), ...cart.left.keys()]));
    }
    const made = order === null ? {} : { orderId: id };
    if (ledger === null) return made;
    const transactionId = this.#addLedgerRow(id, ledger, order === null ? (returned?.order.id ?? null) : id);
    return { ...made, transactionId };
  }

  #addOrder(id: number, { userId, total, lines }: NonNullable<Effects['order']>, now: Date): void {
    this.#orders.push([id, userId, 'placed', total, this.#time]);
    for (const [position, { productId, quantity, unitPrice }] of lines.entries()) {
      this.#lines.push([id, productId, position, quantity, unitPrice]);
      this.#sold.add(now, productId, quantity);
    }
  }

  #addReturned({ order, units }: NonNullable<Effects['returned']>): void {
    const products = this.#changedOrders.get(order.id) ?? new Set();
    this.#changedOrders.set(order.id, products);
    for (const [productId, quantity] of units) {
      products.add(productId);
      this.#returned.add(order.createdAt, productId, quantity);
    }
  }

  #addLedgerRow(requestId: number, ledger: NonNullable<Effects['ledger']>, orderId: number | null): number {
    const { userId, type, amount, balanceAfter } = ledger;
    const id = ++this.#transactionId;
    this.#ledger.push([id, userId, type, amount, balanceAfter, requestId, orderId, this.#time]);
    this.#users.add(userId);
    return id;
  }

  *statements(state: State): Generator<Statement> {
    yield* insert('orders (id, user_id, status, total, created_at)', this.#orders);
    yield* insert('order_lines (order_id, product_id, position, quantity, unit_price)', this.#lines);
    yield* setReturns(this.#changedOrders, state);
    yield* insert('stock_movements (product_id, type, quantity, stock_after, request_id, created_at)', this.#stock);
    yield* insert(
      'point_transactions (id, user_id, type, amount, balance_after, request_id, order_id, created_at)',
      this.#ledger,
    );
    yield* setColumn('users', 'balance', this.#users, (id) => state.users.get(id)?.balance);
    yield* setColumn('products', 'stock', this.#products, (id) => state.products.get(id)?.stock);
    yield* addSales(this.#sold);
    yield* takeSales(this.#returned);
    yield* cartLineStatements(this.#cartLines(state));
    yield* insertOutcomes(this.#outcomes);
  }

  #cartLines(state: State): CartLineValues[] {
    return [...this.#carts].flatMap(([cart, products]) =>
      [...products].map((product) => [cart, product, state.carts.get(cart)?.lines.get(product) ?? 0] as const),
    );
  }
}

/** Creates the statement that inserts outcomes. The primary key prevents a second outcome of the same request. */
export function insertOutcomes(rows: readonly OutcomeValues[]): Generator<Statement> {
  return insert('outcomes (request_id, status, code, attempts, details, decided_at)', rows);
}

/** Inserts rows, if there are any. @param target a table with its columns in parentheses. */
function* insert(target: string, rows: readonly (readonly SqlValue[])[]): Generator<Statement> {
  if (rows.length > 0) yield { sql: `INSERT INTO ${target} VALUES ?`, values: [rows], rows: null };
}

/**
 * Writes the final values of orders and of lines with returned units. `products` lists the products of these lines by the
 * order's id.
 */
function* setReturns(products: ReadonlyMap<number, ReadonlySet<number>>, state: State): Generator<Statement> {
  const orders = [...products.keys()].map((id) => state.orders.get(id)).filter((order) => order !== undefined);
  if (orders.length === 0) return;
  yield {
    sql: `UPDATE JSON_TABLE(?, '$[*]' COLUMNS (
         id BIGINT PATH '$[0]', status VARCHAR(20) PATH '$[1]', refunded BIGINT PATH '$[2]')) AS next
       STRAIGHT_JOIN orders FORCE INDEX (PRIMARY) ON orders.id = next.id
     SET orders.status = next.status, orders.refunded = next.refunded`,
    values: [JSON.stringify(orders.map(({ id, status, refunded }) => [id, status, refunded]))],
    rows: orders.length,
  };
  const lines = orders.flatMap(({ id, lines }) =>
    lines
      .filter(({ productId }) => products.get(id)?.has(productId))
      .map(({ productId, returned }) => [id, productId, returned]),
  );
  yield {
    sql: `UPDATE JSON_TABLE(?, '$[*]' COLUMNS (
         order_id BIGINT PATH '$[0]', product_id BIGINT PATH '$[1]', returned INT PATH '$[2]')) AS next
       STRAIGHT_JOIN order_lines FORCE INDEX (PRIMARY)
         ON order_lines.order_id = next.order_id AND order_lines.product_id = next.product_id
     SET order_lines.returned = next.returned`,
    values: [JSON.stringify(lines)],
    rows: lines.length,
  };
}

/**
 * Writes final values by id in one statement. STRAIGHT_JOIN reads the values and finds each row by its key. Without it, a
 * server may read, and lock, all rows of a small table.
 */
function* setColumn(
  table: 'users' | 'products',
  column: 'balance' | 'stock',
  ids: ReadonlySet<number>,
  value: (id: number) => number | undefined,
): Generator<Statement> {
  if (ids.size === 0) return;
  yield {
    sql: `UPDATE JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$[0]', value BIGINT PATH '$[1]')) AS next
       STRAIGHT_JOIN ${table} FORCE INDEX (PRIMARY) ON ${table}.id = next.id
     SET ${table}.${column} = next.value`,
    values: [JSON.stringify([...ids].map((id) => [id, value(id)]))],
    rows: ids.size,
  };
}

/** Adds units to hourly_sales. */
function* addSales(units: HourlyUnits): Generator<Statement> {
  const rows = units.rows();
  if (rows.length === 0) return;
  yield {
    sql: `INSERT INTO hourly_sales (hour, product_id, quantity) VALUES ?
       ON DUPLICATE KEY UPDATE quantity = hourly_sales.quantity + VALUES(quantity)`,
    values: [rows],
    // the number of rows is not checked, because servers count a row that ON DUPLICATE KEY UPDATE changes as two rows
    rows: null,
  };
}

/** Subtracts units from hourly_sales. */
function* takeSales(units: HourlyUnits): Generator<Statement> {
  const rows = units.rows();
  if (rows.length === 0) return;
  yield {
    sql: `UPDATE JSON_TABLE(?, '$[*]' COLUMNS (
         hour DATETIME PATH '$[0]', product_id BIGINT PATH '$[1]', quantity BIGINT PATH '$[2]')) AS taken
       STRAIGHT_JOIN hourly_sales FORCE INDEX (PRIMARY) ON hourly_sales.hour = taken.hour AND hourly_sales.product_id = taken.product_id
     SET hourly_sales.quantity = hourly_sales.quantity - taken.quantity`,
    values: [JSON.stringify(rows)],
    rows: rows.length,
  };
}
