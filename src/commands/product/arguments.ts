import type { ArgumentSpec } from '../../cli/command.ts';
import { parseRef } from '../../domain/input.ts';

/** The argument for a product. */
export const PRODUCT_ARGUMENT = {
  name: 'product',
  description: "the product's id, or @reference",
  values: 'product',
  parse: (text) => parseRef('product', text),
  ask: async (context) => (await import('./pick.ts')).pickProduct(context),
} satisfies ArgumentSpec;
