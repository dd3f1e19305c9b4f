/**
 * Returns the statements that fill an empty, migrated database with the rows that the worker would write.
 *
 * Each user has a charge, and orders of one to four lines over ninety days. Every second order uses references. One
 * order in fifty is cancelled, one order request in fifty is refused, and each product has one restock.
 *
 * Requests are numbered in the order in which they are applied: charges, orders, refusals, cancels, restocks. An order
 * and its ledger row have the id of their request.
 */
export function auditData({ orders, users, products }) {
  const refused = Math.floor(orders / 50);
  const cancelled = Math.floor(orders / 50);
  const firstRefused = users + orders;
  const firstCancel = firstRefused + refused;
  const firstRestock = firstCancel + cancelled;
  const rows = Math.max(orders, users, products);
  const digit =
    '(SELECT 0 AS d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)';
  const tens = Array.from({ length: String(rows - 1).length }, (_, power) => power);
  const number = tens.map((power) => `t${power}.d * ${10 ** power}`).join(' + ');
  const user = `1 + (n * 7919) % ${users}`;
  const at = (second) => `TIMESTAMP('2026-01-01 00:00:00') + INTERVAL FLOOR(${second}) SECOND`;
  const orderedAt = at(`n * ${(90 * 86_400) / orders}`);
  const [before, after] = [at(0), at(91 * 86_400)];
  const price = '(100 + product_id % 900)';
  const key = (kind) => `CONCAT('${kind}-', n)`;
  const request = 'INSERT INTO requests (id, idempotency_key, request_hash, kind, payload, actor, host, created_at)';
  const outcome = 'INSERT INTO outcomes (request_id, status, code, attempts, details, decided_at)';
  const upTo = (count) => `FROM bench_numbers WHERE n <= ${count}`;

  return [
    "SET SESSION foreign_key_checks = 0, unique_checks = 0, time_zone = '+00:00'",
    'CREATE TABLE bench_numbers (n INT NOT NULL PRIMARY KEY)',
    `INSERT INTO bench_numbers SELECT 1 + ${number} FROM ${tens.map((power) => `${digit} t${power}`).join(', ')}
     WHERE ${number} < ${rows}`,

    `INSERT INTO order_lines (order_id, product_id, position, quantity, returned, unit_price)
     SELECT ${users} + n, product_id, position, 1 + (n + position) % 3, IF(n % 50 = 0, 1 + (n + position) % 3, 0), ${price} FROM (
       SELECT o.n, k.n - 1 AS position, 1 + (o.n * 31 + k.n * ${Math.floor(products / 5)}) % ${products} AS product_id
       FROM bench_numbers o JOIN bench_numbers k ON k.n <= 1 + o.n % 4 WHERE o.n <= ${orders} AND k.n <= 4
     ) AS chosen ORDER BY n, product_id`,
    `INSERT INTO orders (id, user_id, status, total, refunded, created_at)
     SELECT ${users} + n, ${user}, IF(n % 50 = 0, 'cancelled', 'placed'), l.total, IF(n % 50 = 0, l.total, 0), ${orderedAt}
     FROM bench_numbers JOIN (SELECT order_id, SUM(quantity * unit_price) AS total FROM order_lines GROUP BY order_id) l
       ON l.order_id = ${users} + n ORDER BY n`,

    `${request} SELECT n, ${key('charge')}, UNHEX(SHA2(${key('charge')}, 256)), 'charge',
       CONCAT('{"user":', n, ',"amount":1000000000}'), 'bench', 'bench', ${before} ${upTo(users)}`,
    `${request} SELECT ${users} + n, ${key('order')}, UNHEX(SHA2(${key('order')}, 256)), 'order',
       IF(n % 2 = 0, CONCAT('{"user":"@u', ${user}, '","items":[', i.refs, ']}'), CONCAT('{"user":', ${user}, ',"items":[', i.ids, ']}')),
       'bench', 'bench', ${orderedAt}
     FROM bench_numbers JOIN (
       SELECT order_id,
         GROUP_CONCAT(CONCAT('{"product":', product_id, ',"quantity":', quantity, '}') ORDER BY position) AS ids,
         GROUP_CONCAT(CONCAT('{"product":"@p', product_id, '","quantity":', quantity, '}') ORDER BY position) AS refs
       FROM order_lines GROUP BY order_id
     ) i ON i.order_id = ${users} + n ORDER BY n`,
    `${request} SELECT ${firstRefused} + n, ${key('refused')}, UNHEX(SHA2(${key('refused')}, 256)), 'order',
       '{"user":1,"items":[{"product":1,"quantity":999999}]}', 'bench', 'bench', ${after} ${upTo(refused)}`,
    `${request} SELECT ${firstCancel} + n, ${key('cancel')}, UNHEX(SHA2(${key('cancel')}, 256)), 'cancel',
       CONCAT('{"order":', ${users} + n * 50, '}'), 'bench', 'bench', ${after} ${upTo(cancelled)}`,
    `${request} SELECT ${firstRestock} + n, ${key('restock')}, UNHEX(SHA2(${key('restock')}, 256)), 'restock',
       CONCAT('{"product":', n, ',"quantity":10}'), 'bench', 'bench', ${after} ${upTo(products)}`,

    'CREATE TABLE bench_ledger (request_id BIGINT NOT NULL PRIMARY KEY, user_id BIGINT, type VARCHAR(16), amount BIGINT, order_id BIGINT, at DATETIME(3))',
    `INSERT INTO bench_ledger SELECT n, n, 'charge', 1000000000, NULL, ${before} ${upTo(users)}`,
    "INSERT INTO bench_ledger SELECT id, user_id, 'payment', -total, id, created_at FROM orders",
    `INSERT INTO bench_ledger SELECT ${firstCancel} + (id - ${users}) DIV 50, user_id, 'refund', total, id, ${after}
     FROM orders WHERE status = 'cancelled'`,
    `INSERT INTO point_transactions (id, user_id, type, amount, balance_after, request_id, order_id, created_at)
     SELECT request_id, user_id, type, amount, SUM(amount) OVER (PARTITION BY user_id ORDER BY request_id), request_id, order_id, at
     FROM bench_ledger ORDER BY request_id`,
    `INSERT INTO users (id, reference, name, balance, created_at)
     SELECT n, CONCAT('u', n), CONCAT('User ', n), t.sum, ${before}
     FROM bench_numbers JOIN (SELECT user_id, SUM(amount) AS sum FROM bench_ledger GROUP BY user_id) t ON t.user_id = n ORDER BY n`,

    'CREATE TABLE bench_stock (n BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, request_id BIGINT, product_id BIGINT, type VARCHAR(16), quantity BIGINT, at DATETIME(3))',
    `INSERT INTO bench_stock (request_id, product_id, type, quantity, at)
     SELECT NULL, n, 'initial', 1000000000, ${before} ${upTo(products)}`,
    `INSERT INTO bench_stock (request_id, product_id, type, quantity, at)
     SELECT o.id, l.product_id, 'sale', -l.quantity, o.created_at
     FROM orders o JOIN order_lines l ON l.order_id = o.id ORDER BY o.id, l.position`,
    `INSERT INTO bench_stock (request_id, product_id, type, quantity, at)
     SELECT ${firstCancel} + (o.id - ${users}) DIV 50, l.product_id, 'return', l.quantity, ${after}
     FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.status = 'cancelled' ORDER BY o.id, l.position`,
    `INSERT INTO bench_stock (request_id, product_id, type, quantity, at)
     SELECT ${firstRestock} + n, n, 'restock', 10, ${after} ${upTo(products)}`,
    `INSERT INTO stock_movements (id, product_id, type, quantity, stock_after, request_id, created_at)
     SELECT n, product_id, type, quantity, SUM(quantity) OVER (PARTITION BY product_id ORDER BY n), request_id, at
     FROM bench_stock ORDER BY n`,
    `INSERT INTO products (id, reference, name, price, stock, created_at)
     SELECT n, CONCAT('p', n), CONCAT('Product ', n), 100 + n % 900, m.sum, ${before}
     FROM bench_numbers JOIN (SELECT product_id, SUM(quantity) AS sum FROM bench_stock GROUP BY product_id) m
       ON m.product_id = n ORDER BY n`,

    `${outcome} SELECT request_id, 'applied', NULL, 1, CASE type
         WHEN 'charge' THEN CONCAT('{"userId":', user_id, ',"amount":', amount, ',"balance":', balance_after, ',"transactionId":', id, '}')
         WHEN 'payment' THEN CONCAT('{"userId":', user_id, ',"total":', -amount, ',"balance":', balance_after, ',"orderId":', order_id, ',"transactionId":', id, '}')
         ELSE CONCAT('{"orderId":', order_id, ',"userId":', user_id, ',"total":', amount, ',"balance":', balance_after, ',"transactionId":', id, '}')
       END, created_at FROM point_transactions ORDER BY request_id`,
    `${outcome} SELECT ${firstRefused} + n, 'refused', 'INSUFFICIENT_POINTS', 1, '{"userId":1,"balance":0,"total":1}', ${after}
     ${upTo(refused)}`,
    `${outcome} SELECT m.request_id, 'applied', NULL, 1,
       CONCAT('{"id":', p.id, ',"reference":"', p.reference, '","name":"', p.name, '","price":', p.price, ',"stock":', m.stock_after, '}'), m.created_at
     FROM stock_movements m JOIN products p ON p.id = m.product_id WHERE m.type = 'restock' ORDER BY m.request_id`,

    `INSERT INTO hourly_sales (hour, product_id, quantity)
     SELECT DATE_FORMAT(o.created_at, '%Y-%m-%d %H:00:00'), l.product_id, SUM(l.quantity - l.returned)
     FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY 1, 2`,
    'DROP TABLE bench_numbers, bench_ledger, bench_stock',
    'ANALYZE TABLE users, products, requests, outcomes, orders, order_lines, point_transactions, stock_movements, hourly_sales',
  ];
}
