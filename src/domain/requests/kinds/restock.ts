import { WHOLE } from '../../audit/check.ts';
import { BY_ID, BY_REFERENCE, hasFields } from '../../audit/kind-proof.ts';
import { MAX_QUANTITY, type Ref } from '../../input.ts';
import { phrase } from '../../phrase.ts';
import type { Kind } from './kind.ts';
import { findProduct, NO_EFFECTS, refuse, stockAboveLimit } from './rules.ts';

export interface RestockPayload {
  readonly product: Ref;
  readonly quantity: number;
}

/** The state of the product after the restock. */
export interface RestockOutcome {
  readonly id: number;
  readonly reference: string | null;
  readonly name: string;
  readonly price: number;
  /** The stock after the restock. */
  readonly stock: number;
  readonly retired: boolean;
}

/** Adds units to a product's stock. */
export const restock: Kind<'restock', RestockPayload, RestockOutcome> = {
  name: 'restock',
  failureCode: 'RESTOCK_FAILED',
  title: phrase('The restock'),
  schema: ({ object, ref, whole }) => object({ product: ref, quantity: whole(MAX_QUANTITY) }),
  canonical: ({ product, quantity }) => ['restock', product, quantity],
  touches({ product }, { products }) {
    products.add(product);
  },
  decide(state, { product: ref, quantity }, { maxPoints }) {
    const product = findProduct(state, ref);
    if (product === undefined) return refuse('INVALID_PRODUCT', { products: [ref] });
    const aboveLimit = stockAboveLimit(product, quantity, maxPoints);
    if (aboveLimit !== null) return aboveLimit;
    const stockAfter = product.stock + quantity;
    const { id, reference, name, price, retiredAt } = product;
    return {
      status: 'applied',
      details: { id, reference, name, price, stock: stockAfter, retired: retiredAt !== null },
      effects: { ...NO_EFFECTS, stock: [{ productId: id, type: 'restock', quantity, stockAfter }] },
    };
  },
  prove: {
    ledger: null,
    order: false,
    outcome: null,
    rules: [],
    passes: [
      {
        // few requests are restocks, but without this hint a server may read all outcomes
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
            describe: (f) =>
              f.movementId === null
                ? phrase`Request ${f.requestId} is an applied restock but has no stock row.`
                : phrase`Request ${f.requestId} is an applied restock but has ${f.rows} stock rows, the first with the id ${f.movementId}.`,
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
            names:
              "m.id AS movementId, m.type, m.request_id AS requestId, r.kind, COALESCE(o.status, 'pending') AS status",
            describe: (f) =>
              phrase`Stock row ${f.movementId} is of type ${f.type} and of request ${f.requestId}, which is ${f.kind === null ? phrase('missing') : phrase`a ${f.status} ${f.kind}`}.`,
          },
          {
            // if a request restocked two products, one of them differs from the request
            check: 'requests',
            when: `r.kind = 'restock' AND p.id IS NOT NULL
              AND NOT ${hasFields('r.payload', { product: BY_ID('p'), quantity: 'm.quantity' })}
              AND NOT ${hasFields('r.payload', { product: BY_REFERENCE('p'), quantity: 'm.quantity' })}`,
            names: `r.id AS requestId, r.payload AS asked, m.id AS movementId, m.product_id AS productId, m.quantity`,
            describe: (f) =>
              phrase`Request ${f.requestId} is for the restock ${f.asked}; stock row ${f.movementId} has product ${f.productId}, quantity ${f.quantity}.`,
          },
          {
            check: 'outcome-details',
            when: `r.kind = 'restock' AND o.status = 'applied'
              AND NOT ${hasFields('o.details', { id: 'm.product_id', stock: 'm.stock_after' })}`,
            names: `r.id AS requestId, o.details AS said, m.id AS movementId, m.product_id AS productId, m.stock_after AS stock`,
            describe: (f) =>
              phrase`The outcome of request ${f.requestId} says ${f.said}; stock row ${f.movementId} has product ${f.productId}, stock ${f.stock}.`,
          },
        ],
      },
    ],
  },
};
