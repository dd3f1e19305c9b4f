import { Conditions } from '../../db/mysql/conditions.ts';
import type { Session } from '../../db/mysql/connection.ts';
import type { Span } from '../../db/mysql/id-range.ts';
import type { Page } from '../../db/mysql/page.ts';
import { ShopError } from '../errors.ts';
import type { Ref } from '../input.ts';
import { phrase } from '../phrase.ts';
import { readRecords } from '../requests/request.ts';
import { findProductId, findUserId } from './references.ts';
import { type Matches, searchUsers } from './search.ts';

export const ORDER_STATUSES = ['placed', 'partially_returned', 'returned', 'cancelled'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export interface OrderLine {
  readonly productId: number;
  readonly name: string;
  readonly quantity: number;
  /** The price of one unit in points when the order was placed. */
  readonly unitPrice: number;
  /** quantity × unitPrice */
  readonly amount: number;
  /** Number of units that were returned or cancelled. */
  readonly returned: number;
}

/** An order with its lines, and with the request that placed it. */
export interface Order {
  readonly orderId: number;
  readonly userId: number;
  readonly userReference: string | null;
  readonly status: OrderStatus;
  readonly total: number;
  /** The points refunded by all returns and by the cancellation. */
  readonly refunded: number;
  /** The lines in the order in which the products were named. */
  readonly lines: readonly OrderLine[];
  readonly createdAt: Date;
  readonly requestId: number;
  readonly key: string;
  /** The actor who made the request. */
  readonly actor: string;
  readonly userName: string;
}

/** Filters of `order list`. The span limits the times at which orders were placed. */
export interface OrderFilter extends Page, Span {
  readonly user?: Ref | undefined;
  /** Only orders that contain this product. */
  readonly product?: Ref | undefined;
  /** Only orders that were placed by this actor. */
  readonly actor?: string | undefined;
  readonly status?: OrderStatus | readonly OrderStatus[] | undefined;
}

/** Finds an order by its id. @throws ShopError `INVALID_ORDER` */
export async function findOrder(session: Session, id: number): Promise<Order> {
  const where = new Conditions();
  where.add('o.id = ?', id);
  const [order] = await readOrders(session, where, 1);
  if (order === undefined) throw new ShopError('INVALID_ORDER', { order: id });
  return order;
}

/**
 * Finds the order that a request has placed, by the request's key.
 *
 * @throws ShopError `INVALID_REQUEST` if no request has the key; `PENDING` if the request is for an order and is not decided
 *   yet; `INVALID_ORDER` if the request placed no order.
 */
export async function findOrderByKey(session: Session, key: string): Promise<Order> {
  const [request] = await readRecords(session, 'r.idempotency_key = ?', [key]);
  if (request === undefined) throw new ShopError('INVALID_REQUEST', { request: key });
  const { id, kind, status } = request;
  if (kind === 'order' && status === 'applied') return findOrder(session, id);
  if (kind === 'order' && status === 'pending') throw new ShopError('PENDING', { requestId: id, key });
  throw new ShopError(
    'INVALID_ORDER',
    { requestId: id, key, kind, status },
    {
      message: phrase`Request ${id} (${kind}, ${status}) did not place an order.`,
      hint: phrase`See the request with \`shop request show ${key}\`.`,
    },
  );
}

/**
 * Lists orders, newest first.
 *
 * @throws ShopError `INVALID_USER` or `INVALID_PRODUCT` if the filter names a user or product that does not exist.
 */
export async function listOrders(session: Session, filter: OrderFilter): Promise<Order[]> {
  const { user, product, actor } = filter;
  const where = new Conditions();
  if (user !== undefined) where.add('o.user_id = ?', await findUserId(session, user));
  if (product !== undefined) where.add('l.product_id = ?', await findProductId(session, product));
  where.narrow('r.actor = ?', actor);
  where.narrow('o.status IN (?)', filter.status);
  where.narrow('o.created_at >= ?', filter.since);
  where.narrow('o.created_at < ?', filter.until);
  where.narrow('o.id < ?', filter.after);
  const joins = [
    ...(product === undefined ? [] : ['JOIN order_lines l ON l.order_id = o.id']),
    ...(actor === undefined ? [] : ['JOIN requests r ON r.id = o.id']),
  ];
  return readOrders(session, where, filter.limit, joins.join(' '));
}

/** Filters of a search for orders. */
interface OrderSearch {
  readonly status?: readonly OrderStatus[] | undefined;
  readonly limit: number;
  /** Stops the search for users, because the typed text has changed. */
  readonly signal: AbortSignal;
}

/** Finds the newest orders of the users whom `searchUsers` finds by the typed text. */
export async function searchOrders(
  session: Session,
  typed: string,
  { status, limit, signal }: OrderSearch,
): Promise<Matches<Order>> {
  const { rows: users, besides } = await searchUsers(session, typed, { signal });
  if (users.length === 0) return { rows: [], besides };
  const where = new Conditions();
  where.narrow('status IN (?)', status);
  // an index finds the newest orders of one user, but not those of several users
  const newest = `(SELECT id FROM orders FORCE INDEX (ix_orders_user) WHERE user_id = ? AND ${where.sql}
    ORDER BY id DESC LIMIT ?)`;
  const found = await session.query<{ id: number }>(
    `SELECT id FROM (${users.map(() => newest).join(' UNION ALL ')}) AS newest ORDER BY id DESC LIMIT ?`,
    [...users.flatMap(({ id }) => [id, ...where.values, limit + 1]), limit + 1],
  );
  if (found.length === 0) return { rows: [], besides };
  const shown = new Conditions();
  shown.add(
    'o.id IN (?)',
    found.map(({ id }) => id),
  );
  return { rows: await readOrders(session, shown, limit), besides: found.length > limit ? 'more' : besides };
}

type OrderColumns = Omit<Order, 'lines'>;
type LineColumns = Omit<OrderLine, 'amount'>;

/**
 * Reads orders `o`, newest first.
 *
 * @param joins SQL that joins other tables to which `where` refers. It must find at most one row for each order.
 */
async function readOrders(session: Session, where: Conditions, limit: number, joins = ''): Promise<Order[]> {
  const rows = await session.query<OrderColumns & LineColumns>(
    `SELECT o.id AS orderId, o.user_id AS userId, u.reference AS userReference, o.status, o.total, o.refunded,
       o.created_at AS createdAt, r.id AS requestId, r.idempotency_key AS \`key\`, r.actor,
       u.name AS userName, l.product_id AS productId, p.name, l.quantity, l.unit_price AS unitPrice, l.returned
     FROM (SELECT o.* FROM orders o ${joins} WHERE ${where.sql} ORDER BY o.id DESC LIMIT ?) o
       JOIN requests r ON r.id = o.id LEFT JOIN users u ON u.id = o.user_id
       JOIN order_lines l ON l.order_id = o.id JOIN products p ON p.id = l.product_id
     ORDER BY o.id DESC, l.position`,
    [...where.values, limit],
  );
  const orders = new Map<number, Order & { lines: OrderLine[] }>();
  for (const { productId, name, quantity, unitPrice, returned, createdAt, ...columns } of rows) {
    const { requestId, key, actor, userName, ...own } = columns;
    const order = orders.get(own.orderId) ?? { ...own, lines: [], createdAt, requestId, key, actor, userName };
    order.lines.push({ productId, name, quantity, unitPrice, amount: quantity * unitPrice, returned });
    orders.set(order.orderId, order);
  }
  return [...orders.values()];
}
