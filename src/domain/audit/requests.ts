import { phrase } from '../phrase.ts';
import { KIND_LIST } from '../requests/kinds/index.ts';
import { double, type Pass, WHOLE } from './check.ts';
import { references } from './references.ts';

/** A request with its outcome, withdrawal, ledger row, order, and the sums over the order's lines. */
const REQUESTS = `requests r
  LEFT JOIN outcomes o ${WHOLE} ON o.request_id = r.id
  LEFT JOIN withdrawals w ${WHOLE} ON w.request_id = r.id
  LEFT JOIN point_transactions t ${WHOLE} ON t.request_id = r.id
  LEFT JOIN orders p ${WHOLE} ON p.id = r.id
  LEFT JOIN users u ${WHOLE} ON u.id = t.user_id
  LEFT JOIN (
    SELECT order_id, COUNT(*) AS lines_count, SUM(${double('quantity')}) AS units,
      SUM(quantity * ${double('unit_price')}) AS total, SUM(returned * ${double('unit_price')}) AS refunded
    FROM order_lines USE INDEX (PRIMARY) GROUP BY order_id
  ) l ON l.order_id = p.id`;

const NAMES_REQUEST = "r.id AS requestId, r.kind, COALESCE(o.status, 'pending') AS status";

/** For each kind, the ledger row and the order that an applied request must have. */
const EXPECTED_EFFECTS = KIND_LIST.map(({ name, prove: { ledger, order } }) => {
  const row = ledger === null ? 't.id IS NULL' : `t.type = '${ledger}'`;
  return `WHEN '${name}' THEN ${row} AND p.id IS ${order ? 'NOT NULL' : 'NULL'}`;
}).join(' ');

/** For each kind, the condition that is true if the outcome of an applied request differs from its ledger row. */
const OUTCOME_DIFFERS = KIND_LIST.flatMap(({ name, prove: { ledger, outcome } }) =>
  outcome === null ? [] : [`WHEN '${name}' THEN t.type = '${ledger}' AND NOT ${outcome}`],
).join(' ');

/** The kinds that need a reason, as SQL. */
const REASON_REQUIRED = KIND_LIST.filter(({ reasonRequired }) => reasonRequired === true)
  .map(({ name }) => `'${name}'`)
  .join(', ');

/** Kinds with one stock row per request, with the proof of that row. */
const STOCK_PROOFS = KIND_LIST.flatMap(({ name, prove: { stock } }) => (stock === null ? [] : [{ name, ...stock }]));

/** Creates an SQL expression that depends on the kind of the request, for kinds with one stock row. */
const byStockKind = (expression: (proof: (typeof STOCK_PROOFS)[number]) => string) =>
  `CASE r.kind ${STOCK_PROOFS.map((proof) => `WHEN '${proof.name}' THEN ${expression(proof)}`).join(' ')} END`;

/** The types of the stock rows in `STOCK_PROOFS`, as SQL. */
const STOCK_TYPES = STOCK_PROOFS.map(({ type }) => `'${type}'`).join(', ');

/** Passes over requests with one stock row, and over these stock rows. */
const STOCK_PASSES: readonly Pass[] = [
  {
    // few requests are of the kinds in `STOCK_PROOFS`; without FORCE INDEX, a server may still read all outcomes
    from: `(
        SELECT r.id, r.kind FROM requests r STRAIGHT_JOIN outcomes o FORCE INDEX (PRIMARY) ON o.request_id = r.id
        WHERE r.kind IN (${STOCK_PROOFS.map(({ name }) => `'${name}'`).join(', ')}) AND o.status = 'applied'
      ) r
      LEFT JOIN (
        SELECT request_id, COUNT(*) AS stock_rows, MIN(id) AS first_id FROM stock_movements ${WHOLE}
        WHERE type IN (${STOCK_TYPES}) GROUP BY request_id
      ) m ON m.request_id = r.id`,
    rules: [
      {
        check: 'effects',
        when: 'NOT COALESCE(m.stock_rows = 1, FALSE)',
        names: "r.id AS requestId, r.kind, m.first_id AS movementId, COALESCE(m.stock_rows, 0) AS 'rows'",
        describe: (f) =>
          f.movementId === null
            ? phrase`Request ${f.requestId} (${f.kind}) is applied, but has no stock row.`
            : phrase`Request ${f.requestId} (${f.kind}) is applied, but has ${f.rows} stock rows instead of one (first id: ${f.movementId}).`,
      },
    ],
  },
  {
    from: `(SELECT * FROM stock_movements ${WHOLE} WHERE type IN (${STOCK_TYPES})) m
      LEFT JOIN requests r ON r.id = m.request_id
      LEFT JOIN outcomes o ON o.request_id = m.request_id
      LEFT JOIN products p ON p.id = m.product_id`,
    rules: [
      {
        check: 'effects',
        when: `NOT COALESCE(m.type = ${byStockKind(({ type }) => `'${type}'`)} AND o.status = 'applied', FALSE)`,
        names: "m.id AS movementId, m.type, m.request_id AS requestId, r.kind, COALESCE(o.status, 'pending') AS status",
        describe: (f) =>
          f.kind === null
            ? phrase`Stock row ${f.movementId} has the type ${f.type}, but its request ${f.requestId} is missing.`
            : phrase`Stock row ${f.movementId} has the type ${f.type}, but its request ${f.requestId} has the kind ${f.kind} and the status ${f.status}.`,
      },
      {
        // a request names one product, so a stock row of a second product would break this rule
        check: 'requests',
        when: `p.id IS NOT NULL AND NOT ${byStockKind(({ asRequested }) => `(${asRequested})`)}`,
        names: `r.id AS requestId, r.kind, r.payload AS asked, m.id AS movementId, m.product_id AS productId, m.quantity,
          m.stock_after AS stock`,
        describe: (f) =>
          phrase`Request ${f.requestId} (${f.kind}) has the content ${f.asked}, but its stock row ${f.movementId} has product ${f.productId}, quantity ${f.quantity}, stock ${f.stock}.`,
      },
      {
        check: 'outcome-details',
        when: `o.status = 'applied' AND NOT ${byStockKind(({ outcome }) => outcome)}`,
        names: `r.id AS requestId, o.details AS said, m.id AS movementId, m.product_id AS productId, m.quantity,
          m.stock_after AS stock`,
        describe: (f) =>
          phrase`The outcome of request ${f.requestId} records ${f.said}, but its stock row ${f.movementId} has product ${f.productId}, quantity ${f.quantity}, stock ${f.stock}.`,
      },
    ],
  },
];

/**
 * Passes that compare requests with their effects. An applied request has exactly the requested effects; any other request has
 * none.
 */
export const REQUEST_PASSES: readonly Pass[] = [
  {
    from: REQUESTS,
    rules: [
      {
        check: 'effects',
        when: "COALESCE(o.status, 'pending') <> 'applied' AND (t.id IS NOT NULL OR p.id IS NOT NULL)",
        names: `${NAMES_REQUEST}, t.id AS transactionId, p.id AS orderId`,
        describe: (f) =>
          phrase`Request ${f.requestId} is ${f.status}, but has ${f.transactionId === null ? phrase`order ${f.orderId}` : phrase`ledger row ${f.transactionId}`}.`,
      },
      {
        check: 'effects',
        when: `o.status = 'applied' AND NOT COALESCE(CASE r.kind ${EXPECTED_EFFECTS} END, FALSE)`,
        names: `${NAMES_REQUEST}, t.id AS transactionId, t.type, p.id AS orderId`,
        describe: (f) =>
          phrase`Request ${f.requestId} (${f.kind}) is applied, but has ${f.transactionId === null ? phrase('no ledger row') : phrase`ledger row ${f.transactionId} of type ${f.type}`} and ${f.orderId === null ? phrase('no order') : phrase`order ${f.orderId}`}.`,
      },
      ...KIND_LIST.flatMap(({ prove }) => prove.rules),
      {
        check: 'requests',
        when: `o.status = 'applied' AND r.reason IS NULL AND r.kind IN (${REASON_REQUIRED})`,
        names: 'r.id AS requestId, r.kind',
        describe: (f) => phrase`Request ${f.requestId} (${f.kind}) is applied, but has no reason.`,
      },
      {
        check: 'outcomes',
        when: `o.status NOT IN ('applied', 'refused', 'failed') OR (o.status = 'applied') <> (o.code IS NULL)
          OR o.attempts NOT BETWEEN 1 AND 3 OR (o.status = 'failed' AND o.attempts <> 3)`,
        names: 'o.request_id AS requestId, o.status, o.code, o.attempts',
        describe: (f) =>
          phrase`Request ${f.requestId} has an impossible outcome: it is ${f.status} with ${f.code === null ? phrase('no code') : phrase`the code ${f.code}`} (attempts: ${f.attempts}).`,
      },
      {
        check: 'outcomes',
        when: "o.code = 'CANCELLED' AND (o.status <> 'refused' OR w.request_id IS NULL)",
        names: 'o.request_id AS requestId, o.status, w.withdrawn_at AS withdrawnAt',
        describe: (f) =>
          f.withdrawnAt === null
            ? phrase`Request ${f.requestId} is ${f.status} with the code CANCELLED, but no withdrawal of it is recorded.`
            : phrase`Request ${f.requestId} was withdrawn and has the code CANCELLED, but its status is ${f.status} instead of refused.`,
      },
      {
        // a withdrawal that was recorded after the decision has no effect
        check: 'outcomes',
        when: "o.decided_at >= w.withdrawn_at AND COALESCE(o.code, '') <> 'CANCELLED'",
        names: 'o.request_id AS requestId, o.status, o.decided_at AS decidedAt, w.withdrawn_at AS withdrawnAt',
        describe: (f) =>
          phrase`Request ${f.requestId} is ${f.status}, although it was withdrawn before it was decided.`,
      },
      {
        check: 'outcome-details',
        when: `o.status = 'applied' AND CASE r.kind ${OUTCOME_DIFFERS} END`,
        names: `o.request_id AS requestId, o.details AS said, t.id AS transactionId, t.type, t.user_id AS userId, t.amount,
          t.balance_after AS balance, t.order_id AS orderId`,
        describe: (f) =>
          f.orderId === null
            ? phrase`The outcome of request ${f.requestId} records ${f.said}, but its ledger row ${f.transactionId} (${f.type}) has user ${f.userId}, amount ${f.amount}, balance ${f.balance}.`
            : phrase`The outcome of request ${f.requestId} records ${f.said}, but its ledger row ${f.transactionId} (${f.type}) has user ${f.userId}, amount ${f.amount}, balance ${f.balance}, order ${f.orderId}.`,
      },
    ],
    met: [
      {
        // a request with two ledger rows is counted twice, which makes the count higher than the number of requests
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
              describe: (f) =>
                phrase`Request ${f.requestId} has ${f.rows} ledger rows instead of at most one (first id: ${f.transactionId}).`,
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
        // the last attempt can have failed only if the request has failed, or was withdrawn after that attempt
        check: 'outcomes',
        when: "a.attempt NOT BETWEEN 1 AND o.attempts - (o.status <> 'failed' AND COALESCE(o.code, '') <> 'CANCELLED')",
        names: 'o.request_id AS requestId, a.attempt, o.status, o.attempts',
        describe: (f) =>
          phrase`Attempt ${f.attempt} of request ${f.requestId} failed, but the request was ${f.status} in attempt ${f.attempts}.`,
      },
    ],
  },
  ...STOCK_PASSES,
  ...KIND_LIST.flatMap(({ prove }) => prove.passes),
];
