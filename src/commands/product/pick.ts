import type { Context } from '../../cli/context.ts';
import { type Column, columns } from '../../cli/output/view.ts';
import { REFERENCE, searchOffer } from '../../cli/prompts/search.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import { type FoundProduct, searchProducts } from '../../domain/shop/search.ts';

/** The columns of products in the prompt. */
const COLUMNS: readonly Column<FoundProduct>[] = [
  ...columns<FoundProduct>({ id: 'identifier' }),
  REFERENCE,
  ...columns<FoundProduct>({ price: 'amount', stock: 'count' }),
  { name: 'retired', value: ({ retiredAt }) => retiredAt !== null, kind: 'flag' },
  ...columns<FoundProduct>({ name: 'text' }),
];

/** The explanation in the prompt for a product. */
export const PRODUCT_HINT = phrase('id, @reference or part of the name');

/** The products that a prompt offers. */
interface OfferedProducts {
  /** Undefined stands for all products. */
  readonly retired?: boolean;
  readonly noneYet: Phrase;
  readonly notFound: Phrase;
}

export const ALL_PRODUCTS: OfferedProducts = {
  noneYet: phrase('There are no products yet.'),
  notFound: phrase('No product matches this name, id or @reference.'),
};

export const PRODUCTS_ON_SALE: OfferedProducts = {
  retired: false,
  noneYet: phrase('There are no products on sale.'),
  notFound: phrase('No product on sale matches this name, id or @reference.'),
};

export const RETIRED_PRODUCTS: OfferedProducts = {
  retired: true,
  noneYet: phrase('There are no retired products.'),
  notFound: phrase('No retired product matches this name, id or @reference.'),
};

/** Searches products by the typed text and offers them. */
export async function productOffer(
  context: Context,
  { retired, noneYet, notFound }: OfferedProducts,
  typed: string,
  signal: AbortSignal,
) {
  const session = await context.session();
  const search = (text: string, stop: AbortSignal) => searchProducts(session, text, { signal: stop, retired });
  const spec = { kind: 'product', columns: COLUMNS, search, noneYet, notFound } as const;
  return searchOffer(spec, typed, signal, context);
}

/** Prompts for a product by a part of the name, the id or @reference, and returns its id. @throws Interrupted */
export async function pickProduct(context: Context, products: OfferedProducts): Promise<readonly string[]> {
  // fails before the prompt if there is no database
  await context.session();
  const { id } = await context.prompter.choose(
    'product',
    (typed, signal) => productOffer(context, products, typed, signal),
    phrase`product (${PRODUCT_HINT})`,
  );
  return [String(id)];
}
