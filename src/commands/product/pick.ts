import type { Context } from '../../cli/context.ts';
import { type Column, columns } from '../../cli/output/view.ts';
import { REFERENCE, searchOffer } from '../../cli/prompts/search.ts';
import { phrase } from '../../domain/phrase.ts';
import { type FoundProduct, searchProducts } from '../../domain/shop/search.ts';

/** How products are listed to choose from. */
const COLUMNS: readonly Column<FoundProduct>[] = [
  ...columns<FoundProduct>({ id: 'identifier' }),
  REFERENCE,
  ...columns<FoundProduct>({ price: 'amount', stock: 'count', name: 'text' }),
];

/** What the question for a product says beside what it is for. */
export const PRODUCT_HINT = phrase('part of the name, id or @reference');

/** Products that are found by what is typed, to choose from. */
export async function productOffer(context: Context, typed: string, signal: AbortSignal) {
  const session = await context.session();
  const search = (text: string, stop: AbortSignal) => searchProducts(session, text, stop);
  const spec = {
    kind: 'product',
    columns: COLUMNS,
    search,
    noneYet: phrase('There are no products yet.'),
    notFound: phrase('No product has that in the name, as id or as @reference.'),
  } as const;
  return searchOffer(spec, typed, signal, context.language);
}

/** Asks for a product, by a part of the name, the id or @reference; answers the id. @throws Interrupted */
export async function pickProduct(context: Context): Promise<readonly string[]> {
  // where there is no database, nothing is asked
  await context.session();
  const { id } = await context.prompter.choose(
    'product',
    (typed, signal) => productOffer(context, typed, signal),
    phrase`product (${PRODUCT_HINT})`,
  );
  return [String(id)];
}
