import type { Session } from '../db/connection.ts';
import type { CartState, OrderState, ProductState, State, UserState } from './decide.ts';
import type { Ref } from './input.ts';
import type { RequestContent } from './request.ts';

/**
 * Reads and locks all that the requests name: first users, then products, orders and the lines of carts, each in the
 * order of their ids. Every transaction that locks rows of several of them does so in this order, so that no two can
 * wait for each other.
 */
export async function lockState(session: Session, contents: readonly RequestContent[]): Promise<State> {
  const named = namesOf(contents);
  const userIds = await resolveReferences(session, 'users', named.users);
  const productIds = await resolveReferences(session, 'products', named.products);
  // whose an order is and what is in it never changes, so that it can be read before anything is locked
  const orders = await readOrders(session, named.orders);
  const users = await lockRows<UserState>(
    session,
    'SELECT id, balance FROM users WHERE id IN (?) ORDER BY id FOR UPDATE',
    [...numbers(named.users), ...userIds.values(), ...orders.map(({ userId }) => userId)],
  );
  const products = await lockRows<ProductState>(
    session,
    'SELECT id, reference, name, price, stock FROM products WHERE id IN (?) ORDER BY id FOR UPDATE',
    [
      ...numbers(named.products),
      ...productIds.values(),
      ...orders.flatMap(({ lines }) => lines.map(({ productId }) => productId)),
    ],
  );
  return {
    users: new Map(users.map((row) => [row.id, row])),
    products: new Map(products.map((row) => [row.id, row])),
    orders: await lockStatuses(session, orders),
    carts: await lockCarts(session, named.carts),
    userIds,
    productIds,
  };
}

interface Names {
  readonly users: Set<Ref>;
  readonly products: Set<Ref>;
  readonly orders: Set<number>;
  readonly carts: Set<number>;
}

function namesOf(contents: readonly RequestContent[]): Names {
  const names: Names = { users: new Set(), products: new Set(), orders: new Set(), carts: new Set() };
  for (const { kind, payload } of contents) {
    switch (kind) {
      case 'charge':
        names.users.add(payload.user);
        break;
      case 'restock':
        names.products.add(payload.product);
        break;
      case 'cancel':
        names.orders.add(payload.order);
        break;
      case 'order':
        names.users.add(payload.user);
        for (const { product } of payload.items) names.products.add(product);
        if (payload.cart !== undefined) names.carts.add(payload.cart);
    }
  }
  return names;
}

/** Ids by reference. A reference never moves to another row, so this needs no lock. */
export async function resolveReferences(
  session: Session,
  table: 'users' | 'products',
  refs: ReadonlySet<Ref>,
): Promise<Map<string, number>> {
  const references = [...refs].flatMap((ref) => (typeof ref === 'string' ? [ref.slice(1)] : []));
  if (references.length === 0) return new Map();
  const rows = await session.query<{ id: number; reference: string }>(
    `SELECT id, reference FROM ${table} WHERE reference IN (?)`,
    [references],
  );
  return new Map(rows.map(({ id, reference }) => [reference, id]));
}

async function readOrders(session: Session, ids: ReadonlySet<number>): Promise<OrderState[]> {
  if (ids.size === 0) return [];
  const orders = await session.query<Omit<OrderState, 'lines'>>(
    'SELECT id, user_id AS userId, status, total, created_at AS createdAt FROM orders WHERE id IN (?)',
    [[...ids]],
  );
  if (orders.length === 0) return [];
  const rows = await session.query<{ orderId: number; productId: number; quantity: number }>(
    `SELECT order_id AS orderId, product_id AS productId, quantity FROM order_lines
     WHERE order_id IN (?) ORDER BY order_id, position`,
    [orders.map(({ id }) => id)],
  );
  const lines = new Map<number, { productId: number; quantity: number }[]>(orders.map(({ id }) => [id, []]));
  for (const { orderId, productId, quantity } of rows) lines.get(orderId)?.push({ productId, quantity });
  return orders.map((order) => ({ ...order, lines: lines.get(order.id) ?? [] }));
}

async function lockStatuses(session: Session, orders: readonly OrderState[]): Promise<Map<number, OrderState>> {
  const rows = await lockRows<{ id: number; status: string }>(
    session,
    'SELECT id, status FROM orders WHERE id IN (?) ORDER BY id FOR UPDATE',
    orders.map(({ id }) => id),
  );
  const statuses = new Map(rows.map(({ id, status }) => [id, status]));
  return new Map(orders.map((order) => [order.id, { ...order, status: statuses.get(order.id) ?? order.status }]));
}

async function lockCarts(session: Session, ids: ReadonlySet<number>): Promise<Map<number, CartState>> {
  if (ids.size === 0) return new Map();
  const carts = await session.query<{ id: number; userId: number }>(
    'SELECT id, user_id AS userId FROM carts WHERE id IN (?)',
    [[...ids]],
  );
  const rows = await lockRows<{ cartId: number; productId: number; quantity: number }>(
    session,
    // by this key, as whoever fills a cart does: by another one, they could wait for each other
    `SELECT cart_id AS cartId, product_id AS productId, quantity FROM cart_lines FORCE INDEX (uq_cart_lines_product)
     WHERE cart_id IN (?) ORDER BY cart_id, product_id FOR UPDATE`,
    [...ids],
  );
  const lines = new Map<number, Map<number, number>>(carts.map(({ id }) => [id, new Map()]));
  for (const { cartId, productId, quantity } of rows) lines.get(cartId)?.set(productId, quantity);
  return new Map(carts.map((cart) => [cart.id, { ...cart, lines: lines.get(cart.id) ?? new Map() }]));
}

async function lockRows<Row>(session: Session, sql: string, ids: readonly number[]): Promise<Row[]> {
  return ids.length === 0 ? [] : session.query<Row>(sql, [[...new Set(ids)]]);
}

function numbers(refs: ReadonlySet<Ref>): number[] {
  return [...refs].filter((ref) => typeof ref === 'number');
}
