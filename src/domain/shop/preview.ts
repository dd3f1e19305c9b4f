import type { Session } from '../../db/mysql/connection.ts';
import { refusalError, ShopError } from '../errors.ts';
import type { Item, Ref } from '../input.ts';
import { exact } from '../requests/kinds/exact.ts';
import type { Decision } from '../requests/kinds/kind.ts';
import { type PointsAdjustPayload, pointsAdjust } from '../requests/kinds/points-adjust.ts';
import { insufficientOrderQuantity, isReturnable } from '../requests/kinds/refund.ts';
import type { ReturnPayload } from '../requests/kinds/return.ts';
import {
  blockedUser,
  insufficientPoints,
  insufficientStock,
  refuse,
  retiredProducts,
  totalOf,
  type Units,
} from '../requests/kinds/rules.ts';
import { LIMITS, type State, type UserState } from '../requests/kinds/state.ts';
import { type StockAdjustPayload, stockAdjust } from '../requests/kinds/stock-adjust.ts';
import { readUnits } from './items.ts';
import { findOrder, type Order } from './orders.ts';
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
  /** quantity × unitPrice; if it exceeds 2^53 − 1, a string of digits. */
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
  const { id: userId, name, balance, blockedAt } = await readUser(session, user);
  const lines = await readUnits<FoundProduct & { retiredAt: Date | null }>(session, items, READ_PRODUCTS);
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
    lines: lines.map(previewLine),
    obstacle: obstacleOf(refused),
  };
}

function previewLine(line: Units<Pick<FoundProduct, 'id' | 'name' | 'price'>>): PreviewLine {
  const { product, quantity } = line;
  return {
    productId: product.id,
    name: product.name,
    quantity,
    unitPrice: product.price,
    amount: exact(totalOf([line])),
  };
}

/** The points that a refund gives back, and the refusal that the request would get now. */
interface RefundPreview {
  readonly userId: number;
  readonly user: string;
  /** The user's points before the refund. */
  readonly balance: number;
  /** The points to refund. */
  readonly total: number;
  /** The refusal that the request would get now, if any. */
  readonly obstacle: ShopError | null;
}

/** The cancel that would be applied if it were decided now. */
export interface CancelPreview extends RefundPreview {
  readonly order: Order;
}

/**
 * Previews a cancellation. Nothing is locked, so the order may change before the cancellation is decided.
 *
 * @throws ShopError `INVALID_ORDER`
 */
export async function previewCancel(session: Session, orderId: number): Promise<CancelPreview> {
  const order = await findOrder(session, orderId);
  const { userId, name: user, balance } = await readBalance(session, order.userId);
  const refused = isReturnable(order) ? null : refuse('ORDER_NOT_CANCELLABLE', { orderId, status: order.status });
  return { order, userId, user, balance, total: order.total - order.refunded, obstacle: obstacleOf(refused) };
}

/** The return that would be applied if it were decided now. */
export interface ReturnPreview extends RefundPreview {
  readonly orderId: number;
  /** The units to return, at the prices paid. */
  readonly lines: readonly PreviewLine[];
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
  const { userId, name: user, balance } = await readBalance(session, order.userId);
  const named = await readUnits<FoundProduct>(session, items, READ_PRODUCTS);
  const priceOf = new Map(order.lines.map(({ productId, unitPrice }) => [productId, unitPrice]));
  // a return refunds the price paid, which may differ from the current price
  const lines = named.map(({ product, quantity }) => ({
    product: { ...product, price: priceOf.get(product.id) ?? 0 },
    quantity,
  }));
  const refused = isReturnable(order)
    ? insufficientOrderQuantity(id, named, order.lines)
    : refuse('ORDER_NOT_RETURNABLE', { orderId: id, status: order.status });
  return {
    orderId: id,
    userId,
    user,
    balance,
    total: Number(totalOf(lines)),
    lines: lines.map(previewLine),
    obstacle: obstacleOf(refused),
  };
}

/** The adjustment of a balance or a stock that would be applied if it were decided now. */
export interface AdjustmentPreview {
  /** The id and name of the user or product. */
  readonly id: number;
  readonly name: string;
  /** The balance or stock before the adjustment. */
  readonly before: number;
  readonly difference: number;
  /** The refusal that the adjustment would get now, if any. */
  readonly obstacle: ShopError | null;
}

const NO_ROWS: State = {
  users: new Map(),
  products: new Map(),
  orders: new Map(),
  carts: new Map(),
  userIds: new Map(),
  productIds: new Map(),
};

/** Previews an adjustment of a balance. Nothing is locked, so the balance may change. @throws ShopError `INVALID_USER` */
export async function previewPointsAdjust(
  session: Session,
  { user: ref, amount }: PointsAdjustPayload,
): Promise<AdjustmentPreview> {
  const user = await readUser(session, ref);
  const { id, name, balance } = user;
  const state = { ...NO_ROWS, users: new Map([[id, user]]) };
  const decision = pointsAdjust.decide(state, { user: id, amount }, LIMITS);
  return { id, name, before: balance, difference: amount, obstacle: obstacleOf(decision) };
}

/** Previews an adjustment of a stock. Nothing is locked, so the stock may change. @throws ShopError `INVALID_PRODUCT` */
export async function previewStockAdjust(session: Session, payload: StockAdjustPayload): Promise<AdjustmentPreview> {
  const product = await previewProduct(session, payload.product);
  const { id, name, stock } = product;
  const state = { ...NO_ROWS, products: new Map([[id, product]]) };
  const decision = stockAdjust.decide(state, { ...payload, product: id }, LIMITS);
  const difference = 'by' in payload ? payload.by : payload.to - stock;
  return { id, name, before: stock, difference, obstacle: obstacleOf(decision) };
}

function obstacleOf(decision: Decision | null): ShopError | null {
  return decision === null || decision.status === 'applied' ? null : refusalError(decision);
}

async function readUser(session: Session, ref: Ref): Promise<UserState & { readonly name: string }> {
  const [user] = await session.query<UserState & { readonly name: string }>(
    'SELECT id, name, balance, blocked_at AS blockedAt FROM users WHERE id = ?',
    [await findUserId(session, ref)],
  );
  if (user === undefined) throw new ShopError('INVALID_USER', { user: ref });
  return user;
}

/** Reads the current state of a product. @throws ShopError `INVALID_PRODUCT` */
async function previewProduct(session: Session, product: Ref): Promise<FoundProduct> {
  const [line] = await readUnits<FoundProduct>(session, [{ product, quantity: 1 }], READ_PRODUCTS);
  if (line === undefined) throw new Error(`product ${product} was reported neither as found nor as missing`);
  return line.product;
}
