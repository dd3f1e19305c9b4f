import type { Session } from '../db/connection.ts';
import { exact, shortagesOf, sumUnits } from './decide.ts';
import { ShopError, type Shortage } from './errors.ts';
import type { Item, Ref } from './input.ts';
import { resolveReferences } from './lock-state.ts';
import { readBalance } from './point.ts';
import type { FoundProduct } from './search.ts';

/** A line of an order that has not been sent, at the product's price of now. */
export interface PreviewLine {
  readonly productId: number;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: number;
  /** quantity × unitPrice; a string of digits beyond 2^53 − 1. */
  readonly amount: number | string;
}

/** An order as it would be, were it decided now. */
export interface OrderPreview {
  readonly userId: number;
  readonly user: string;
  readonly total: number | string;
  /** The user's points, before it. */
  readonly balance: number;
  readonly lines: readonly PreviewLine[];
  /** Why it would be refused, were it decided now. */
  readonly obstacle: ShopError | null;
}

/**
 * What an order would come to. Nothing is locked: price, stock and balance may be others when it is decided.
 *
 * @throws ShopError `INVALID_USER`, `INVALID_PRODUCT`
 */
export async function previewOrder(session: Session, user: Ref, items: readonly Item[]): Promise<OrderPreview> {
  const { userId, name, balance } = await readBalance(session, user);
  const lines = await readUnits(session, items);
  const amounts = lines.map(({ product, quantity }) => BigInt(product.price) * BigInt(quantity));
  const total = amounts.reduce((sum, amount) => sum + amount, 0n);
  const shortages: readonly Shortage[] = shortagesOf(lines, ({ stock }) => stock);
  const obstacle =
    total > BigInt(balance)
      ? new ShopError('INSUFFICIENT_POINTS', { userId, balance, total: exact(total) })
      : shortages.length > 0
        ? new ShopError('INSUFFICIENT_STOCK', { shortages })
        : null;
  return {
    userId,
    user: name,
    total: exact(total),
    balance,
    lines: lines.map(({ product, quantity }, index) => ({
      productId: product.id,
      name: product.name,
      quantity,
      unitPrice: product.price,
      amount: exact(amounts[index] ?? 0n),
    })),
    obstacle,
  };
}

/** A product as it is now. @throws ShopError `INVALID_PRODUCT` */
export async function previewProduct(session: Session, product: Ref): Promise<FoundProduct> {
  const [line] = await readUnits(session, [{ product, quantity: 1 }]);
  if (line === undefined) throw new Error(`product ${product} was neither found nor missing`);
  return line.product;
}

async function readUnits(session: Session, items: readonly Item[]) {
  const references = await resolveReferences(session, 'products', new Set(items.map(({ product }) => product)));
  const idOf = (ref: Ref) => (typeof ref === 'number' ? ref : references.get(ref.slice(1)));
  const ids = new Set(items.flatMap(({ product }) => idOf(product) ?? []));
  const rows =
    ids.size === 0
      ? []
      : await session.query<FoundProduct>('SELECT id, reference, name, price, stock FROM products WHERE id IN (?)', [
          [...ids],
        ]);
  const products = new Map(rows.map((row) => [row.id, row]));
  const { lines, missing } = sumUnits(items, (ref) => products.get(idOf(ref) ?? 0));
  if (missing.length > 0) throw new ShopError('INVALID_PRODUCT', { products: missing });
  return lines;
}
