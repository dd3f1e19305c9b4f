import { WHOLE } from '../../audit/check.ts';
import { hasFields, type KindProof, ledgerAsRequested } from '../../audit/kind-proof.ts';
import { MAX_POINTS } from '../../input.ts';
import { phrase } from '../../phrase.ts';
import type { Kind } from './kind.ts';
import type { OrderOutcome } from './order.ts';
import { isReturnable, isStock, refundUnits, unitsLeft } from './refund.ts';
import { REFUNDS, RETURN_ROWS, RETURNED_ITEMS } from './refund-rows.ts';
import { refuse } from './rules.ts';

export interface CancelPayload {
  readonly order: number;
}

/** Cancels an order: refunds the points and returns to stock the units that were not returned before. */
export const cancel: Kind<'cancel', CancelPayload, OrderOutcome> = {
  name: 'cancel',
  failureCode: 'CANCEL_FAILED',
  title: phrase('The cancel'),
  activity: { actions: [{ name: 'order cancel' }], subject: 'order', after: ['total', 'balance'] },
  hints: {
    LIMIT_EXCEEDED: ({ what }) =>
      isStock(what)
        ? phrase(
            'Return the units without adding them to the stock: `shop order return <order> <item...> --no-restock`.',
          )
        : phrase('Lower the balance with `shop balance adjust <user> --by <points>`, or return only some units.'),
  },
  schema: ({ object, whole }) => object({ order: whole(MAX_POINTS) }),
  canonical: ({ order }) => ['cancel', order],
  touches({ order }, { orders }) {
    orders.add(order);
  },
  size: ({ order }, linesOf) => linesOf.get(order) ?? 1,
  decide(state, { order: id }, { maxPoints }) {
    const order = state.orders.get(id);
    const user = order === undefined ? undefined : state.users.get(order.userId);
    if (order === undefined || user === undefined) return refuse('INVALID_ORDER', { order: id });
    if (!isReturnable(order)) return refuse('ORDER_NOT_CANCELLABLE', { orderId: id, status: order.status });
    const units = new Map(
      order.lines.flatMap((line) => (unitsLeft(line) === 0 ? [] : [[line.productId, unitsLeft(line)]])),
    );
    const refund = refundUnits(state, { order, user, units, finalStatus: 'cancelled', restock: true }, maxPoints);
    if ('status' in refund) return refund;
    const { amount, balanceAfter, names, effects } = refund;
    return {
      status: 'applied',
      details: { orderId: id, userId: user.id, total: amount, balance: balanceAfter, names },
      effects,
    };
  },
  prove: proof(),
};

/** Checks the refunds of all orders, and that each cancel returns to stock what was left of each line. */
function proof(): KindProof {
  return {
    ledger: 'refund',
    stock: null,
    order: false,
    outcome: hasFields(
      'o.details',
      {
        orderId: 't.order_id',
        userId: 't.user_id',
        total: 't.amount',
        balance: 't.balance_after',
        transactionId: 't.id',
      },
      'names',
    ),
    rules: [
      ledgerAsRequested(`r.kind = 'cancel' AND t.type = 'refund'
        AND NOT ${hasFields('r.payload', { order: "COALESCE(t.order_id, 'null')" })}`),
    ],
    passes: [
      {
        from: `(SELECT * FROM orders WHERE status <> 'placed' OR refunded <> 0) o
      LEFT JOIN (
        SELECT t.order_id, COUNT(*) AS refunds, SUM(t.amount) AS refunded, SUM(r.kind = 'cancel') AS cancels
        FROM ${REFUNDS} t LEFT JOIN requests r ON r.id = t.request_id GROUP BY t.order_id
      ) t ON t.order_id = o.id`,
        rules: [
          {
            check: 'cancels',
            when: `NOT COALESCE(t.refunded = o.refunded AND CASE o.status
            WHEN 'cancelled' THEN o.refunded = o.total AND t.cancels = 1
            WHEN 'returned' THEN o.refunded = o.total AND t.cancels = 0
            WHEN 'partially_returned' THEN o.refunded < o.total AND t.cancels = 0
          END, FALSE)`,
            names: `o.id AS orderId, o.status, o.total, o.refunded AS recorded, COALESCE(t.refunds, 0) AS refunds,
          COALESCE(t.cancels, 0) AS cancels, COALESCE(t.refunded, 0) AS refunded`,
            describe: (f) =>
              phrase`Order ${f.orderId} (total ${f.total}) is ${f.status} and records a refund of ${f.recorded}, but its ledger rows refund ${f.refunded} (rows: ${f.refunds}, for cancellation: ${f.cancels}).`,
          },
        ],
      },
      {
        from: `${REFUNDS} t LEFT JOIN orders o ON o.id = t.order_id`,
        rules: [
          {
            check: 'cancels',
            when: "NOT COALESCE(o.status <> 'placed' AND o.user_id = t.user_id, FALSE)",
            names: `t.id AS transactionId, t.order_id AS orderId, o.status, t.user_id AS userId, o.user_id AS orderUserId`,
            describe: (f) =>
              f.status === null
                ? phrase`Ledger row ${f.transactionId} refunds user ${f.userId} for order ${f.orderId}, but that order is missing.`
                : phrase`Ledger row ${f.transactionId} refunds user ${f.userId} for order ${f.orderId}, but that order belongs to user ${f.orderUserId} and is ${f.status}.`,
          },
        ],
      },
      {
        from: `${REFUNDS} t
      JOIN requests r ON r.id = t.request_id AND r.kind = 'cancel'
      JOIN order_lines l ON l.order_id = t.order_id
      LEFT JOIN (
        SELECT order_id, product_id, SUM(quantity) AS quantity FROM ${RETURNED_ITEMS} i GROUP BY order_id, product_id
      ) i ON i.order_id = l.order_id AND i.product_id = l.product_id
      LEFT JOIN ${RETURN_ROWS} m ON m.request_id = t.request_id AND m.product_id = l.product_id`,
        rules: [
          {
            check: 'cancels',
            when: `NOT COALESCE(IF(l.quantity > COALESCE(i.quantity, 0),
            m.return_rows = 1 AND m.quantity = l.quantity - COALESCE(i.quantity, 0), m.id IS NULL), FALSE)`,
            names: `l.order_id AS orderId, l.product_id AS productId, l.quantity, COALESCE(i.quantity, 0) AS returned,
          t.request_id AS requestId, m.id AS movementId, COALESCE(m.return_rows, 0) AS 'rows', m.quantity AS moved`,
            describe: (f) =>
              f.movementId === null
                ? phrase`Request ${f.requestId} cancelled order ${f.orderId}, but has no stock row for product ${f.productId} (ordered: ${f.quantity}, returned before: ${f.returned}).`
                : phrase`Request ${f.requestId} cancelled order ${f.orderId}, but its stock rows for product ${f.productId} return ${f.moved} (rows: ${f.rows}, first id: ${f.movementId}; ordered: ${f.quantity}, returned before: ${f.returned}).`,
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
            describe: (f) =>
              f.orderId === null
                ? phrase`Stock row ${f.movementId} returns product ${f.productId} (quantity ${f.quantity}) for request ${f.requestId}, but that request refunds nothing.`
                : phrase`Stock row ${f.movementId} returns product ${f.productId} (quantity ${f.quantity}) for request ${f.requestId}, but that request refunds order ${f.orderId}, which does not contain that product.`,
          },
        ],
      },
    ],
  };
}
