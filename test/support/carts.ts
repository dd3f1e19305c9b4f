import { expect } from 'vitest';
import type { JsonError, TestShop } from './shop.ts';

/** A cart in the JSON output of commands. */
export interface Cart {
  readonly cartId: number | null;
  readonly userId: number;
  readonly lines: readonly { productId: number; name: string; quantity: number; unitPrice: number; amount: number }[];
  readonly total: number | string;
}

export type Refused = JsonError & { status: number | null };

/** Environment with a Redis URL at which no server listens, because carts need neither Redis nor a worker. */
export const NO_REDIS = { env: { SHOP_REDIS_URL: 'redis://127.0.0.1:1' } };

/** Runs a cart command that must succeed. */
export function runCart(shop: TestShop, ...args: (string | number)[]): Promise<Cart> {
  return shop.ok<Cart>(['cart', ...args.map(String)], NO_REDIS);
}

/** Runs a cart command that must be refused, and checks that no row has changed. */
export async function refusedCart(shop: TestShop, ...args: (string | number)[]): Promise<Refused> {
  const before = await everything(shop);
  const error = await shop.refused(['cart', ...args.map(String)], NO_REDIS);
  expect(await everything(shop)).toEqual(before);
  expect(error.message).not.toBe('');
  expect(error.hint).not.toBe('');
  return error;
}

/** Reads all rows that a cart command could change. */
async function everything(shop: TestShop): Promise<unknown> {
  const tables = ['carts', 'cart_lines', 'requests', 'outcomes'];
  return [await shop.snapshot(), ...(await Promise.all(tables.map((table) => shop.sql(`SELECT * FROM ${table}`))))];
}
