import { chunks } from './orders.mjs';
import { lastId } from './requests.mjs';
import { effectRows, INSERT, INSERT_BATCH, requestRow } from './rows.mjs';
import { Shop } from './shop.mjs';

/** Number of rows per statement, and of orders per commit. */
const CHUNK = 1_000;

/**
 * Writes the rows that the shop would write, but directly: through a MySQL driver, on one connection, to a separate
 * database.
 */
export class BareShop {
  #shop;
  #source;
  #prices;

  constructor(shop, source, prices) {
    this.#shop = shop;
    this.#source = source;
    this.#prices = prices;
  }

  static async open(scope, servers, { source, users, products }) {
    const shop = await Shop.stocked(scope, servers, 'bare', { users, products });
    const [rows] = await shop.sql.query('SELECT id, price FROM products');
    return new BareShop(shop, source, new Map(rows.map(({ id, price }) => [id, price])));
  }

  get shop() {
    return this.#shop;
  }

  /**
   * Measures orders per second with multi-row inserts: a thousand rows per statement, and a commit after each thousand
   * orders.
   */
  async timeInserts(orders) {
    const { sql } = this.#shop;
    const groups = await this.#groups(orders);
    const started = performance.now();
    for (const group of groups) {
      await sql.query('START TRANSACTION');
      for (const [table, insert] of Object.entries(INSERT)) await sql.query(insert, [group[table]]);
      await sql.query('COMMIT');
    }
    const rate = (orders.length / (performance.now() - started)) * 1_000;
    await this.#settle();
    return rate;
  }

  /** Measures the milliseconds that one transaction takes to place an order. */
  async timeOne(order) {
    const { sql } = this.#shop;
    const ids = {
      id: (await lastId(sql, 'requests')) + 1,
      transactionId: (await lastId(sql, 'point_transactions')) + 1,
    };
    const started = performance.now();
    const now = new Date();
    await sql.query('START TRANSACTION');
    const [[{ balance }]] = await sql.query('SELECT balance FROM users WHERE id = ? FOR UPDATE', [order.user]);
    const [[{ price, stock }]] = await sql.query('SELECT price, stock FROM products WHERE id = ? FOR UPDATE', [
      order.product,
    ]);
    const after = { balance: balance - price * order.quantity, stock: stock - order.quantity };
    const rows = this.#rows({ ...ids, order, price, after, now });
    for (const [table, insert] of Object.entries(INSERT)) await sql.query(insert, [[rows[table]]]);
    await sql.query('UPDATE users SET balance = ? WHERE id = ?', [after.balance, order.user]);
    await sql.query('UPDATE products SET stock = ? WHERE id = ?', [after.stock, order.product]);
    await sql.query('COMMIT');
    return performance.now() - started;
  }

  #rows(order) {
    return { requests: requestRow(this.#source, order), ...effectRows(order) };
  }

  /** Prepares the rows of each thousand orders, by table, before the clock starts. */
  async #groups(orders) {
    const { sql } = this.#shop;
    const [balances, stocks] = [await this.#values('users', 'balance'), await this.#values('products', 'stock')];
    let [id, transactionId, line] = [await lastId(sql, 'requests'), await lastId(sql, 'point_transactions'), 1];
    const [{ insertId: batchId }] = await sql.query(INSERT_BATCH, [`bare-${id}`]);
    const now = new Date();
    return [...chunks(orders, CHUNK)].map((chunk) => {
      const all = chunk.map((order) => {
        const { user, product, quantity } = order;
        const price = this.#prices.get(product);
        const after = { balance: balances.get(user) - price * quantity, stock: stocks.get(product) - quantity };
        balances.set(user, after.balance);
        stocks.set(product, after.stock);
        return this.#rows({
          id: ++id,
          transactionId: ++transactionId,
          order,
          price,
          after,
          now,
          batchId,
          line: ++line,
        });
      });
      const group = Object.fromEntries(Object.keys(INSERT).map((table) => [table, all.map((rows) => rows[table])]));
      return { ...group, hourly_sales: summed(group.hourly_sales) };
    });
  }

  async #values(table, column) {
    const [rows] = await this.#shop.sql.query(`SELECT id, ${column} AS value FROM ${table}`);
    return new Map(rows.map(({ id, value }) => [id, value]));
  }

  /** Sets balances and stocks to match the rows, so that an audit finds no fault. */
  async #settle() {
    const { sql } = this.#shop;
    await sql.query(
      `UPDATE users JOIN (SELECT user_id, SUM(amount) AS sum FROM point_transactions GROUP BY user_id) t
         ON t.user_id = users.id SET users.balance = t.sum`,
    );
    await sql.query(
      `UPDATE products JOIN (SELECT product_id, SUM(quantity) AS sum FROM stock_movements GROUP BY product_id) t
         ON t.product_id = products.id SET products.stock = t.sum`,
    );
  }
}

/** Sums the sales of each hour and product, so that each row is written once instead of a thousand times. */
function summed(rows) {
  const sums = new Map();
  for (const [hour, product, quantity] of rows) {
    const [, , sum] = sums.get(`${hour} ${product}`) ?? [hour, product, 0];
    sums.set(`${hour} ${product}`, [hour, product, sum + quantity]);
  }
  return [...sums.values()];
}
