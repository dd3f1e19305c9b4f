import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create();
  await shop.ok(['db', 'seed']);
  await shop.startWorker();
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

it('charges, orders and answers the balance, each with the right figures', async () => {
  expect(await shop.ok(['charge', '1', '5000'])).toMatchObject({
    userId: 1,
    amount: 5000,
    balance: 5000,
    replayed: false,
  });
  const placed = await shop.ok(['order', 'place', '1', '1:2', '3:1']);
  expect(placed).toMatchObject({
    userId: 1,
    status: 'placed',
    total: 3500,
    balance: 1500,
    lines: [
      { productId: 1, name: 'Pencil HB', quantity: 2, unitPrice: 150, amount: 300 },
      { productId: 3, name: 'Fountain pen', quantity: 1, unitPrice: 3200, amount: 3200 },
    ],
  });
  expect(await shop.ok(['balance', '1'])).toEqual({ userId: 1, name: 'Corner Cafe', balance: 1500 });
});
