import type { ArgumentSpec } from '../../cli/command.ts';
import { parseRef } from '../../domain/input.ts';

const NAMED = {
  name: 'product',
  description: "the product's id, or @reference",
  parse: (text: string) => parseRef('product', text),
} as const;

/** The argument for a product. The prompt offers all products. */
export const PRODUCT_ARGUMENT = {
  ...NAMED,
  values: 'product',
  ask: async (context) => {
    const { ALL_PRODUCTS, pickProduct } = await import('./pick.ts');
    return pickProduct(context, ALL_PRODUCTS);
  },
} satisfies ArgumentSpec;

/** The argument for a product to retire. The prompt offers products on sale. */
export const PRODUCT_ON_SALE_ARGUMENT = {
  ...NAMED,
  values: 'product-on-sale',
  ask: async (context) => {
    const { pickProduct, PRODUCTS_ON_SALE } = await import('./pick.ts');
    return pickProduct(context, PRODUCTS_ON_SALE);
  },
} satisfies ArgumentSpec;

/** The argument for a product to restore. The prompt offers retired products. */
export const RETIRED_PRODUCT_ARGUMENT = {
  ...NAMED,
  values: 'retired-product',
  ask: async (context) => {
    const { pickProduct, RETIRED_PRODUCTS } = await import('./pick.ts');
    return pickProduct(context, RETIRED_PRODUCTS);
  },
} satisfies ArgumentSpec;
