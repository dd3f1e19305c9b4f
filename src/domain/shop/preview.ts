import type { Session } from '../../db/mysql/connection.ts';
import { refusalError, type ShopError } from '../errors.ts';
import type { Item, Ref } from '../input.ts';
import { exact, insufficientPoints, insufficientStock, totalOf } from '../requests/kinds/rules.ts';
import { readUnits } from './items.ts';
import { readBalance } from './points.ts';
import type { FoundProduct } from './search.ts';

const READ_PRODUCTS = 'SELECT id, reference, name, price, stock, retired_at AS retiredAt FROM products WHERE id IN (?)';

/** A line of an order that has not been sent, at the product's current price. */
interface PreviewLine {
  readonly productId: number;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: number;
  /** quantity × unitPrice; a string of digits above 2^53 − 1. */
  readonly amount: number | string;
}

/** The order that would be placed if it were decided now. */
export interface OrderPreview {
  readonly userId: number;
  readonly user: string;
  readonly total: number | string;
  /** The user's points before the order. */
  readonly balance: number;
  readonly lines: readonly PreviewLine[];
  /** The refusal that the order would get now, if any. */
  readonly obstacle: ShopError | null;
}

/**
 * Previews an order. Nothing is locked, so price, stock and balance may change before the order is decided.
 *
 * @throws ShopError `INVALID_USER`, `INVALID_PRODUCT`
 */
export async function previewOrder(session: Session, user: Ref, items: readonly Item[]): Promise<OrderPreview> {
  const { userId, name, balance } = await readBalance(session, user);
  const lines = await readUnits<FoundProduct>(session, items, READ_PRODUCTS);
  const total = totalOf(lines);
  const refused = insufficientPoints({ id: userId, balance }, total) ?? insufficientStock(lines);
  return {
    userId,
    user: name,
    total: exact(total),
    balance,
    lines: lines.map(({ product, quantity }) => ({
      productId: product.id,
      name: product.name,
      quantity,
      unitPrice: product.price,
      amount: exact(totalOf([{ product, quantity }])),
    })),
    obstacle: refused === null ? null : refusalError(refused),
  };
}

/** Reads the current state of a product. @throws ShopError `INVALID_PRODUCT` */
export async function previewProduct(session: Session, product: Ref): Promise<FoundProduct> {
  const [line] = await readUnits<FoundProduct>(session, [{ product, quantity: 1 }], READ_PRODUCTS);
  if (line === undefined) throw new Error(`product ${product} was neither found nor missing`);
  return line.product;
}
