import type { DetailsByCode } from '../../errors.ts';
import type { Refused } from './kind.ts';
import { balanceAboveLimit, NO_EFFECTS, refuse, shortagesOf, stockAboveLimit, type Units } from './rules.ts';
import type { Effects, OrderState, State, UserState } from './state.ts';

/** The statuses of orders that have units left, so that they can be returned or cancelled. */
export const RETURNABLE = ['placed', 'partially_returned'] as const;

export function isReturnable({ status }: { readonly status: string }): boolean {
  return RETURNABLE.some((returnable) => returnable === status);
}

/** Returns the number of units of a line that were not returned. */
export function unitsLeft({ quantity, returned }: Pick<OrderState['lines'][number], 'quantity' | 'returned'>): number {
  return quantity - returned;
}

/** Refuses to return more units than an order's lines have left, or products that the order does not contain. */
export function insufficientOrderQuantity(
  orderId: number,
  lines: readonly Units<{ readonly id: number; readonly name: string }>[],
  ordered: readonly Pick<OrderState['lines'][number], 'productId' | 'quantity' | 'returned'>[],
): Refused | null {
  const byProduct = new Map(ordered.map((line) => [line.productId, line]));
  const lineOf = (product: number) => byProduct.get(product) ?? { quantity: 0, returned: 0 };
  const shortages = shortagesOf(lines, ({ id }) => unitsLeft(lineOf(id))).map((shortage) => {
    return { ...shortage, ordered: lineOf(shortage.productId).quantity };
  });
  return shortages.length === 0 ? null : refuse('INSUFFICIENT_ORDER_QUANTITY', { orderId, shortages });
}

/** Returns true if `what`, the value that a refund would raise above its maximum, is a stock; false if it is the balance. */
export function isStock(what: DetailsByCode['LIMIT_EXCEEDED']['what']): boolean {
  return String(what).startsWith('stock ');
}

/** The units of an order to refund, for a return or a cancellation. */
interface Refund {
  readonly order: OrderState;
  /** The user who gets the points. */
  readonly user: UserState;
  /** Number of units to return, by product; at most the remaining units of each line. */
  readonly units: ReadonlyMap<number, number>;
  /** The order's status if no units are left. */
  readonly finalStatus: 'returned' | 'cancelled';
  /** True if the units go back to stock. */
  readonly restock: boolean;
}

/** The effects of a refund. */
interface Refunded {
  readonly amount: number;
  readonly balanceAfter: number;
  /** The order after the refund. */
  readonly order: OrderState;
  /** The names of all products of the order, in the order of its lines. */
  readonly names: readonly string[];
  readonly effects: Effects;
}

/** Computes the refund of units at the prices paid, or refuses it if a balance or a stock would exceed `maximum`. */
export function refundUnits(
  state: State,
  { order: before, user, units, finalStatus, restock }: Refund,
  maximum: number,
): Refused | Refunded {
  const lines = before.lines.map((line) => ({ ...line, returned: line.returned + (units.get(line.productId) ?? 0) }));
  const amount = before.lines.reduce((sum, line) => sum + (units.get(line.productId) ?? 0) * line.unitPrice, 0);
  const balanceTooHigh = balanceAboveLimit(user, amount, maximum);
  if (balanceTooHigh !== null) return balanceTooHigh;

  const stock: Effects['stock'][number][] = [];
  const names: string[] = [];
  for (const { productId } of lines) {
    const product = state.products.get(productId);
    if (product === undefined) return refuse('INVALID_PRODUCT', { products: [productId] });
    names.push(product.name);
    const quantity = restock ? (units.get(productId) ?? 0) : 0;
    if (quantity === 0) continue;
    const stockTooHigh = stockAboveLimit(product, quantity, maximum);
    if (stockTooHigh !== null) return stockTooHigh;
    stock.push({ productId, type: 'return', quantity, stockAfter: product.stock + quantity });
  }

  const status = lines.every(({ quantity, returned }) => returned === quantity) ? finalStatus : 'partially_returned';
  const order = { ...before, status, refunded: before.refunded + amount, lines };
  const balanceAfter = user.balance + amount;
  return {
    amount,
    balanceAfter,
    order,
    names,
    effects: {
      ...NO_EFFECTS,
      ledger: { userId: user.id, type: 'refund', amount, balanceAfter },
      stock,
      returned: { order, units },
    },
  };
}
