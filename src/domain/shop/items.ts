import type { Session } from '../../db/mysql/connection.ts';
import { ShopError } from '../errors.ts';
import type { Item, Ref } from '../input.ts';
import { sumUnits, type Units } from '../requests/kinds/rules.ts';
import { resolveReferences } from './references.ts';

/**
 * Reads the products that items name by id or reference. Each product is returned once, with the sum of its quantities, in the
 * order in which the products were first named.
 *
 * @param select SQL that reads the products whose ids are in `IN (?)`. It also determines which locks are taken, and in which
 *   order.
 * @throws ShopError `INVALID_PRODUCT` with all products that do not exist.
 */
export async function readUnits<Product extends { readonly id: number }>(
  session: Session,
  items: readonly Item[],
  select: string,
): Promise<readonly Units<Product>[]> {
  const references = await resolveReferences(session, 'products', new Set(items.map(({ product }) => product)));
  const idOf = (ref: Ref) => (typeof ref === 'number' ? ref : references.get(ref.slice(1)));
  const ids = new Set(items.flatMap(({ product }) => idOf(product) ?? []));
  const rows = ids.size === 0 ? [] : await session.query<Product>(select, [[...ids]]);
  const products = new Map(rows.map((row) => [row.id, row]));
  const { lines, missing } = sumUnits(items, (ref) => products.get(idOf(ref) ?? 0));
  if (missing.length > 0) throw new ShopError('INVALID_PRODUCT', { products: missing });
  return lines;
}
