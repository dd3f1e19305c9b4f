import { WHOLE } from '../../audit/check.ts';
import { BY_ID, BY_REFERENCE, hasFields, json, type KindProof, ledgerAsRequested } from '../../audit/kind-proof.ts';
import { type Item, MAX_ORDER_LINES, MAX_POINTS, MAX_QUANTITY, type Ref } from '../../input.ts';
import { phrase } from '../../phrase.ts';
import { readItems, readRef } from './cells.ts';
import type { Kind } from './kind.ts';
import {
  blockedUser,
  findProduct,
  findUser,
  insufficientPoints,
  insufficientStock,
  NO_EFFECTS,
  refuse,
  retiredProducts,
  shortagesOf,
  sumUnits,
  totalOf,
  type Units,
} from './rules.ts';
import type { CartState, ProductState } from './state.ts';

export interface OrderPayload {
  readonly user: Ref;
  readonly items: readonly Item[];
  /** The id of the cart to check out. The transaction that applies the order also removes the items from the cart. */
  readonly cart?: number;
}

/** The outcome of an order, and of its cancel. */
export interface OrderOutcome {
  readonly userId: number;
  /** The points that were paid or refunded. */
  readonly total: number;
  /** The balance after the payment or the refund. */
  readonly balance: number;
  readonly orderId: number;
  readonly transactionId: number;
  /**
   * The names of the products when the order was decided, in the order of the lines. Outcomes stored by an early version of 0.2
   * have no names.
   */
  readonly names?: readonly string[];
}

/** Places an order with all of its lines, its payment and its stock rows, or refuses the whole order. */
export const order: Kind<'order', OrderPayload, OrderOutcome> = {
  name: 'order',
  failureCode: 'PAYMENT_FAILED',
  title: phrase('The payment'),
  activity: {
    actions: [
      { name: 'order place', when: "JSON_EXTRACT(r.payload, '$.cart') IS NULL" },
      { name: 'cart checkout', when: "JSON_EXTRACT(r.payload, '$.cart') IS NOT NULL" },
    ],
    subject: 'user',
    after: ['orderId', 'total', 'balance'],
  },
  schema: ({ object, list, optional, ref, whole }) =>
    object({
      user: ref,
      items: list(object({ product: ref, quantity: whole(MAX_QUANTITY) }), MAX_ORDER_LINES),
      cart: optional(whole(MAX_POINTS)),
    }),
  row: {
    required: [['user'], ['items']],
    read: (cells) => ({ user: readRef('user', cells), items: readItems(cells) }),
  },
  canonical({ user, items, cart }) {
    if (cart !== undefined) return canonicalCheckout(user);
    return ['order', user, items.map(({ product, quantity }) => `${product}:${quantity}`).sort()];
  },
  touches({ user, items, cart }, { users, products, carts }) {
    users.add(user);
    for (const { product } of items) products.add(product);
    if (cart !== undefined) carts.add(cart);
  },
  size: ({ items }) => items.length,
  decide(state, { user: ref, items, cart: cartId }, { maxQuantity }) {
    const user = findUser(state, ref);
    if (user === undefined) return refuse('INVALID_USER', { user: ref });
    const blocked = blockedUser(user);
    if (blocked !== null) return blocked;
    const cart = cartId === undefined ? undefined : state.carts.get(cartId);
    if (cartId !== undefined && cart?.userId !== user.id) {
      return refuse('INVALID_CART', { user: user.id, cart: cartId });
    }

    const { lines, missing } = sumUnits(items, (product) => findProduct(state, product));
    if (missing.length > 0) return refuse('INVALID_PRODUCT', { products: missing });
    const retired = retiredProducts(lines);
    if (retired !== null) return retired;

    const notInCart = cart === undefined ? [] : shortagesOf(lines, ({ id }) => cart.lines.get(id) ?? 0);
    if (notInCart.length > 0) return refuse('INSUFFICIENT_CART_QUANTITY', { userId: user.id, shortages: notInCart });

    const tooMany = lines.find(({ quantity }) => quantity > maxQuantity);
    if (tooMany !== undefined) {
      const what = `quantity of product ${tooMany.product.id}`;
      return refuse('LIMIT_EXCEEDED', { what, value: tooMany.quantity, maximum: maxQuantity });
    }

    const total = totalOf(lines);
    const insufficient = insufficientPoints(user, total) ?? insufficientStock(lines);
    if (insufficient !== null) return insufficient;

    const paid = Number(total);
    const balanceAfter = user.balance - paid;
    return {
      status: 'applied',
      details: {
        userId: user.id,
        total: paid,
        balance: balanceAfter,
        names: lines.map(({ product }) => product.name),
      },
      effects: {
        ...NO_EFFECTS,
        ledger: { userId: user.id, type: 'payment', amount: -paid, balanceAfter },
        stock: lines.map(({ product, quantity }) => ({
          productId: product.id,
          type: 'sale',
          quantity: -quantity,
          stockAfter: product.stock - quantity,
        })),
        order: {
          userId: user.id,
          total: paid,
          lines: lines.map(({ product, quantity }) => ({
            productId: product.id,
            quantity,
            unitPrice: product.price,
            returned: 0,
          })),
        },
        cart: cart === undefined ? null : { id: cart.id, left: leftInCart(cart, lines) },
      },
    };
  },
  prove: proof(),
};

/**
 * The canonical content of a checkout. It does not depend on the cart's content. So a repeated checkout with the same key
 * returns the first outcome, even if the cart has changed since.
 */
export function canonicalCheckout(user: Ref): readonly unknown[] {
  return ['checkout', user];
}

function leftInCart(cart: CartState, lines: readonly Units<ProductState>[]): Map<number, number> {
  return new Map(lines.map(({ product, quantity }) => [product.id, (cart.lines.get(product.id) ?? 0) - quantity]));
}

/** Creates the checks for all effects of an applied order: payment, lines and sales. */
function proof(): KindProof {
  /**
   * Returns SQL for the exact sum of `units` × price over an order's lines, to show the sum in a fault. The sums in `l` are
   * doubles, which are inexact above 2^53.
   */
  const linesSum = (units: string) =>
    `COALESCE((SELECT SUM(named.${units} * named.unit_price) FROM order_lines named WHERE named.order_id = p.id), 0)`;
  /**
   * SQL for the number of items in an order's payload: the number of times that the text `"quantity"` occurs. Only a field's
   * name can be this text, because references can't contain quotes.
   */
  const itemCount = `(LENGTH(r.payload) - LENGTH(REPLACE(r.payload, '"quantity"', ''))) DIV 10`;
  const itemTable = `JSON_TABLE(r.payload, '$.items[*]'
    COLUMNS (product VARCHAR(100) PATH '$.product', quantity BIGINT PATH '$.quantity')) i`;
  /** Formats a line in the same way as this program writes an item in a payload. */
  const asItem = (product: string) => `CONCAT('{"product":', ${product}, ',"quantity":', l.quantity, '}')`;
  /**
   * Returns a condition that is true if the payload lacks the item. The condition searches bytes, which is faster than a search
   * by characters.
   */
  const unlike = (item: string) => `LOCATE(CAST(${item} AS BINARY), CAST(r.payload AS BINARY)) = 0`;
  const asked = `(SELECT SUM(i.quantity) FROM ${itemTable}
  WHERE i.product IN (CONCAT(product.id), CONCAT('@', product.reference)))`;
  const paid = "r.kind = 'order' AND t.type = 'payment' AND p.id IS NOT NULL";
  return {
    ledger: 'payment',
    stock: null,
    order: true,
    outcome: hasFields(
      'o.details',
      {
        userId: 't.user_id',
        total: 'SUBSTRING(t.amount, 2)',
        balance: 't.balance_after',
        orderId: 'r.id',
        transactionId: 't.id',
      },
      'names',
    ),
    rules: [
      {
        check: 'payments',
        when: `${paid} AND (t.amount <> -p.total OR t.user_id <> p.user_id OR NOT (t.order_id <=> p.id))`,
        names: `p.id AS orderId, p.user_id AS userId, p.total, t.id AS transactionId, t.amount,
          t.user_id AS transactionUserId, t.order_id AS transactionOrderId`,
        describe: (f) =>
          phrase`Order ${f.orderId} of user ${f.userId} has a total of ${f.total}, but its ledger row ${f.transactionId} has user ${f.transactionUserId}, order ${f.transactionOrderId}, amount ${f.amount}.`,
      },
      {
        check: 'order-totals',
        when: 'p.id IS NOT NULL AND p.total <> COALESCE(l.total, 0)',
        names: `p.id AS orderId, p.total, COALESCE(l.lines_count, 0) AS 'lines', ${linesSum('quantity')} AS linesTotal`,
        describe: (f) =>
          f.lines === 0
            ? phrase`Order ${f.orderId} has a total of ${f.total}, but no lines.`
            : phrase`Order ${f.orderId} has a total of ${f.total}, but its lines add up to ${f.linesTotal}.`,
      },
      {
        check: 'refunds',
        when: 'p.id IS NOT NULL AND p.refunded <> COALESCE(l.refunded, 0)',
        names: `p.id AS orderId, p.refunded, ${linesSum('returned')} AS linesRefunded`,
        describe: (f) =>
          phrase`Order ${f.orderId} records a refund of ${f.refunded}, but the price of the returned units in its lines adds up to ${f.linesRefunded}.`,
      },
      ledgerAsRequested(`${paid} AND u.id IS NOT NULL
        AND NOT (LEFT(r.payload, 8) = '{"user":'
          AND SUBSTRING_INDEX(SUBSTRING(r.payload, 9), ',', 1) IN (CONCAT(${BY_ID('u')}), ${BY_REFERENCE('u')}))
        AND NOT COALESCE(${json('r.payload', 'user')} IN (CONCAT(${BY_ID('u')}), ${BY_REFERENCE('u')}), FALSE)`),
      {
        // the last pass below checks that the payload contains each line; so if the numbers of items and lines are equal, no
        // item lacks a line
        check: 'requests',
        when: `p.id IS NOT NULL AND r.kind = 'order' AND ${itemCount} <> COALESCE(l.lines_count, 0)
          AND NOT COALESCE((SELECT SUM(i.quantity) FROM ${itemTable}) = l.units, FALSE)`,
        names: `r.id AS requestId, p.id AS orderId, ${itemCount} AS items, COALESCE(l.lines_count, 0) AS 'lines',
          (SELECT SUM(i.quantity) FROM ${itemTable}) AS asked, COALESCE(l.units, 0) AS ordered`,
        describe: (f) =>
          phrase`Request ${f.requestId} and order ${f.orderId} differ (requested units: ${f.asked}, ordered: ${f.ordered}; requested items: ${f.items}, lines: ${f.lines}).`,
      },
    ],
    passes: [
      {
        from: `order_lines l ${WHOLE}
      LEFT JOIN stock_movements m ${WHOLE} ON m.request_id = l.order_id AND m.product_id = l.product_id AND m.type = 'sale'`,
        rules: [
          {
            check: 'sales',
            when: 'm.id IS NULL',
            names:
              'l.order_id AS orderId, l.product_id AS productId, l.quantity, m.id AS movementId, m.quantity AS moved',
            describe: (f) =>
              phrase`Order ${f.orderId} contains product ${f.productId} (quantity ${f.quantity}), but has no stock row for the sale.`,
          },
          {
            check: 'sales',
            when: 'm.quantity <> -l.quantity',
            names:
              'l.order_id AS orderId, l.product_id AS productId, l.quantity, m.id AS movementId, m.quantity AS moved',
            describe: (f) =>
              phrase`Order ${f.orderId} contains product ${f.productId} (quantity ${f.quantity}), but its stock row ${f.movementId} has the quantity ${f.moved}.`,
          },
        ],
        met: [
          {
            // a line with two stock rows occurs twice in the join, so the count is higher than the number of lines; the
            // first rule of this pass finds a line without a stock row
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
                  describe: (f) =>
                    phrase`Order ${f.orderId} has ${f.rows} stock rows for the sale of product ${f.productId} instead of one (first id: ${f.movementId}).`,
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
                  describe: (f) =>
                    f.orderId === null
                      ? phrase`Stock row ${f.movementId} is a sale of product ${f.productId} for request ${f.requestId}, but that request has no order.`
                      : phrase`Stock row ${f.movementId} is a sale of product ${f.productId} for request ${f.requestId}, but order ${f.orderId} does not contain that product.`,
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
          AND ${unlike(asItem(BY_ID('product')))} AND ${unlike(asItem(BY_REFERENCE('product')))}
          AND NOT COALESCE(${asked} = l.quantity, FALSE)`,
            names: `r.id AS requestId, l.order_id AS orderId, l.product_id AS productId, COALESCE(${asked}, 0) AS asked, l.quantity AS ordered`,
            describe: (f) =>
              phrase`Request ${f.requestId} contains product ${f.productId} with the quantity ${f.asked}, but order ${f.orderId} has the quantity ${f.ordered}.`,
          },
        ],
      },
    ],
  };
}
