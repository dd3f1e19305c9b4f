import { lockName } from '../../src/db/mysql/named-lock.ts';
import { rankingKey } from '../../src/domain/servers/redis-keys.ts';
import { eventually } from './eventually.ts';
import type { TestShop } from './shop.ts';

/** An order that a test inserts with its own time. */
export interface Sale {
  readonly at: Date;
  readonly status?: 'placed' | 'cancelled';
  /** Returned units by product id. In a cancelled order, all units are returned. */
  readonly returned?: Readonly<Record<number, number>>;
  /** Quantities by product id. */
  readonly lines: Readonly<Record<number, number>>;
}

/** A product of a ranking and its units sold. */
export interface Sold {
  readonly productId: number;
  readonly sold: number;
}

const HOURS = `INSERT INTO hourly_sales (hour, product_id, quantity)
  SELECT DATE_FORMAT(o.created_at, '%Y-%m-%d %H:00:00'), l.product_id, SUM(l.quantity - l.returned)
  FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY 1, 2`;

/** Replaces all orders of the shop. The new orders have neither users nor requests. */
export async function replaceOrders(shop: TestShop, sales: readonly Sale[]): Promise<void> {
  await shop.sql('SET SESSION foreign_key_checks = 0');
  for (const table of ['order_lines', 'orders', 'hourly_sales']) await shop.sql(`DELETE FROM ${table}`);
  const linesOf = ({ lines, status, returned = {} }: Sale) =>
    Object.entries(lines).map(([product, quantity]) => {
      const back = status === 'cancelled' ? quantity : Math.min(returned[Number(product)] ?? 0, quantity);
      return { product: Number(product), quantity, returned: back };
    });
  const orders = sales.map((sale, index) => {
    const total = linesOf(sale).reduce((sum, { quantity }) => sum + quantity, 0);
    const refunded = linesOf(sale).reduce((sum, { returned }) => sum + returned, 0);
    const kept = refunded === 0 ? 'placed' : refunded === total ? 'returned' : 'partially_returned';
    return [index + 1, 1, sale.status === 'cancelled' ? 'cancelled' : kept, total, refunded, sale.at];
  });
  const lines = sales.flatMap((sale, index) =>
    linesOf(sale).map(({ product, quantity, returned }, position) => {
      return [index + 1, product, position, quantity, returned, 1];
    }),
  );
  if (orders.length > 0) {
    await shop.sql('INSERT INTO orders (id, user_id, status, total, refunded, created_at) VALUES ?', [orders]);
    await shop.sql(
      'INSERT INTO order_lines (order_id, product_id, position, quantity, returned, unit_price) VALUES ?',
      [lines],
    );
    await shop.sql(HOURS);
  }
}

/** Computes the ranking with one plain query over orders and lines. */
export async function plainRanking(shop: TestShop, from: Date, to: Date): Promise<Sold[]> {
  return shop.sql<Sold>(
    `SELECT l.product_id AS productId, CAST(SUM(l.quantity - l.returned) AS SIGNED) AS sold
     FROM orders o JOIN order_lines l ON l.order_id = o.id
     WHERE o.status <> 'cancelled' AND o.created_at >= ? AND o.created_at <= ?
     GROUP BY l.product_id HAVING sold > 0 ORDER BY sold DESC, l.product_id LIMIT 5`,
    [from, to],
  );
}

/** Creates the given number of products, named A, B, and so on, with ids from 1 and prices of 10, 20, and so on. */
export async function addProducts(shop: TestShop, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => [
    index + 1,
    String.fromCharCode(65 + index),
    10 * (index + 1),
    1_000_000,
    new Date(0),
  ]);
  await shop.sql('INSERT INTO products (id, name, price, stock, created_at) VALUES ?', [rows]);
}

/** Returns the Redis key of the shop's cached ranking. */
export function rankingKeyOf(shop: TestShop): string {
  return rankingKey(shop.prefix);
}

/** Takes the lock of the ranking, as a process that computes it does; returns a function that releases it. */
export async function lockRanking(shop: TestShop): Promise<() => Promise<void>> {
  const holder = await shop.connection();
  const lock = lockName(new URL(shop.databaseUrl).pathname.slice(1), shop.prefix, 'ranking');
  const [rows] = await holder.query('SELECT GET_LOCK(?, 10) AS acquired', [lock]);
  if ((rows as { acquired: number }[])[0]?.acquired !== 1) throw new Error('another session has the lock');
  return () => holder.end();
}

/** Waits until the given number of processes wait for the lock of the ranking. */
export async function waitForRankingWaiters(shop: TestShop, count: number): Promise<void> {
  await eventually(`${count} sessions wait for the lock`, async () => {
    const rows = await shop.sql(
      `SELECT ID FROM information_schema.PROCESSLIST
       WHERE DB = DATABASE() AND ID <> CONNECTION_ID() AND STATE = 'User lock'`,
    );
    return rows.length >= count;
  });
}
