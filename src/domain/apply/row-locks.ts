import type { RowsOfEach, Session, Statements } from '../../db/mysql/connection.ts';
import type { Ref } from '../input.ts';
import { KINDS, type RequestContent, type RequestKind } from '../requests/kinds/index.ts';
import type { TouchedRows } from '../requests/kinds/kind.ts';
import type { OrderState, ProductState, State, UserState } from '../requests/kinds/state.ts';
import { resolveReferences } from '../shop/references.ts';

/** The parts of an order that never change. */
interface PlacedOrder extends Omit<OrderState, 'status' | 'refunded' | 'lines'> {
  readonly lines: readonly PlacedLine[];
}

type PlacedLine = Omit<OrderState['lines'][number], 'returned'>;

/** The parts of a group's rows that never change. They are read before anything is locked. */
export interface ResolvedRows extends Pick<State, 'userIds' | 'productIds'> {
  readonly users: ReadonlySet<Ref>;
  readonly products: ReadonlySet<Ref>;
  readonly carts: ReadonlySet<number>;
  /** The parts of orders that no return or cancel changes. The other parts are read when the order is locked. */
  readonly orders: readonly PlacedOrder[];
}

/** Looks up the rows that requests touch. A reference never moves to another row, so no lock is needed. */
export async function resolveRows(
  session: Session,
  { users, products, orders, carts }: TouchedRows,
): Promise<ResolvedRows> {
  return {
    users,
    products,
    carts,
    userIds: await resolveReferences(session, 'users', users),
    productIds: await resolveReferences(session, 'products', products),
    orders: await readOrders(session, orders),
  };
}

/**
 * An order's status and one of its lines with returned units. The query returns one row for each such line. For an order without
 * such lines, it returns one row with nulls for the line.
 */
interface LockedOrderRow {
  readonly id: number;
  readonly status: string;
  readonly refunded: number;
  readonly productId: number | null;
  readonly returned: number | null;
}

/** The rows that the statements of `locks` return: users, products, orders, carts, lines of carts. */
export type LockedRows = [
  users: UserState,
  products: ProductState,
  orders: LockedOrderRow,
  carts: { readonly id: number; readonly userId: number },
  cartLines: { readonly cartId: number; readonly productId: number; readonly quantity: number },
];

/**
 * Returns the statements that lock and read all touched rows: users, then products, orders and cart lines, each table in the
 * order of its key. Every transaction that locks several of these tables uses this order, so that no two transactions wait for
 * each other. A statement is null if it has no rows to lock.
 */
export function locks(
  session: Session,
  { users, products, carts, userIds, productIds, orders }: ResolvedRows,
): Statements<LockedRows> {
  const byId = (sql: string, ids: readonly number[]) =>
    ids.length === 0 ? null : session.format(sql, [[...new Set(ids)]]);
  return [
    byId('SELECT id, balance, blocked_at AS blockedAt FROM users WHERE id IN (?) ORDER BY id FOR UPDATE', [
      ...numbers(users),
      ...userIds.values(),
      ...orders.map(({ userId }) => userId),
    ]),
    byId(
      `SELECT id, reference, name, price, stock, retired_at AS retiredAt
       FROM products WHERE id IN (?) ORDER BY id FOR UPDATE`,
      [
        ...numbers(products),
        ...productIds.values(),
        ...orders.flatMap(({ lines }) => lines.map(({ productId }) => productId)),
      ],
    ),
    byId(
      `SELECT o.id, o.status, o.refunded, l.product_id AS productId, l.returned
       FROM orders o LEFT JOIN order_lines l ON l.order_id = o.id AND l.returned > 0
       WHERE o.id IN (?) ORDER BY o.id FOR UPDATE`,
      orders.map(({ id }) => id),
    ),
    byId('SELECT id, user_id AS userId FROM carts WHERE id IN (?)', [...carts]),
    byId(
      // the commands that fill a cart also lock its lines by this key; if the lane used another key, it could deadlock with
      // these commands
      `SELECT cart_id AS cartId, product_id AS productId, quantity FROM cart_lines FORCE INDEX (uq_cart_lines_product)
       WHERE cart_id IN (?) ORDER BY cart_id, product_id FOR UPDATE`,
      [...carts],
    ),
  ];
}

/** Combines the resolved rows and the locked rows into the state that `decide` needs. */
export function stateOf(
  { userIds, productIds, orders }: ResolvedRows,
  [users, products, lockedOrders, carts, cartLines]: RowsOfEach<LockedRows>,
): State {
  const lines = new Map<number, Map<number, number>>(carts.map(({ id }) => [id, new Map()]));
  for (const { cartId, productId, quantity } of cartLines) lines.get(cartId)?.set(productId, quantity);
  return {
    users: new Map(users.map((row) => [row.id, row])),
    products: new Map(products.map((row) => [row.id, row])),
    orders: new Map(withReturns(orders, lockedOrders).map((order) => [order.id, order])),
    carts: new Map(carts.map((cart) => [cart.id, { ...cart, lines: lines.get(cart.id) ?? new Map() }])),
    userIds,
    productIds,
  };
}

/** Completes orders with the values from their locked rows. */
function withReturns(orders: readonly PlacedOrder[], rows: readonly LockedOrderRow[]): OrderState[] {
  const lockedById = new Map(rows.map((row) => [row.id, row]));
  const key = (order: number, product: number | null) => `${order} ${product}`;
  const returned = new Map(rows.map((row) => [key(row.id, row.productId), row.returned]));
  return orders.flatMap((order) => {
    const locked = lockedById.get(order.id);
    if (locked === undefined) return [];
    const lines = order.lines.map((line) => ({ ...line, returned: returned.get(key(order.id, line.productId)) ?? 0 }));
    return [{ ...order, status: locked.status, refunded: locked.refunded, lines }];
  });
}

/** Collects the rows that requests touch, by the ids or references that the requests contain. */
export function touchedRows(contents: readonly RequestContent[]): TouchedRows {
  const rows: TouchedRows = { users: new Set(), products: new Set(), orders: new Set(), carts: new Set() };
  for (const content of contents) addTouched(content, rows);
  return rows;
}

function addTouched<K extends RequestKind>({ kind, payload }: RequestContent<K>, rows: TouchedRows): void {
  KINDS[kind].touches(payload, rows);
}

async function readOrders(session: Session, ids: ReadonlySet<number>): Promise<PlacedOrder[]> {
  if (ids.size === 0) return [];
  const orders = await session.query<Omit<PlacedOrder, 'lines'>>(
    'SELECT id, user_id AS userId, total, created_at AS createdAt FROM orders WHERE id IN (?)',
    [[...ids]],
  );
  if (orders.length === 0) return [];
  const rows = await session.query<PlacedLine & { orderId: number }>(
    `SELECT order_id AS orderId, product_id AS productId, quantity, unit_price AS unitPrice FROM order_lines
     WHERE order_id IN (?) ORDER BY order_id, position`,
    [orders.map(({ id }) => id)],
  );
  const lines = new Map<number, PlacedLine[]>(orders.map(({ id }) => [id, []]));
  for (const { orderId, ...line } of rows) lines.get(orderId)?.push(line);
  return orders.map((order) => ({ ...order, lines: lines.get(order.id) ?? [] }));
}

function numbers(refs: ReadonlySet<Ref>): number[] {
  return [...refs].filter((ref) => typeof ref === 'number');
}
