import { WHOLE } from '../../audit/check.ts';
import { hasFields, type KindProof, ledgerAsRequested } from '../../audit/kind-proof.ts';
import { MAX_POINTS } from '../../input.ts';
import { phrase } from '../../phrase.ts';
import type { Kind } from './kind.ts';
import type { OrderOutcome } from './order.ts';
import { balanceAboveLimit, NO_EFFECTS, refuse, stockAboveLimit } from './rules.ts';
import type { Effects } from './state.ts';

export interface CancelPayload {
  readonly order: number;
}

/** Cancels an order: refunds its points and returns its units to stock. */
export const cancel: Kind<'cancel', CancelPayload, OrderOutcome> = {
  name: 'cancel',
  failureCode: 'CANCEL_FAILED',
  title: phrase('The cancel'),
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
    if (order.status !== 'placed') return refuse('ORDER_NOT_CANCELLABLE', { orderId: id, status: order.status });

    const balanceTooHigh = balanceAboveLimit(user, order.total, maxPoints);
    if (balanceTooHigh !== null) return balanceTooHigh;
    const stock: Effects['stock'][number][] = [];
    const names: string[] = [];
    for (const { productId, quantity } of order.lines) {
      const product = state.products.get(productId);
      if (product === undefined) return refuse('INVALID_PRODUCT', { products: [productId] });
      const stockTooHigh = stockAboveLimit(product, quantity, maxPoints);
      if (stockTooHigh !== null) return stockTooHigh;
      stock.push({ productId, type: 'return', quantity, stockAfter: product.stock + quantity });
      names.push(product.name);
    }
    const balanceAfter = user.balance + order.total;
    return {
      status: 'applied',
      details: { orderId: id, userId: user.id, total: order.total, balance: balanceAfter, names },
      effects: {
        ...NO_EFFECTS,
        ledger: { userId: user.id, type: 'refund', amount: order.total, balanceAfter },
        stock,
        cancelled: order,
      },
    };
  },
  prove: proof(),
};

/** Checks the effects of an applied cancel: one refund, and the return of each line's units to stock. */
function proof(): KindProof {
  const refunds = `(SELECT * FROM point_transactions ${WHOLE} WHERE type = 'refund')`;
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
        from: `(SELECT * FROM orders WHERE status <> 'placed') o
      LEFT JOIN (
        SELECT order_id, COUNT(*) AS refunds, SUM(amount) AS refunded FROM ${refunds} t GROUP BY order_id
      ) t ON t.order_id = o.id`,
        rules: [
          {
            check: 'cancels',
            when: "NOT COALESCE(o.status = 'cancelled' AND t.refunds = 1 AND t.refunded = o.total, FALSE)",
            names:
              'o.id AS orderId, o.status, o.total, COALESCE(t.refunds, 0) AS refunds, COALESCE(t.refunded, 0) AS refunded',
            describe: (f) =>
              phrase`Order ${f.orderId} of ${f.total} is ${f.status}; ${f.refunded} points were refunded by ${f.refunds} ledger rows.`,
          },
        ],
      },
      {
        from: `${refunds} t LEFT JOIN orders o ON o.id = t.order_id`,
        rules: [
          {
            check: 'cancels',
            when: "NOT COALESCE(o.status = 'cancelled' AND o.user_id = t.user_id, FALSE)",
            names: `t.id AS transactionId, t.order_id AS orderId, o.status, t.user_id AS userId, o.user_id AS orderUserId`,
            describe: (f) =>
              phrase`Ledger row ${f.transactionId} refunds user ${f.userId} for order ${f.orderId}, which is ${f.status === null ? phrase('missing') : phrase`of user ${f.orderUserId} and ${f.status}`}.`,
          },
        ],
      },
      {
        from: `${refunds} t
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
            describe: (f) =>
              phrase`Order ${f.orderId} of ${f.quantity} of product ${f.productId} is cancelled by request ${f.requestId}, ${f.movementId === null ? phrase('without a stock row') : phrase`which returns ${f.moved} in ${f.rows} stock rows, the first with the id ${f.movementId}`}.`,
          },
        ],
      },
      {
        from: `(SELECT * FROM stock_movements ${WHOLE} WHERE type = 'return') m
      LEFT JOIN ${refunds} t ON t.request_id = m.request_id
      LEFT JOIN order_lines l ON l.order_id = t.order_id AND l.product_id = m.product_id`,
        rules: [
          {
            check: 'cancels',
            when: 'l.order_id IS NULL',
            names:
              'm.id AS movementId, m.product_id AS productId, m.quantity, m.request_id AS requestId, t.order_id AS orderId',
            describe: (f) =>
              phrase`Stock row ${f.movementId} returns ${f.quantity} of product ${f.productId} by request ${f.requestId}, which ${f.orderId === null ? phrase('cancels nothing') : phrase`cancels order ${f.orderId} without that product`}.`,
          },
        ],
      },
    ],
  };
}
