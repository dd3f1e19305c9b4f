import { hostname } from 'node:os';
import { contentOf } from './orders.mjs';

/** Insert statements for all rows of an order. */
export const INSERT = {
  requests: `INSERT INTO requests
    (id, idempotency_key, request_hash, kind, payload, actor, host, created_at, batch_id, batch_line) VALUES ?`,
  orders: 'INSERT INTO orders (id, user_id, status, total, created_at) VALUES ?',
  order_lines: 'INSERT INTO order_lines (order_id, product_id, position, quantity, unit_price) VALUES ?',
  point_transactions: `INSERT INTO point_transactions
    (id, user_id, type, amount, balance_after, request_id, order_id, created_at) VALUES ?`,
  stock_movements: `INSERT INTO stock_movements
    (product_id, type, quantity, stock_after, request_id, created_at) VALUES ?`,
  hourly_sales: `INSERT INTO hourly_sales (hour, product_id, quantity) VALUES ?
    ON DUPLICATE KEY UPDATE quantity = hourly_sales.quantity + VALUES(quantity)`,
  outcomes: 'INSERT INTO outcomes (request_id, status, code, attempts, details, decided_at) VALUES ?',
};

export const INSERT_BATCH = `INSERT INTO batches (name, actor, host, last_line, replayed, created_at)
  VALUES (?, 'bench', 'bench', NULL, 0, UTC_TIMESTAMP(3))`;

/** Returns a row of `requests`. */
export function requestRow({ contentHash }, { id, order, batchId = null, line = null, now }) {
  const content = contentOf(order);
  const payload = JSON.stringify(content.payload);
  return [id, `bench-${id}`, contentHash(content), content.kind, payload, 'bench', hostname(), now, batchId, line];
}

/**
 * Returns the rows of an order except its request, by table, in the order that foreign keys require.
 *
 * @param transactionId the id of the ledger row.
 * @param after the user's balance and the product's stock after the order.
 */
export function effectRows({ id, transactionId, order: { user, product, quantity }, price, after, now }) {
  const total = price * quantity;
  const details = JSON.stringify({
    userId: user,
    total,
    balance: after.balance,
    orderId: id,
    transactionId,
    // the name that generate.mjs gives to the product
    names: [`Product ${product}`],
  });
  return {
    orders: [id, user, 'placed', total, now],
    order_lines: [id, product, 0, quantity, price],
    point_transactions: [transactionId, user, 'payment', -total, after.balance, id, id, now],
    stock_movements: [product, 'sale', -quantity, after.stock, id, now],
    hourly_sales: [`${now.toISOString().slice(0, 13).replace('T', ' ')}:00:00`, product, quantity],
    outcomes: [id, 'applied', null, 1, details, now],
  };
}
