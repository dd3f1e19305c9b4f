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

/**
 * Passes that compare requests with their effects. An applied request has exactly the requested effects; any other has none.
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
          phrase`Request ${f.requestId} is an applied ${f.kind}, but has ${f.transactionId === null ? phrase('no ledger row') : phrase`ledger row ${f.transactionId} of type ${f.type}`} and ${f.orderId === null ? phrase('no order') : phrase`order ${f.orderId}`}.`,
      },
      ...KIND_LIST.flatMap(({ prove }) => prove.rules),
      {
        check: 'outcomes',
        when: `o.status NOT IN ('applied', 'refused', 'failed') OR (o.status = 'applied') <> (o.code IS NULL)
          OR o.attempts NOT BETWEEN 1 AND 3 OR (o.status = 'failed' AND o.attempts <> 3)`,
        names: 'o.request_id AS requestId, o.status, o.code, o.attempts',
        describe: (f) =>
          phrase`The outcome of request ${f.requestId} is impossible: ${f.status} with ${f.code === null ? phrase('no code') : phrase`the code ${f.code}`} after ${f.attempts} attempts.`,
      },
      {
        check: 'outcomes',
        when: "o.code = 'CANCELLED' AND (o.status <> 'refused' OR w.request_id IS NULL)",
        names: 'o.request_id AS requestId, o.status, w.withdrawn_at AS withdrawnAt',
        describe: (f) =>
          f.withdrawnAt === null
            ? phrase`Request ${f.requestId} is ${f.status} with the code CANCELLED, but was not withdrawn.`
            : phrase`Request ${f.requestId} was withdrawn, and is ${f.status} with the code CANCELLED.`,
      },
      {
        // a withdrawal of a decided request has no effect
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
            ? phrase`The outcome of request ${f.requestId} says ${f.said}; its ledger row ${f.transactionId}, a ${f.type}, has user ${f.userId}, amount ${f.amount}, balance ${f.balance}.`
            : phrase`The outcome of request ${f.requestId} says ${f.said}; its ledger row ${f.transactionId}, a ${f.type}, has user ${f.userId}, amount ${f.amount}, balance ${f.balance}, order ${f.orderId}.`,
      },
    ],
    met: [
      {
        // the join returns a request with two ledger rows twice
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
        // the last attempt to apply an applied or refused request has not failed; a withdrawal may come after a failed attempt
        check: 'outcomes',
        when: "a.attempt NOT BETWEEN 1 AND o.attempts - (o.status <> 'failed' AND COALESCE(o.code, '') <> 'CANCELLED')",
        names: 'o.request_id AS requestId, a.attempt, o.status, o.attempts',
        describe: (f) =>
          phrase`Attempt ${f.attempt} of request ${f.requestId} has failed; its outcome is ${f.status} in attempt ${f.attempts}.`,
      },
    ],
  },
  ...KIND_LIST.flatMap(({ prove }) => prove.passes),
];
