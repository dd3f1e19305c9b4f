const HOUR_MS = 3_600_000;
const LINES_AN_ORDER = 3;
/** Number of orders in one insert statement. */
const CHUNK = 100_000;

/**
 * Fills an empty, migrated database with the given number of order lines in the three days before `end`. The hour
 * before these days gets order lines at the same rate. Writes only the tables that the ranking reads.
 */
export async function fillSales(sql, { lines, products, end }) {
  await sql.query("SET SESSION foreign_key_checks = 0, unique_checks = 0, time_zone = '+00:00'");
  // MySQL has the first setting, and MariaDB has the second one
  await sql
    .query('SET SESSION cte_max_recursion_depth = 1000000')
    .catch(() => sql.query('SET SESSION max_recursive_iterations = 1000000'));
  await sql.query('CREATE TABLE bench_numbers (n INT NOT NULL PRIMARY KEY)');
  await sql.query(
    'INSERT INTO bench_numbers WITH RECURSIVE c AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM c WHERE n < ?) SELECT n FROM c',
    [Math.max(CHUNK, products) - 1],
  );
  await sql.query(
    "INSERT INTO products (id, name, price, stock, created_at) SELECT n + 1, CONCAT('Product ', n + 1), 100, 0, ? FROM bench_numbers WHERE n < ?",
    [end, products],
  );
  const orders = Math.round((lines / LINES_AN_ORDER) * (73 / 72));
  const spacing = (73 * HOUR_MS * 1000) / orders;
  // the lines of an order take their products from different thirds of all products, so no product occurs twice
  const third = Math.floor(products / LINES_AN_ORDER);
  for (let first = 0; first < orders; first += CHUNK) {
    const count = Math.min(CHUNK, orders - first);
    await sql.query(
      `INSERT INTO orders (id, user_id, status, total, refunded, created_at)
       SELECT ? + n + 1, 1, IF(n % 50 = 7, 'cancelled', 'placed'), 300, IF(n % 50 = 7, 300, 0),
         ? - INTERVAL ROUND((? - ? - n - 1) * ?) MICROSECOND FROM bench_numbers WHERE n < ?`,
      [first, end, orders, first, spacing, count],
    );
    for (let position = 0; position < LINES_AN_ORDER; position++) {
      await sql.query(
        `INSERT INTO order_lines (order_id, product_id, position, quantity, returned, unit_price)
         SELECT o.id, 1 + ? + ${LINES_AN_ORDER} * FLOOR(? * RAND(${first + position})), ?, 1 + (o.id + ?) % 3,
           IF(o.status = 'placed', 0, 1 + (o.id + ?) % 3), 100
         FROM orders o WHERE o.id > ? AND o.id <= ?`,
        [position, third, position, position, position, first, first + count],
      );
    }
  }
  await sql.query(
    `INSERT INTO hourly_sales (hour, product_id, quantity)
     SELECT DATE_FORMAT(o.created_at, '%Y-%m-%d %H:00:00'), l.product_id, SUM(l.quantity - l.returned)
     FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY 1, 2`,
  );
  await sql.query('DROP TABLE bench_numbers');
  await sql.query('ANALYZE TABLE orders, order_lines, hourly_sales, products');
}
