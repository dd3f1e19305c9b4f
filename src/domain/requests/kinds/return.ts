import { WHOLE } from '../../audit/check.ts';
import { hasFields, type KindProof, ledgerAsRequested } from '../../audit/kind-proof.ts';
import { type Item, MAX_ORDER_LINES, MAX_POINTS, MAX_QUANTITY } from '../../input.ts';
import { phrase } from '../../phrase.ts';
import { readFlag, readItems, readOrderId } from './cells.ts';
import type { Kind } from './kind.ts';
import type { OrderOutcome } from './order.ts';
import { insufficientOrderQuantity, isReturnable, isStock, refundUnits } from './refund.ts';
import { REFUNDS, RETURN_ROWS, RETURNED_ITEMS } from './refund-rows.ts';
import { findProduct, refuse, sumUnits } from './rules.ts';

export interface ReturnPayload {
  readonly order: number;
  readonly items: readonly Item[];
  /** False if the units do not go back to stock. */
  readonly restock: boolean;
}

export interface ReturnOutcome extends Omit<OrderOutcome, 'total'> {
  /** The points that this return refunded. */
  readonly refund: number;
  /**
   * The units of each line that were returned by this and earlier returns, in the order of the lines. Later returns do not
   * change them.
   */
  readonly returned: readonly number[];
}

/** Returns some units of an order: refunds them at the price paid, and adds them to the stock if `restock` is true. */
export const returnKind: Kind<'return', ReturnPayload, ReturnOutcome> = {
  name: 'return',
  failureCode: 'RETURN_FAILED',
  title: phrase('The return'),
  activity: { actions: [{ name: 'order return' }], subject: 'order', after: ['refund', 'balance'] },
  hints: {
    LIMIT_EXCEEDED: ({ what }) =>
      isStock(what)
        ? phrase('To return the units without adding them to the stock, add `--no-restock`.')
        : phrase(
            'Return fewer units, or lower the balance with `shop balance adjust <user> --by -<points> --reason <reason>`.',
          ),
  },
  schema: ({ flag, list, object, ref, whole }) =>
    object({
      order: whole(MAX_POINTS),
      items: list(object({ product: ref, quantity: whole(MAX_QUANTITY) }), MAX_ORDER_LINES),
      restock: flag,
    }),
  row: {
    required: [['order'], ['items']],
    optional: ['restock'],
    read: (cells) => ({
      order: readOrderId(cells),
      items: readItems(cells),
      restock: readFlag('restock', cells, true),
    }),
  },
  canonical: ({ order, items, restock }) => [
    'return',
    order,
    items.map(({ product, quantity }) => `${product}:${quantity}`).sort(),
    restock,
  ],
  touches({ order, items }, { orders, products }) {
    orders.add(order);
    for (const { product } of items) products.add(product);
  },
  size: ({ order, items }, linesOf) => linesOf.get(order) ?? items.length,
  decide(state, { order: id, items, restock }, { maxPoints }) {
    const order = state.orders.get(id);
    const user = order === undefined ? undefined : state.users.get(order.userId);
    if (order === undefined || user === undefined) return refuse('INVALID_ORDER', { order: id });
    if (!isReturnable(order)) return refuse('ORDER_NOT_RETURNABLE', { orderId: id, status: order.status });

    const { lines, missing } = sumUnits(items, (product) => findProduct(state, product));
    if (missing.length > 0) return refuse('INVALID_PRODUCT', { products: missing });

    const insufficient = insufficientOrderQuantity(id, lines, order.lines);
    if (insufficient !== null) return insufficient;

    const units = new Map(lines.map(({ product, quantity }) => [product.id, quantity]));
    const refund = refundUnits(state, { order, user, units, finalStatus: 'returned', restock }, maxPoints);
    if ('status' in refund) return refund;
    const { amount, balanceAfter, order: after, names, effects } = refund;
    return {
      status: 'applied',
      details: {
        orderId: id,
        userId: user.id,
        refund: amount,
        balance: balanceAfter,
        returned: after.lines.map(({ returned }) => returned),
        names,
      },
      effects,
    };
  },
  prove: proof(),
};

/** Creates the checks for the effects of applied returns: the refund, the returned units of each line, and the stock rows. */
function proof(): KindProof {
  /** SQL for the returned units of the order line `i` in the outcome `o`. */
  const recorded = "CAST(JSON_EXTRACT(o.details, CONCAT('$.returned[', i.position, ']')) AS CHAR)";
  return {
    ledger: 'refund',
    stock: null,
    order: false,
    outcome: hasFields(
      'o.details',
      {
        orderId: 't.order_id',
        userId: 't.user_id',
        refund: 't.amount',
        balance: 't.balance_after',
        transactionId: 't.id',
      },
      'returned',
    ),
    rules: [
      ledgerAsRequested(`r.kind = 'return' AND t.type = 'refund'
        AND NOT ${hasFields('r.payload', { order: "COALESCE(t.order_id, 'null')" }, 'items')}`),
    ],
    passes: [
      {
        from: `(SELECT * FROM orders WHERE status <> 'placed') o
      JOIN order_lines l ON l.order_id = o.id
      LEFT JOIN (
        SELECT order_id, product_id, SUM(quantity) AS quantity FROM ${RETURNED_ITEMS} i GROUP BY order_id, product_id
      ) i ON i.order_id = l.order_id AND i.product_id = l.product_id`,
        rules: [
          {
            check: 'returns',
            when: `COALESCE(i.quantity, 0) > l.quantity
          OR l.returned <> IF(o.status = 'cancelled', l.quantity, COALESCE(i.quantity, 0))`,
            names: `l.order_id AS orderId, l.product_id AS productId, l.quantity, l.returned, COALESCE(i.quantity, 0) AS asked, o.status`,
            describe: (f) =>
              f.status === 'cancelled' && f.returned !== f.quantity
                ? phrase`Order ${f.orderId} is cancelled, but only ${f.returned} of its ${f.quantity} units of product ${f.productId} are recorded as returned.`
                : phrase`Order ${f.orderId} is ${f.status} and records ${f.returned} of ${f.quantity} units of product ${f.productId} as returned, but its return requests add up to ${f.asked}.`,
          },
        ],
      },
      {
        from: `${RETURNED_ITEMS} i
      LEFT JOIN order_lines l ON l.order_id = i.order_id AND l.product_id = i.product_id
      LEFT JOIN ${RETURN_ROWS} m ON m.request_id = i.request_id AND m.product_id = i.product_id`,
        rules: [
          {
            check: 'returns',
            when: 'l.order_id IS NULL',
            names: 'i.request_id AS requestId, i.product_id AS productId, i.order_id AS orderId, i.quantity',
            describe: (f) =>
              phrase`Request ${f.requestId} returns product ${f.productId} (quantity ${f.quantity}), but order ${f.orderId} does not contain that product.`,
          },
          {
            check: 'returns',
            when: `NOT COALESCE(IF(i.restock = 'true', m.return_rows = 1 AND m.quantity = i.quantity, m.id IS NULL), FALSE)`,
            names: `i.request_id AS requestId, i.product_id AS productId, i.quantity, i.restock, m.id AS movementId,
          COALESCE(m.return_rows, 0) AS 'rows', m.quantity AS moved`,
            describe: (f) =>
              f.movementId === null
                ? phrase`Request ${f.requestId} returns product ${f.productId} (quantity ${f.quantity}) to the stock, but has no stock row.`
                : phrase`Request ${f.requestId} returns product ${f.productId} (quantity ${f.quantity}, ${f.restock === 'true' ? phrase('with restocking') : phrase('without restocking')}), but its stock rows return a quantity of ${f.moved} (rows: ${f.rows}, first id: ${f.movementId}).`,
          },
        ],
      },
      {
        from: `(SELECT * FROM stock_movements ${WHOLE} WHERE type = 'return') m
      JOIN requests r ON r.id = m.request_id AND r.kind = 'return'
      LEFT JOIN ${RETURNED_ITEMS} i ON i.request_id = m.request_id AND i.product_id = m.product_id`,
        rules: [
          {
            check: 'returns',
            when: 'i.request_id IS NULL',
            names: 'm.id AS movementId, m.product_id AS productId, m.quantity, m.request_id AS requestId',
            describe: (f) =>
              phrase`Stock row ${f.movementId} returns product ${f.productId} (quantity ${f.quantity}) for request ${f.requestId}, but that request does not return that product.`,
          },
        ],
      },
      {
        from: `${REFUNDS} t
      JOIN requests r ON r.id = t.request_id AND r.kind = 'return'
      LEFT JOIN (
        SELECT i.request_id, SUM(i.quantity * l.unit_price) AS amount
        FROM ${RETURNED_ITEMS} i JOIN order_lines l ON l.order_id = i.order_id AND l.product_id = i.product_id
        GROUP BY i.request_id
      ) i ON i.request_id = t.request_id`,
        rules: [
          {
            check: 'returns',
            when: 't.amount <> COALESCE(i.amount, 0)',
            names: `t.request_id AS requestId, t.id AS transactionId, t.amount, COALESCE(i.amount, 0) AS paid`,
            describe: (f) =>
              phrase`Request ${f.requestId} returns units for which ${f.paid} points were paid, but its ledger row ${f.transactionId} refunds ${f.amount}.`,
          },
        ],
      },
      {
        // units are added up in the order of the ledger's ids, because the returns were applied in that order
        from: `(
        SELECT t.request_id, l.product_id, l.position,
          SUM(COALESCE(i.quantity, 0)) OVER (PARTITION BY t.order_id, l.product_id ORDER BY t.id) AS quantity,
          COUNT(*) OVER (PARTITION BY t.request_id) AS lines_count
        FROM ${REFUNDS} t
        JOIN requests r ON r.id = t.request_id AND r.kind = 'return'
        JOIN order_lines l ON l.order_id = t.order_id
        LEFT JOIN ${RETURNED_ITEMS} i ON i.request_id = t.request_id AND i.product_id = l.product_id
      ) i
      JOIN (
        SELECT request_id, IF(JSON_VALID(details), details, '{}') AS details FROM outcomes
      ) o ON o.request_id = i.request_id`,
        rules: [
          {
            check: 'outcome-details',
            when: `NOT COALESCE(JSON_LENGTH(o.details, '$.returned') = i.lines_count
              AND ${recorded} = CONCAT(i.quantity), FALSE)`,
            names: `i.request_id AS requestId, i.product_id AS productId, i.quantity AS returned, ${recorded} AS recorded`,
            describe: (f) =>
              f.recorded === null
                ? phrase`The outcome of request ${f.requestId} does not record the returned units of product ${f.productId} (returned up to this request: ${f.returned}).`
                : phrase`The outcome of request ${f.requestId} records ${f.recorded} returned units of product ${f.productId} (returned up to this request: ${f.returned}).`,
          },
        ],
      },
    ],
  };
}
