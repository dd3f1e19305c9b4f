import { hasFields, type KindProof, ledgerAsRequested } from '../../audit/kind-proof.ts';
import { MAX_POINTS } from '../../input.ts';
import { phrase } from '../../phrase.ts';
import { readOrderId } from './cells.ts';
import type { Kind } from './kind.ts';
import type { OrderOutcome } from './order.ts';
import { isReturnable, isStock, refundUnits, unitsLeft } from './refund.ts';
import { REFUNDS, RETURN_ROWS, RETURNED_ITEMS } from './refund-rows.ts';
import { refuse } from './rules.ts';

export interface CancelPayload {
  readonly order: number;
}

/** Cancels an order: returns the remaining units to stock, and refunds the points that were paid for them. */
export const cancel: Kind<'cancel', CancelPayload, OrderOutcome> = {
  name: 'cancel',
  failureCode: 'CANCEL_FAILED',
  title: phrase('The cancellation'),
  activity: { actions: [{ name: 'order cancel' }], subject: 'order', after: ['total', 'balance'] },
  hints: {
    LIMIT_EXCEEDED: ({ what }) =>
      isStock(what)
        ? phrase(
            'To return the units without adding them to the stock, run `shop order return <order> <item...> --no-restock`.',
          )
        : phrase(
            'Lower the balance with `shop balance adjust <user> --by -<points> --reason <reason>`, or return only some units.',
          ),
  },
  schema: ({ object, whole }) => object({ order: whole(MAX_POINTS) }),
  row: { required: [['order']], read: (cells) => ({ order: readOrderId(cells) }) },
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

/**
 * Creates the checks for the effects of applied cancels. Each cancel must return the remaining units of each line to stock.
 * `audit/refunds.ts` checks the refund.
 */
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
                : phrase`Request ${f.requestId} cancelled order ${f.orderId}, but its stock rows for product ${f.productId} return a quantity of ${f.moved} (rows: ${f.rows}, first id: ${f.movementId}; ordered: ${f.quantity}, returned before: ${f.returned}).`,
          },
        ],
      },
    ],
  };
}
