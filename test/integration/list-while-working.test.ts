import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { TestShop } from '../support/shop.ts';

/** More than one of the pages that `--all` reads. */
const ROWS = 1_500;

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create();
  const user = await shop.created(['user', 'create', 'Ann']);
  const product = await shop.product('Pen', 1, 1_000_000);
  await shop.sql('UPDATE users SET balance = 1000000 WHERE id = ?', [user]);
  const rows = Array.from({ length: ROWS }, () => `${user},${product}:1\n`).join('');
  const run = (name: string, ...more: readonly string[]) =>
    shop.run(['batch', 'run', '-', '--name', name, ...more], { stdin: `user,items\n${rows}` });
  await shop.startWorker();
  expect((await run('before')).status).toBe(0);
  // the worker applies these while the test reads
  expect((await run('meanwhile', '--no-wait', '--yes')).status).toBe(0);
});

afterAll(() => shop.close());

it('prints every row that existed at the start exactly once while a worker applies orders', async () => {
  const lists = [
    { args: ['order', 'list'], field: 'orderId' },
    { args: ['request', 'list'], field: 'id' },
    { args: ['batch', 'results', 'meanwhile'], field: 'line' },
  ];
  const idsOf = async (args: readonly string[], field: string) =>
    (await shop.ok<Record<string, number>[]>([...args, '--all'])).map((row) => row[field] ?? 0);
  await eventually('all requests are decided', async () => {
    for (const { args, field } of lists) {
      const before = await idsOf(args, field);
      const ids = await idsOf(args, field);
      expect(new Set(ids).size).toBe(ids.length);
      expect(before.filter((id) => !ids.includes(id))).toEqual([]);
    }
    return (await shop.ok<{ pending: number }>(['batch', 'show', 'meanwhile'])).pending === 0;
  });
  for (const { args, field } of lists)
    expect(await idsOf(args, field)).toHaveLength(args[0] === 'batch' ? ROWS : 2 * ROWS);
});
