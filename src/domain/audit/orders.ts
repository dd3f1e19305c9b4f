import { phrase } from '../phrase.ts';
import { double, type Pass, WHOLE } from './check.ts';

const REFUNDS = `(SELECT * FROM point_transactions ${WHOLE} WHERE type = 'refund')`;
/** An order's line as its request has it, where this program has written it. */
const asItem = (product: string) => `CONCAT('{"product":', ${product}, ',"quantity":', l.quantity, '}')`;
/** Not in the request's text, which is looked through byte by byte: that is quicker than character by character. */
const unlike = (item: string) => `LOCATE(CAST(${item} AS BINARY), CAST(r.payload AS BINARY)) = 0`;
const REFERENCE = `CONCAT('"@', COALESCE(product.reference, ''), '"')`;
const ASKED = `(SELECT SUM(i.quantity) FROM JSON_TABLE(r.payload, '$.items[*]'
  COLUMNS (product VARCHAR(100) PATH '$.product', quantity BIGINT PATH '$.quantity')) i
  WHERE i.product IN (CONCAT(product.id), CONCAT('@', product.reference)))`;
/** The hour of a time, as a number that is quickly sorted by. */
const hour = (time: string) => `TO_DAYS(${time}) * 24 + HOUR(${time})`;
/**
 * What was sold of each product in each hour and not given back, and what hourly_sales says of it; quantities are summed
 * up as `number` has them. There are about as many groups as lines: sorted, for a table of them in memory would be a
 * large one.
 */
const hourly = (number: (quantity: string) => string) => `(
    SELECT SQL_BIG_RESULT hour, product_id, SUM(sold) AS sold, SUM(told) AS told FROM (
      SELECT ${hour('o.created_at')} AS hour, l.product_id, ${number('l.quantity - l.returned')} AS sold, ${number('0')} AS told
      FROM order_lines l ${WHOLE} JOIN orders o ${WHOLE} ON o.id = l.order_id
      UNION ALL SELECT ${hour('hour')}, product_id, ${number('0')}, ${number('quantity')} FROM hourly_sales
    ) either GROUP BY hour, product_id
  ) h`;

/** Orders against the stock rows, refunds and hourly sales that they have led to. */
export const ORDER_PASSES: readonly Pass[] = [
  {
    from: `order_lines l ${WHOLE}
      LEFT JOIN stock_movements m ${WHOLE} ON m.request_id = l.order_id AND m.product_id = l.product_id AND m.type = 'sale'`,
    rules: [
      {
        check: 'sales',
        when: 'm.id IS NULL',
        names: 'l.order_id AS orderId, l.product_id AS productId, l.quantity, m.id AS movementId, m.quantity AS moved',
        say: (f) =>
          phrase`Order ${f.orderId} has ${f.quantity} of product ${f.productId}, and no sale of it among the stock rows.`,
      },
      {
        check: 'sales',
        when: 'm.quantity <> -l.quantity',
        names: 'l.order_id AS orderId, l.product_id AS productId, l.quantity, m.id AS movementId, m.quantity AS moved',
        say: (f) =>
          phrase`Order ${f.orderId} has ${f.quantity} of product ${f.productId}, its stock row ${f.movementId} says ${f.moved}.`,
      },
    ],
    met: [
      {
        // a line with two sales is met twice; a line without any is a fault of its own
        count: 'COUNT(*)',
        of: 'order_lines',
        others: {
          from: `(
              SELECT request_id, product_id, COUNT(*) AS sale_rows, MIN(id) AS first_id FROM stock_movements ${WHOLE}
              WHERE type = 'sale' GROUP BY request_id, product_id
            ) m`,
          rules: [
            {
              check: 'sales',
              when: 'm.sale_rows > 1',
              names:
                "m.request_id AS orderId, m.product_id AS productId, m.first_id AS movementId, m.sale_rows AS 'rows'",
              say: (f) =>
                phrase`Order ${f.orderId} has ${f.rows} sales of product ${f.productId} among the stock rows, the first with the id ${f.movementId}.`,
            },
          ],
        },
      },
      {
        count: 'COUNT(m.id)',
        of: "stock_movements WHERE type = 'sale'",
        others: {
          from: `(SELECT id, product_id, quantity, request_id FROM stock_movements ${WHOLE} WHERE type = 'sale') m
            LEFT JOIN orders o ${WHOLE} ON o.id = m.request_id
            LEFT JOIN order_lines l ${WHOLE} ON l.order_id = o.id AND l.product_id = m.product_id`,
          rules: [
            {
              check: 'sales',
              when: 'l.order_id IS NULL',
              names:
                'm.id AS movementId, m.product_id AS productId, m.quantity, m.request_id AS requestId, o.id AS orderId',
              say: (f) =>
                phrase`Stock row ${f.movementId} is a sale of product ${f.productId} by request ${f.requestId}, which has ${f.orderId === null ? phrase('no order') : phrase`order ${f.orderId} without that product`}.`,
            },
          ],
        },
      },
    ],
  },
  {
    from: `requests r
      LEFT JOIN order_lines l ${WHOLE} ON l.order_id = r.id
      LEFT JOIN products product ${WHOLE} ON product.id = l.product_id`,
    rules: [
      {
        check: 'requests',
        when: `r.kind = 'order' AND product.id IS NOT NULL
          AND ${unlike(asItem('product.id'))} AND ${unlike(asItem(REFERENCE))}
          AND NOT COALESCE(${ASKED} = l.quantity, FALSE)`,
        names: `r.id AS requestId, l.order_id AS orderId, l.product_id AS productId, COALESCE(${ASKED}, 0) AS asked, l.quantity AS ordered`,
        say: (f) =>
          phrase`Request ${f.requestId} asks for ${f.asked} of product ${f.productId}; order ${f.orderId} has ${f.ordered}.`,
      },
    ],
  },
  {
    from: `(SELECT * FROM orders WHERE status <> 'placed') o
      LEFT JOIN (
        SELECT order_id, COUNT(*) AS refunds, SUM(amount) AS refunded FROM ${REFUNDS} t GROUP BY order_id
      ) t ON t.order_id = o.id`,
    rules: [
      {
        check: 'cancels',
        when: "NOT COALESCE(o.status = 'cancelled' AND t.refunds = 1 AND t.refunded = o.total, FALSE)",
        names:
          'o.id AS orderId, o.status, o.total, COALESCE(t.refunds, 0) AS refunds, COALESCE(t.refunded, 0) AS refunded',
        say: (f) =>
          phrase`Order ${f.orderId} of ${f.total} is ${f.status}; ${f.refunded} were given back, by ${f.refunds} ledger rows.`,
      },
    ],
  },
  {
    from: `${REFUNDS} t LEFT JOIN orders o ON o.id = t.order_id`,
    rules: [
      {
        check: 'cancels',
        when: "NOT COALESCE(o.status = 'cancelled' AND o.user_id = t.user_id, FALSE)",
        names: `t.id AS transactionId, t.order_id AS orderId, o.status, t.user_id AS userId, o.user_id AS orderUserId`,
        say: (f) =>
          phrase`Ledger row ${f.transactionId} gives user ${f.userId} the points of order ${f.orderId} back, which is ${f.status === null ? phrase('not there') : phrase`of user ${f.orderUserId} and ${f.status}`}.`,
      },
    ],
  },
  {
    from: `${REFUNDS} t
      JOIN order_lines l ON l.order_id = t.order_id
      LEFT JOIN (
        SELECT request_id, product_id, COUNT(*) AS return_rows, MIN(id) AS id, SUM(quantity) AS quantity
        FROM stock_movements ${WHOLE} WHERE type = 'return' GROUP BY request_id, product_id
      ) m ON m.request_id = t.request_id AND m.product_id = l.product_id`,
    rules: [
      {
        check: 'cancels',
        when: 'NOT COALESCE(m.return_rows = 1 AND m.quantity = l.quantity, FALSE)',
        names: `l.order_id AS orderId, l.product_id AS productId, l.quantity, t.request_id AS requestId, m.id AS movementId,
          COALESCE(m.return_rows, 0) AS 'rows', m.quantity AS moved`,
        say: (f) =>
          phrase`Order ${f.orderId} of ${f.quantity} of product ${f.productId} is cancelled by request ${f.requestId}, ${f.movementId === null ? phrase('without a stock row') : phrase`which gives ${f.moved} back by ${f.rows} stock rows, the first with the id ${f.movementId}`}.`,
      },
    ],
  },
  {
    from: `(SELECT * FROM stock_movements ${WHOLE} WHERE type = 'return') m
      LEFT JOIN ${REFUNDS} t ON t.request_id = m.request_id
      LEFT JOIN order_lines l ON l.order_id = t.order_id AND l.product_id = m.product_id`,
    rules: [
      {
        check: 'cancels',
        when: 'l.order_id IS NULL',
        names:
          'm.id AS movementId, m.product_id AS productId, m.quantity, m.request_id AS requestId, t.order_id AS orderId',
        say: (f) =>
          phrase`Stock row ${f.movementId} gives ${f.quantity} of product ${f.productId} back by request ${f.requestId}, which ${f.orderId === null ? phrase('cancels nothing') : phrase`cancels order ${f.orderId} without that product`}.`,
      },
    ],
  },
  {
    from: hourly((quantity) => quantity),
    proof: { from: hourly(double), when: 'h.sold <> h.told' },
    rules: [
      {
        check: 'hourly-sales',
        when: 'h.sold <> h.told',
        names: `CONCAT(FROM_DAYS(h.hour DIV 24), 'T', LPAD(h.hour MOD 24, 2, '0'), ':00:00.000Z') AS hour,
          h.product_id AS productId, h.sold, h.told`,
        say: (f) =>
          phrase`In the hour from ${f.hour} ${f.sold} of product ${f.productId} were sold and not given back; hourly_sales says ${f.told}.`,
      },
    ],
  },
];
