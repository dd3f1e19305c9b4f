import { Conditions } from '../../db/mysql/conditions.ts';
import type { Session, SqlValue } from '../../db/mysql/connection.ts';
import type { Page } from '../../db/mysql/page.ts';
import { ShopError } from '../errors.ts';
import type { Ref } from '../input.ts';
import { findUserId } from './references.ts';

export const ORDER_STATUSES = ['placed', 'partially_returned', 'returned', 'cancelled'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** A line of an order. */
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

/** An order with its lines. */
export interface Order {
  readonly orderId: number;
  readonly userId: number;
  readonly status: OrderStatus;
  readonly total: number;
  /** The points of all returns and of a cancel. */
  readonly refunded: number;
  /** The lines in the order in which the products were named. */
  readonly lines: readonly OrderLine[];
  readonly createdAt: Date;
}

/** Filter of `order list`. */
export interface OrderFilter extends Page {
  readonly user?: Ref | undefined;
  readonly status?: OrderStatus | readonly OrderStatus[] | undefined;
  /** Only orders that were placed at or after this time. */
  readonly since?: Date | undefined;
  /** Only orders that were placed before this time. */
  readonly until?: Date | undefined;
}

/** Finds an order by its id. @throws ShopError `INVALID_ORDER` */
export async function findOrder(session: Session, id: number): Promise<Order> {
  const [order] = await readOrders(session, 'id = ?', [id], 1);
  if (order === undefined) throw new ShopError('INVALID_ORDER', { order: id });
  return order;
}

/**
 * Lists orders, newest first.
 *
 * @throws ShopError `INVALID_USER` if the filter names a user who does not exist.
 */
export async function listOrders(session: Session, filter: OrderFilter): Promise<Order[]> {
  const where = new Conditions();
  if (filter.user !== undefined) where.narrow('user_id = ?', await findUserId(session, filter.user));
  where.narrow('status IN (?)', filter.status);
  where.narrow('created_at >= ?', filter.since);
  where.narrow('created_at < ?', filter.until);
  where.narrow('id < ?', filter.after);
  return readOrders(session, where.sql, where.values, filter.limit);
}

type OrderColumns = Omit<Order, 'lines'>;
type LineColumns = Omit<OrderLine, 'amount'>;

async function readOrders(
  session: Session,
  condition: string,
  values: readonly SqlValue[],
  limit: number,
): Promise<Order[]> {
  const rows = await session.query<OrderColumns & LineColumns>(
    `SELECT o.id AS orderId, o.user_id AS userId, o.status, o.total, o.refunded, o.created_at AS createdAt,
       l.product_id AS productId, p.name, l.quantity, l.unit_price AS unitPrice, l.returned
     FROM (SELECT * FROM orders WHERE ${condition} ORDER BY id DESC LIMIT ?) o
       JOIN order_lines l ON l.order_id = o.id JOIN products p ON p.id = l.product_id
     ORDER BY o.id DESC, l.position`,
    [...values, limit],
  );
  const orders = new Map<number, Order & { lines: OrderLine[] }>();
  for (const { productId, name, quantity, unitPrice, returned, createdAt, ...columns } of rows) {
    const order = orders.get(columns.orderId) ?? { ...columns, lines: [], createdAt };
    order.lines.push({ productId, name, quantity, unitPrice, amount: quantity * unitPrice, returned });
    orders.set(order.orderId, order);
  }
  return [...orders.values()];
}
