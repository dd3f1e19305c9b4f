import { phrase } from '../phrase.ts';
import { double, type FaultRow, type Pass, WHOLE } from './check.ts';
import { references } from './references.ts';

/** A request with its outcome and all that there is one of: ledger row, order, and the sums over the order's lines. */
const REQUESTS = `requests r
  LEFT JOIN outcomes o ${WHOLE} ON o.request_id = r.id
  LEFT JOIN point_transactions t ${WHOLE} ON t.request_id = r.id
  LEFT JOIN orders p ${WHOLE} ON p.id = r.id
  LEFT JOIN users u ${WHOLE} ON u.id = t.user_id
  LEFT JOIN (
    SELECT order_id, COUNT(*) AS lines_count, SUM(${double('quantity')}) AS units,
      SUM(quantity * ${double('unit_price')}) AS total, SUM(returned * ${double('unit_price')}) AS refunded
    FROM order_lines USE INDEX (PRIMARY) GROUP BY order_id
  ) l ON l.order_id = p.id`;

/** Exactly, also where a double does not hold it. */
const linesSum = (units: string) =>
  `COALESCE((SELECT SUM(named.${units} * named.unit_price) FROM order_lines named WHERE named.order_id = p.id), 0)`;
const NAMES_REQUEST = "r.id AS requestId, r.kind, COALESCE(o.status, 'pending') AS status";

/** A field of a JSON object as text. */
const json = (column: string, name: string) => `CAST(JSON_EXTRACT(${column}, '$.${name}') AS CHAR)`;

/**
 * True where `column` is the object with these fields, or has fields of these values whatever else it has. The text is
 * compared first: JSON is parsed only where another program has written it.
 *
 * @param last a field behind them, whose value is not compared.
 */
function says(column: string, fields: Readonly<Record<string, string>>, last?: string): string {
  const entries = Object.entries(fields);
  const begin = entries.map(([name, value]) => `'"${name}":', ${value}`).join(", ',', ");
  const text = last === undefined ? `= CONCAT('{', ${begin}, '}')` : `LIKE CONCAT('{', ${begin}, ',"${last}":%')`;
  const each = entries.map(([name, value]) => `COALESCE(${json(column, name)} = CONCAT(${value}), FALSE)`);
  return `(${column} ${text} OR (JSON_VALID(${column}) AND ${each.join(' AND ')}))`;
}

/** How JSON names a user or product: by id or by reference. */
const BY_ID = (table: string) => `${table}.id`;
const BY_REFERENCE = (table: string) => `CONCAT('"@', COALESCE(${table}.reference, ''), '"')`;

const CHARGED = "r.kind = 'charge' AND t.type = 'charge'";
const PAID = "r.kind = 'order' AND t.type = 'payment' AND p.id IS NOT NULL";
const REFUNDED = "r.kind = 'cancel' AND t.type = 'refund'";
const NAMES_ASKED = `r.id AS requestId, r.kind, r.payload AS asked, t.id AS transactionId, t.user_id AS userId, t.amount,
  t.order_id AS orderId`;
const sayAsked = (f: FaultRow) =>
  f.orderId === null
    ? phrase`Request ${f.requestId} asks for the ${f.kind} ${f.asked}; ledger row ${f.transactionId} has user ${f.userId}, amount ${f.amount}.`
    : phrase`Request ${f.requestId} asks for the ${f.kind} ${f.asked}; ledger row ${f.transactionId} has user ${f.userId}, amount ${f.amount}, order ${f.orderId}.`;

/** How many items an order's payload has: no reference can hold a quote. */
const ITEM_COUNT = `(LENGTH(r.payload) - LENGTH(REPLACE(r.payload, '"quantity"', ''))) DIV 10`;
const ITEM_TABLE = `JSON_TABLE(r.payload, '$.items[*]' COLUMNS (product VARCHAR(100) PATH '$.product', quantity BIGINT PATH '$.quantity')) i`;

/** Requests against what they asked for, and against all that they have left behind: exactly that where applied, else nothing. */
export const REQUEST_PASSES: readonly Pass[] = [
  {
    from: REQUESTS,
    rules: [
      {
        check: 'effects',
        when: "COALESCE(o.status, 'pending') <> 'applied' AND (t.id IS NOT NULL OR p.id IS NOT NULL)",
        names: `${NAMES_REQUEST}, t.id AS transactionId, p.id AS orderId`,
        say: (f) =>
          phrase`Request ${f.requestId} is ${f.status}, but has ${f.transactionId === null ? phrase`order ${f.orderId}` : phrase`ledger row ${f.transactionId}`}.`,
      },
      {
        check: 'effects',
        when: `o.status = 'applied' AND NOT COALESCE(CASE r.kind
            WHEN 'charge' THEN t.type = 'charge' AND p.id IS NULL
            WHEN 'order' THEN t.type = 'payment' AND p.id IS NOT NULL
            WHEN 'cancel' THEN t.type = 'refund' AND p.id IS NULL
            WHEN 'restock' THEN t.id IS NULL AND p.id IS NULL
          END, FALSE)`,
        names: `${NAMES_REQUEST}, t.id AS transactionId, t.type, p.id AS orderId`,
        say: (f) =>
          phrase`Request ${f.requestId} is an applied ${f.kind}, but has ${f.transactionId === null ? phrase('no ledger row') : phrase`ledger row ${f.transactionId} of type ${f.type}`} and ${f.orderId === null ? phrase('no order') : phrase`order ${f.orderId}`}.`,
      },
      {
        check: 'payments',
        when: `${PAID} AND (t.amount <> -p.total OR t.user_id <> p.user_id OR NOT (t.order_id <=> p.id))`,
        names: `p.id AS orderId, p.user_id AS userId, p.total, t.id AS transactionId, t.amount,
          t.user_id AS transactionUserId, t.order_id AS transactionOrderId`,
        say: (f) =>
          phrase`Order ${f.orderId} of user ${f.userId} has a total of ${f.total}; its ledger row ${f.transactionId} has user ${f.transactionUserId}, order ${f.transactionOrderId}, amount ${f.amount}.`,
      },
      {
        check: 'order-totals',
        when: 'p.id IS NOT NULL AND p.total <> COALESCE(l.total, 0)',
        names: `p.id AS orderId, p.total, COALESCE(l.lines_count, 0) AS 'lines', ${linesSum('quantity')} AS linesTotal`,
        say: (f) =>
          f.lines === 0
            ? phrase`Order ${f.orderId} has a total of ${f.total} and no lines.`
            : phrase`Order ${f.orderId} has a total of ${f.total}; its lines sum up to ${f.linesTotal}.`,
      },
      {
        check: 'cancels',
        when: 'p.id IS NOT NULL AND p.refunded <> COALESCE(l.refunded, 0)',
        names: `p.id AS orderId, p.refunded, ${linesSum('returned')} AS linesRefunded`,
        say: (f) =>
          phrase`Order ${f.orderId} says that ${f.refunded} were refunded; the returned units of its lines come to ${f.linesRefunded}.`,
      },
      {
        check: 'requests',
        when: `${CHARGED} AND u.id IS NOT NULL
          AND NOT ${says('r.payload', { user: BY_ID('u'), amount: 't.amount' })}
          AND NOT ${says('r.payload', { user: BY_REFERENCE('u'), amount: 't.amount' })}`,
        names: NAMES_ASKED,
        say: sayAsked,
      },
      {
        check: 'requests',
        when: `${PAID} AND u.id IS NOT NULL
          AND NOT (LEFT(r.payload, 8) = '{"user":'
            AND SUBSTRING_INDEX(SUBSTRING(r.payload, 9), ',', 1) IN (CONCAT(${BY_ID('u')}), ${BY_REFERENCE('u')}))
          AND NOT COALESCE(${json('r.payload', 'user')} IN (CONCAT(${BY_ID('u')}), ${BY_REFERENCE('u')}), FALSE)`,
        names: NAMES_ASKED,
        say: sayAsked,
      },
      {
        check: 'requests',
        when: `${REFUNDED} AND NOT ${says('r.payload', { order: "COALESCE(t.order_id, 'null')" })}`,
        names: NAMES_ASKED,
        say: sayAsked,
      },
      {
        // an item may be missing from the lines only where there are not as many of the ones as of the others
        check: 'requests',
        when: `p.id IS NOT NULL AND r.kind = 'order' AND ${ITEM_COUNT} <> COALESCE(l.lines_count, 0)
          AND NOT COALESCE((SELECT SUM(i.quantity) FROM ${ITEM_TABLE}) = l.units, FALSE)`,
        names: `r.id AS requestId, p.id AS orderId, ${ITEM_COUNT} AS items, COALESCE(l.lines_count, 0) AS 'lines',
          (SELECT SUM(i.quantity) FROM ${ITEM_TABLE}) AS asked, COALESCE(l.units, 0) AS ordered`,
        say: (f) =>
          phrase`Request ${f.requestId} asks for ${f.asked} units in ${f.items} items; order ${f.orderId} has ${f.ordered} in ${f.lines} lines.`,
      },
      {
        check: 'outcomes',
        when: `o.status NOT IN ('applied', 'refused', 'failed') OR (o.status = 'applied') <> (o.code IS NULL)
          OR o.attempts NOT BETWEEN 1 AND 3 OR (o.status = 'failed' AND o.attempts <> 3)`,
        names: 'o.request_id AS requestId, o.status, o.code, o.attempts',
        say: (f) =>
          phrase`The outcome of request ${f.requestId} can't be: ${f.status} with ${f.code === null ? phrase('no code') : phrase`the code ${f.code}`} after ${f.attempts} attempts.`,
      },
      {
        check: 'outcome-details',
        when: `o.status = 'applied' AND CASE t.type
            WHEN 'charge' THEN NOT ${says('o.details', { userId: 't.user_id', amount: 't.amount', balance: 't.balance_after', transactionId: 't.id' })}
            WHEN 'payment' THEN NOT ${says('o.details', { userId: 't.user_id', total: 'SUBSTRING(t.amount, 2)', balance: 't.balance_after', orderId: 'r.id', transactionId: 't.id' }, 'names')}
            WHEN 'refund' THEN NOT ${says('o.details', { orderId: 't.order_id', userId: 't.user_id', total: 't.amount', balance: 't.balance_after', transactionId: 't.id' }, 'names')}
          END`,
        names: `o.request_id AS requestId, o.details AS said, t.id AS transactionId, t.type, t.user_id AS userId, t.amount,
          t.balance_after AS balance, t.order_id AS orderId`,
        say: (f) =>
          f.orderId === null
            ? phrase`The outcome of request ${f.requestId} says ${f.said}; its ledger row ${f.transactionId}, a ${f.type}, has user ${f.userId}, amount ${f.amount}, balance ${f.balance}.`
            : phrase`The outcome of request ${f.requestId} says ${f.said}; its ledger row ${f.transactionId}, a ${f.type}, has user ${f.userId}, amount ${f.amount}, balance ${f.balance}, order ${f.orderId}.`,
      },
    ],
    met: [
      {
        // a request with two ledger rows is met twice
        count: 'COUNT(*)',
        of: 'requests',
        others: {
          from: `(
              SELECT request_id, COUNT(*) AS ledger_rows, MIN(id) AS first_id FROM point_transactions ${WHOLE}
              GROUP BY request_id
            ) t`,
          rules: [
            {
              check: 'effects',
              when: 't.ledger_rows > 1',
              names: "t.request_id AS requestId, t.first_id AS transactionId, t.ledger_rows AS 'rows'",
              say: (f) =>
                phrase`Request ${f.requestId} has ${f.rows} ledger rows, the first with the id ${f.transactionId}.`,
            },
          ],
        },
      },
      {
        count: 'COUNT(o.request_id)',
        of: 'outcomes',
        others: references({ table: 'outcomes', column: 'request_id', parent: 'requests', key: 'request_id' }),
      },
      {
        count: 'COUNT(t.id)',
        of: 'point_transactions',
        others: references({ table: 'point_transactions', column: 'request_id', parent: 'requests', key: 'id' }),
      },
      {
        count: 'COUNT(p.id)',
        of: 'orders',
        others: references({ table: 'orders', column: 'id', parent: 'requests', key: 'id' }),
      },
      {
        count: 'COALESCE(CAST(SUM(l.lines_count) AS SIGNED), 0)',
        of: 'order_lines',
        others: references({ table: 'order_lines', column: 'order_id', parent: 'orders', key: 'position' }),
      },
    ],
  },
  {
    from: 'attempts a JOIN outcomes o ON o.request_id = a.request_id',
    rules: [
      {
        // the last attempt of what was applied or refused has not failed
        check: 'outcomes',
        when: "a.attempt NOT BETWEEN 1 AND o.attempts - (o.status <> 'failed')",
        names: 'o.request_id AS requestId, a.attempt, o.status, o.attempts',
        say: (f) =>
          phrase`Attempt ${f.attempt} of request ${f.requestId} has failed; its outcome says ${f.status} in attempt ${f.attempts}.`,
      },
    ],
  },
  {
    // few requests are restocks: a server that can't know that would read all outcomes for them
    from: `(
        SELECT r.id, r.kind FROM requests r STRAIGHT_JOIN outcomes o FORCE INDEX (PRIMARY) ON o.request_id = r.id
        WHERE r.kind = 'restock' AND o.status = 'applied'
      ) r
      LEFT JOIN (
        SELECT request_id, COUNT(*) AS stock_rows, MIN(id) AS first_id FROM stock_movements ${WHOLE}
        WHERE type = 'restock' GROUP BY request_id
      ) m ON m.request_id = r.id`,
    rules: [
      {
        check: 'effects',
        when: 'NOT COALESCE(m.stock_rows = 1, FALSE)',
        names: "r.id AS requestId, m.first_id AS movementId, COALESCE(m.stock_rows, 0) AS 'rows'",
        say: (f) =>
          f.movementId === null
            ? phrase`Request ${f.requestId} is an applied restock, but has no stock row of it.`
            : phrase`Request ${f.requestId} is an applied restock, but has ${f.rows} stock rows of it, the first with the id ${f.movementId}.`,
      },
    ],
  },
  {
    from: `(SELECT * FROM stock_movements ${WHOLE} WHERE type IN ('restock', 'adjustment')) m
      LEFT JOIN requests r ON r.id = m.request_id
      LEFT JOIN outcomes o ON o.request_id = m.request_id
      LEFT JOIN products p ON p.id = m.product_id`,
    rules: [
      {
        check: 'effects',
        when: "NOT COALESCE(r.kind = m.type AND o.status = 'applied', FALSE)",
        names: "m.id AS movementId, m.type, m.request_id AS requestId, r.kind, COALESCE(o.status, 'pending') AS status",
        say: (f) =>
          phrase`Stock row ${f.movementId} is of type ${f.type} and of request ${f.requestId}, which is ${f.kind === null ? phrase('not there') : phrase`a ${f.status} ${f.kind}`}.`,
      },
      {
        // where a request restocked two products, one of them is not the one that was asked for
        check: 'requests',
        when: `r.kind = 'restock' AND p.id IS NOT NULL
          AND NOT ${says('r.payload', { product: BY_ID('p'), quantity: 'm.quantity' })}
          AND NOT ${says('r.payload', { product: BY_REFERENCE('p'), quantity: 'm.quantity' })}`,
        names: `r.id AS requestId, r.payload AS asked, m.id AS movementId, m.product_id AS productId, m.quantity`,
        say: (f) =>
          phrase`Request ${f.requestId} asks for the restock ${f.asked}; stock row ${f.movementId} has product ${f.productId}, quantity ${f.quantity}.`,
      },
      {
        check: 'outcome-details',
        when: `r.kind = 'restock' AND o.status = 'applied'
          AND NOT ${says('o.details', { id: 'm.product_id', stock: 'm.stock_after' })}`,
        names: `r.id AS requestId, o.details AS said, m.id AS movementId, m.product_id AS productId, m.stock_after AS stock`,
        say: (f) =>
          phrase`The outcome of request ${f.requestId} says ${f.said}; stock row ${f.movementId} has product ${f.productId}, stock ${f.stock}.`,
      },
    ],
  },
];
