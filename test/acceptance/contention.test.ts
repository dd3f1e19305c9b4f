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

it('sells the last two units to two of eight processes', async () => {
  const user = await shop.userWith(1_000);
  const last = String(await shop.product('Last', 10, 2));
  const commands = Array.from({ length: 8 }, (_, index) => ['order', 'place', user, last, '--key', `last-${index}`]);
  expect(tally(await runConcurrently(shop, 21, commands))).toEqual({ done: 2, INSUFFICIENT_STOCK: 6 });
  expect(await shop.stockOf(Number(last))).toBe(0);
  expect(await shop.ok(['balance', user])).toMatchObject({ balance: 980 });
});

it('lets only as many of several processes spend points as the balance allows', async () => {
  const user = await shop.userWith(250);
  const product = String(await shop.created(['product', 'create', 'Pen', '--price', '100', '--stock', '1000']));
  const results = await runConcurrently(
    shop,
    21,
    Array.from({ length: 12 }, (_, i) => ['order', 'place', user, product, '--key', `p${i}`]),
  );
  expect(tally(results)).toEqual({ done: 2, INSUFFICIENT_POINTS: 10 });
  expect(await shop.ok(['balance', user])).toMatchObject({ balance: 50 });
  expect(await shop.ok(['product', 'show', product])).toMatchObject({ stock: 998 });
});

it('gives 20 processes with the same key one effect and the same output', async () => {
  const user = await shop.userWith(1_000);
  const product = String(await shop.created(['product', 'create', 'Pen', '--price', '100', '--stock', '1000']));
  const order = ['order', 'place', user, product, '--key', 'at-once'];
  const results = await runConcurrently(
    shop,
    20,
    Array.from({ length: 20 }, () => order),
  );
  expect(tally(results)).toEqual({ done: 20 });

  const answers = results.map(({ stdout }) => JSON.parse(stdout));
  expect(answers.filter(({ replayed }) => replayed)).toHaveLength(19);
  const [first] = answers;
  for (const answer of answers) expect({ ...answer, replayed: false }).toEqual({ ...first, replayed: false });
  expect(await shop.ok(['balance', user])).toMatchObject({ balance: 900 });
  expect(await shop.ok<unknown[]>(['order', 'list', '--user', user])).toHaveLength(1);
});

it('accepts only one of two requests with different content that arrive at once under the same key', async () => {
  const user = await shop.userWith(1);
  const results = await runConcurrently(
    shop,
    20,
    Array.from({ length: 10 }, (_, index) => ['charge', user, index % 2 === 0 ? '10' : '20', '--key', 'torn']),
  );
  expect(tally(results)).toEqual({ done: 5, IDEMPOTENCY_CONFLICT: 5 });
  const amounts = new Set(results.filter(({ status }) => status === 0).map(({ stdout }) => JSON.parse(stdout).amount));
  expect(amounts.size).toBe(1);
  const [amount] = amounts;
  expect(await shop.ok(['balance', user])).toMatchObject({ balance: 1 + amount });
});
