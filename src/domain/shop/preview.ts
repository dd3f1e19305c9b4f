import type { Session } from '../../db/mysql/connection.ts';
import { refusalError, ShopError } from '../errors.ts';
import type { Item, Ref } from '../input.ts';
import { insufficientOrderQuantity, isReturnable } from '../requests/kinds/refund.ts';
import type { ReturnPayload } from '../requests/kinds/return.ts';
import {
  blockedUser,
  exact,
  insufficientPoints,
  insufficientStock,
  refuse,
  retiredProducts,
  totalOf,
} from '../requests/kinds/rules.ts';
import { readUnits } from './items.ts';
import { findOrder } from './orders.ts';
import { readBalance } from './points.ts';
import { findUserId } from './references.ts';
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
  const userId = await findUserId(session, user);
  const [found] = await session.query<{ name: string; balance: number; blockedAt: Date | null }>(
    'SELECT name, balance, blocked_at AS blockedAt FROM users WHERE id = ?',
    [userId],
  );
  if (found === undefined) throw new ShopError('INVALID_USER', { user });
  const { name, balance, blockedAt } = found;
  const lines = await readUnits<FoundProduct>(session, items, READ_PRODUCTS);
  const total = totalOf(lines);
  const refused =
    blockedUser({ id: userId, blockedAt }) ??
    retiredProducts(lines) ??
    insufficientPoints({ id: userId, balance }, total) ??
    insufficientStock(lines);
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

/** The return that would be applied if it were decided now. */
export interface ReturnPreview {
  readonly orderId: number;
  readonly userId: number;
  readonly user: string;
  /** The points to refund. */
  readonly total: number;
  /** The units to return, at the prices paid. */
  readonly lines: readonly PreviewLine[];
  /** The refusal that the return would get now, if any. */
  readonly obstacle: ShopError | null;
}

/**
 * Previews a return. Nothing is locked, so the order may change before the return is decided.
 *
 * @throws ShopError `INVALID_ORDER`, `INVALID_PRODUCT`
 */
export async function previewReturn(
  session: Session,
  { order: id, items }: Pick<ReturnPayload, 'order' | 'items'>,
): Promise<ReturnPreview> {
  const order = await findOrder(session, id);
  const { userId } = order;
  const { name: user } = await readBalance(session, userId);
  const named = await readUnits<FoundProduct>(session, items, READ_PRODUCTS);
  const priceOf = new Map(order.lines.map(({ productId, unitPrice }) => [productId, unitPrice]));
  const lines = named.map(({ product, quantity }) => {
    const unitPrice = priceOf.get(product.id) ?? 0;
    return { productId: product.id, name: product.name, quantity, unitPrice, amount: quantity * unitPrice };
  });
  const refused = isReturnable(order)
    ? insufficientOrderQuantity(id, named, order.lines)
    : refuse('ORDER_NOT_RETURNABLE', { orderId: id, status: order.status });
  return {
    orderId: id,
    userId,
    user,
    total: lines.reduce((sum, { amount }) => sum + amount, 0),
    lines,
    obstacle: refused === null ? null : refusalError(refused),
  };
}
