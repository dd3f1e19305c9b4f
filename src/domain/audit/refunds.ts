import { phrase } from '../phrase.ts';
import { REFUNDS } from '../requests/kinds/refund-rows.ts';
import { type Pass, WHOLE } from './check.ts';

/** Passes that compare the refunds of returns and cancellations with the orders and the stock rows. */
export const REFUND_PASSES: readonly Pass[] = [
  {
    from: `(SELECT * FROM orders WHERE status <> 'placed' OR refunded <> 0) o
  LEFT JOIN (
    SELECT t.order_id, COUNT(*) AS refunds, SUM(t.amount) AS refunded, SUM(r.kind = 'cancel') AS cancels
    FROM ${REFUNDS} t LEFT JOIN requests r ON r.id = t.request_id GROUP BY t.order_id
  ) t ON t.order_id = o.id`,
    rules: [
      {
        check: 'refunds',
        when: `NOT COALESCE(t.refunded = o.refunded AND CASE o.status
        WHEN 'cancelled' THEN o.refunded = o.total AND t.cancels = 1
        WHEN 'returned' THEN o.refunded = o.total AND t.cancels = 0
        WHEN 'partially_returned' THEN o.refunded < o.total AND t.cancels = 0
      END, FALSE)`,
        names: `o.id AS orderId, o.status, o.total, o.refunded AS recorded, COALESCE(t.refunds, 0) AS refunds,
      COALESCE(t.cancels, 0) AS cancels, COALESCE(t.refunded, 0) AS refunded`,
        describe: (f) =>
          phrase`Order ${f.orderId} does not match its refunds: status ${f.status}, total ${f.total}, recorded refund ${f.recorded}, refunds in the ledger ${f.refunded} (rows: ${f.refunds}, for cancellation: ${f.cancels}).`,
      },
    ],
  },
  {
    from: `${REFUNDS} t LEFT JOIN orders o ON o.id = t.order_id`,
    rules: [
      {
        check: 'refunds',
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
    from: `(SELECT * FROM stock_movements ${WHOLE} WHERE type = 'return') m
  LEFT JOIN ${REFUNDS} t ON t.request_id = m.request_id
  LEFT JOIN order_lines l ON l.order_id = t.order_id AND l.product_id = m.product_id`,
    rules: [
      {
        check: 'refunds',
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
];
