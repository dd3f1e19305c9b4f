import { BY_ID, BY_REFERENCE, hasFields, json } from '../../audit/kind-proof.ts';
import { invalid, MAX_POINTS, MAX_QUANTITY, type Ref } from '../../input.ts';
import { either, phrase } from '../../phrase.ts';
import { type Cells, readChange, readRef, readStock } from './cells.ts';
import type { Kind } from './kind.ts';
import type { RestockOutcome } from './restock.ts';
import { findProduct, insufficientStock, NO_EFFECTS, refuse, stockAboveLimit } from './rules.ts';

/** An adjustment: `by` changes the stock by a number of units, and `to` sets it to a counted number. */
export type StockAdjustPayload = {
  readonly product: Ref;
  /** The expected stock. If the product has another stock, the adjustment is refused. */
  readonly expect?: number;
} & (
  | {
      /** The change of the stock; negative to subtract units, never 0. */
      readonly by: number;
    }
  | {
      /** The stock after the adjustment. */
      readonly to: number;
    }
);

/** The state of the product after the adjustment, and the change. */
export interface StockAdjustOutcome extends RestockOutcome {
  /** The stock before the adjustment. */
  readonly before: number;
  /** The change of the stock; 0 if a count has confirmed the stock. */
  readonly difference: number;
}

/** Corrects a product's stock by a signed number of units, or sets it to a counted number. */
export const stockAdjust: Kind<'stock-adjust', StockAdjustPayload, StockAdjustOutcome> = {
  name: 'stock-adjust',
  failureCode: 'ADJUST_FAILED',
  title: phrase('The adjustment'),
  hints: {
    INSUFFICIENT_STOCK: ({ shortages: [shortage] }) =>
      phrase`To set the stock to a counted value, run \`shop product adjust ${shortage?.productId} --to <stock> --reason <reason>\`.`,
  },
  reasonRequired: true,
  activity: { actions: [{ name: 'product adjust' }], subject: 'product', after: ['difference', 'stock'] },
  schema: ({ object, optional, union, ref, whole, change }) => {
    const fields = { product: ref, expect: optional(whole(MAX_POINTS, 0)) };
    return union([object({ ...fields, by: change(MAX_QUANTITY) }), object({ ...fields, to: whole(MAX_POINTS, 0) })]);
  },
  row: { required: [['product'], ['by', 'to']], optional: ['expect'], read: readRow },
  canonical: ({ product, expect = null, ...change }) => ['stock-adjust', product, change, expect],
  touches({ product }, { products }) {
    products.add(product);
  },
  decide(state, { product: ref, expect, ...change }, { maxPoints }) {
    const product = findProduct(state, ref);
    if (product === undefined) return refuse('INVALID_PRODUCT', { products: [ref] });
    const { id, reference, name, price, stock: before, retiredAt } = product;
    if (expect !== undefined && expect !== before) {
      return refuse('STOCK_CHANGED', { productId: id, expected: expect, stock: before });
    }
    const difference = 'by' in change ? change.by : change.to - before;
    const refused =
      insufficientStock([{ product, quantity: -difference }]) ?? stockAboveLimit(product, difference, maxPoints);
    if (refused !== null) return refused;
    const stock = before + difference;
    return {
      status: 'applied',
      details: { id, reference, name, price, stock, retired: retiredAt !== null, before, difference },
      effects: {
        ...NO_EFFECTS,
        stock: [{ productId: id, type: 'adjustment', quantity: difference, stockAfter: stock }],
      },
    };
  },
  prove: {
    ledger: null,
    stock: {
      type: 'adjustment',
      asRequested: `(${[BY_ID('p'), BY_REFERENCE('p')]
        .flatMap((product) => [
          hasFields('r.payload', { product, by: 'm.quantity' }),
          hasFields('r.payload', { product, to: 'm.stock_after' }),
        ])
        .join(' OR ')})
        AND COALESCE(${json('r.payload', 'expect')} = CONCAT(m.stock_after - m.quantity), TRUE)`,
      outcome: hasFields('o.details', {
        id: 'm.product_id',
        stock: 'm.stock_after',
        before: 'm.stock_after - m.quantity',
        difference: 'm.quantity',
      }),
    },
    order: false,
    outcome: null,
    rules: [],
    passes: [],
  },
};

function readRow(cells: Cells): StockAdjustPayload {
  const { by, to, expect } = cells;
  if (by === undefined && to === undefined) throw invalid(either(['by', 'to']), phrase('is missing'));
  if (by !== undefined && to !== undefined) throw invalid('to', phrase`can't be combined with ${'by'}`);
  const product = readRef('product', cells);
  const change = by === undefined ? { to: readStock('to', cells) } : { by: readChange('by', cells, MAX_QUANTITY) };
  if (expect === undefined) return { product, ...change };
  return { product, ...change, expect: readStock('expect', cells) };
}
