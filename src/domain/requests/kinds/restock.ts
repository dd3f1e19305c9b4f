import { BY_ID, BY_REFERENCE, hasFields } from '../../audit/kind-proof.ts';
import { MAX_QUANTITY, type Ref } from '../../input.ts';
import { phrase } from '../../phrase.ts';
import { readQuantity, readRef } from './cells.ts';
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
  activity: { actions: [{ name: 'product restock' }], subject: 'product', after: ['quantity', 'stock'] },
  schema: ({ object, ref, whole }) => object({ product: ref, quantity: whole(MAX_QUANTITY) }),
  row: {
    required: [['product'], ['quantity']],
    read: (cells) => ({ product: readRef('product', cells), quantity: readQuantity(cells) }),
  },
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
    stock: {
      type: 'restock',
      asRequested: `(${hasFields('r.payload', { product: BY_ID('p'), quantity: 'm.quantity' })}
        OR ${hasFields('r.payload', { product: BY_REFERENCE('p'), quantity: 'm.quantity' })})`,
      outcome: hasFields('o.details', { id: 'm.product_id', stock: 'm.stock_after' }),
    },
    order: false,
    outcome: null,
    rules: [],
    passes: [],
  },
};
