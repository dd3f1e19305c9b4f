import { afterAll, beforeAll, expect, it } from 'vitest';
import { runConcurrently, tally } from '../support/concurrent-commands.ts';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.startWorker();
});

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
});

it('sells the last 50 units to 50 of 200 processes', async () => {
  const users = await Promise.all([1, 2, 3, 4].map(() => shop.userWith(100_000)));
  const last = String(await shop.created(['product', 'create', 'Last', '--price', '10', '--stock', '50']));
  const commands = Array.from({ length: 200 }, (_, index) => {
    return ['order', 'place', users[index % users.length] ?? '', last, '--key', `last-${index}`];
  });
  const results = await runConcurrently(shop, 21, commands);
  expect(tally(results)).toEqual({ done: 50, INSUFFICIENT_STOCK: 150 });

  expect(await shop.ok(['product', 'show', last])).toMatchObject({ stock: 0 });
  const orders = await shop.ok<{ orderId: number }[]>(['order', 'list', '--limit', '1000']);
  const answered = results.flatMap(({ status, stdout }) => (status === 0 ? [JSON.parse(stdout).orderId] : []));
  expect(orders.map(({ orderId }) => orderId).sort()).toEqual(answered.sort());
  const balances = await Promise.all(users.map((id) => shop.ok<{ balance: number }>(['balance', id])));
  expect(balances.reduce((sum, { balance }) => sum + balance, 0)).toBe(400_000 - 500);
});

it('returns the last unit of an order to one of 20 processes', async () => {
  const user = await shop.userWith(1_000);
  const pen = await shop.product('Pen', 100, 10);
  const { orderId } = await shop.ok(['order', 'place', user, `${pen}:3`]);
  await shop.ok(['order', 'return', String(orderId), `${pen}:2`]);
  const commands = Array.from({ length: 20 }, (_, index) => {
    return ['order', 'return', String(orderId), String(pen), '--key', `return-${index}`];
  });
  const { done, ...refused } = tally(await runConcurrently(shop, 21, commands));
  expect(done).toBe(1);
  expect((refused.INSUFFICIENT_ORDER_QUANTITY ?? 0) + (refused.ORDER_NOT_RETURNABLE ?? 0)).toBe(19);
  expect(await shop.ok(['balance', user])).toMatchObject({ balance: 1_000 });
  expect(await shop.stockOf(pen)).toBe(10);
});
