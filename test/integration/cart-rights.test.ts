import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;
let env: Readonly<Record<string, string>>;

/**
 * Creates an operator's account that may read all tables. Of the tables that carts use, it may write only the carts and
 * their lines.
 */
beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  const writes = 'INSERT, UPDATE, DELETE';
  ({ env } = await shop.account(['SELECT', '*'], [writes, 'carts'], [writes, 'cart_lines'], ['INSERT', 'activities']));
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

it('fills, empties and shows a cart without the right to write users or products', async () => {
  await shop.ok(['db', 'seed']);
  await expect(shop.ok(['product', 'reprice', '1', '5'], { env })).rejects.toThrow(/denied/);
  expect(await shop.ok(['cart', 'add', '1', '1:3', '2'], { env })).toMatchObject({ lines: [{ quantity: 3 }, {}] });
  expect(await shop.ok(['cart', 'add', '1', '3', '1:2'], { env })).toMatchObject({ lines: [{ quantity: 5 }, {}, {}] });
  expect(await shop.ok(['cart', 'remove', '1', '1:4', '2'], { env })).toMatchObject({ lines: [{ quantity: 1 }, {}] });
  expect(await shop.refused(['cart', 'add', '1', '1:1000000'], { env })).toMatchObject({ status: 3 });
  expect(await shop.ok(['cart', 'show', '1'], { env })).toMatchObject({ lines: [{ productId: 1 }, { productId: 3 }] });
});
