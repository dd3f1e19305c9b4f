import type { DetailsByCode, RefusalCode, Shortage } from '../../errors.ts';
import type { Ref } from '../../input.ts';
import { exact } from './exact.ts';
import type { Refused } from './kind.ts';
import type { Effects, ProductState, State, UserState } from './state.ts';

/*
 * Rules that several kinds of request share, and that previews and carts apply before a request exists.
 */

/** The empty effects, to which a kind adds its own. */
export const NO_EFFECTS: Effects = { ledger: null, stock: [], order: null, returned: null, cart: null };

/** A product and a number of its units: the requested number, or the number after a change. */
export interface Units<Product> {
  readonly product: Product;
  readonly quantity: number;
}

/**
 * Combines the items of each product into one line, so that checks apply to the sums. One item may name the product by its id,
 * and another item by its reference. `missing` lists the products that `find` does not find.
 */
export function sumUnits<Product extends { readonly id: number }>(
  items: readonly { readonly product: Ref; readonly quantity: number }[],
  find: (ref: Ref) => Product | undefined,
): { lines: Units<Product>[]; missing: Ref[] } {
  const lines = new Map<number, Units<Product>>();
  const missing: Ref[] = [];
  for (const item of items) {
    const product = find(item.product);
    if (product === undefined) missing.push(item.product);
    else lines.set(product.id, { product, quantity: (lines.get(product.id)?.quantity ?? 0) + item.quantity });
  }
  return { lines: [...lines.values()], missing };
}

/** Returns the price of all lines, which may be too large for a double to hold exactly. */
export function totalOf(lines: readonly Units<{ readonly price: number }>[]): bigint {
  return lines.reduce((sum, { product, quantity }) => sum + BigInt(product.price) * BigInt(quantity), 0n);
}

/** Refuses an order of a blocked user. */
export function blockedUser({ id, blockedAt }: Pick<UserState, 'id' | 'blockedAt'>): Refused | null {
  return blockedAt === null ? null : refuse('USER_BLOCKED', { userId: id });
}

/** Refuses lines of retired products. */
export function retiredProducts(
  lines: readonly Units<Pick<ProductState, 'id' | 'name' | 'retiredAt'>>[],
): Refused | null {
  const products = lines.flatMap(({ product: { id, name, retiredAt } }) =>
    retiredAt === null ? [] : [{ productId: id, name }],
  );
  return products.length === 0 ? null : refuse('PRODUCT_RETIRED', { products });
}

/** Refuses a payment that exceeds the user's balance. */
export function insufficientPoints({ id, balance }: Pick<UserState, 'id' | 'balance'>, total: bigint): Refused | null {
  if (total <= BigInt(balance)) return null;
  return refuse('INSUFFICIENT_POINTS', { userId: id, balance, total: exact(total) });
}

/** Refuses lines that exceed the stock. */
export function insufficientStock(
  lines: readonly Units<{ readonly id: number; readonly name: string; readonly stock: number }>[],
): Refused | null {
  const shortages = shortagesOf(lines, ({ stock }) => stock);
  return shortages.length === 0 ? null : refuse('INSUFFICIENT_STOCK', { shortages });
}

/** Finds the lines whose quantity exceeds the number that `available` returns. */
export function shortagesOf<Product extends { readonly id: number; readonly name: string }>(
  lines: readonly Units<Product>[],
  available: (product: Product) => number,
): Shortage[] {
  return lines
    .filter(({ product, quantity }) => quantity > available(product))
    .map(({ product, quantity }) => ({
      productId: product.id,
      name: product.name,
      requested: quantity,
      available: available(product),
    }));
}

/** Refuses points that would raise a balance above `maximum`. */
export function balanceAboveLimit(user: UserState, amount: number, maximum: number): Refused | null {
  if (amount <= maximum - user.balance) return null;
  const value = exact(BigInt(user.balance) + BigInt(amount));
  return refuse('LIMIT_EXCEEDED', { what: `balance of user ${user.id}`, value, maximum });
}

/** Refuses units that would raise a stock above `maximum`. */
export function stockAboveLimit(product: ProductState, quantity: number, maximum: number): Refused | null {
  if (quantity <= maximum - product.stock) return null;
  const value = exact(BigInt(product.stock) + BigInt(quantity));
  return refuse('LIMIT_EXCEEDED', { what: `stock of product ${product.id}`, value, maximum });
}

/** Creates a refusal with a code and its details. */
export function refuse<Code extends RefusalCode>(code: Code, details: DetailsByCode[Code]): Refused<Code> {
  return { status: 'refused', code, details };
}

export function findUser(state: State, ref: Ref): UserState | undefined {
  const id = typeof ref === 'number' ? ref : state.userIds.get(ref.slice(1));
  return id === undefined ? undefined : state.users.get(id);
}

export function findProduct(state: State, ref: Ref): ProductState | undefined {
  const id = typeof ref === 'number' ? ref : state.productIds.get(ref.slice(1));
  return id === undefined ? undefined : state.products.get(id);
}
