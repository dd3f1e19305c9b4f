import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;

interface Row {
  readonly id: number;
  readonly type: string;
  readonly createdAt: string;
}

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.product('Pen', 10, 20, '--reference', 'pen');
});

afterAll(async () => {
  await shop.close();
});

function history(...options: string[]): Promise<Row[]> {
  return shop.ok<Row[]>(['product', 'history', '@pen', ...options]);
}

it('lists each change of a stock with its request, order and reason, newest first', async () => {
  const other = await shop.product('Ink', 10, 20);
  const [order, cancel, restock] = await shop.whileWorking(async () => {
    const user = await shop.userWith(1_000);
    const placed = await shop.ok(['order', 'place', user, '@pen:3', String(other)]);
    const cancelled = await shop.ok(['order', 'cancel', String(placed.orderId)]);
    const restocked = await shop.ok(['product', 'restock', '@pen', '5']);
    return [placed, cancelled, restocked];
  });
  await shop.sql("UPDATE requests SET reason = 'delivery 88' WHERE id = ?", [restock.requestId]);
  const rows = await history();
  const common = { id: expect.any(Number), createdAt: expect.stringMatching(/Z$/) };
  expect(rows).toEqual([
    {
      ...common,
      type: 'restock',
      quantity: 5,
      stockAfter: 25,
      requestId: restock.requestId,
      orderId: null,
      reason: 'delivery 88',
    },
    {
      ...common,
      type: 'return',
      quantity: 3,
      stockAfter: 20,
      requestId: cancel.requestId,
      orderId: order.orderId,
      reason: null,
    },
    {
      ...common,
      type: 'sale',
      quantity: -3,
      stockAfter: 17,
      requestId: order.requestId,
      orderId: order.orderId,
      reason: null,
    },
    { ...common, type: 'initial', quantity: 20, stockAfter: 20, requestId: null, orderId: null, reason: null },
  ]);
  expect(Object.keys(rows[0] ?? {})).toEqual([
    'id',
    'type',
    'quantity',
    'stockAfter',
    'requestId',
    'orderId',
    'reason',
    'createdAt',
  ]);
});

it('filters by type and time, and continues after a row', async () => {
  const rows = await history();
  const types = async (...options: string[]) => (await history(...options)).map(({ type }) => type);
  expect(await types('--type', 'sale')).toEqual(['sale']);
  expect(await types('--type', 'adjustment')).toEqual([]);
  expect(await types('--limit', '2')).toEqual(['restock', 'return']);
  expect(await types('--limit', '2', '--after', String(rows[1]?.id))).toEqual(['sale', 'initial']);
  const [, , sale] = rows;
  const from = sale?.createdAt ?? '';
  expect(await types('--since', from)).toEqual(['restock', 'return', 'sale']);
  expect(await types('--until', from)).toEqual(['initial']);
  expect(await types('--since', '1h', '--until', '30m')).toEqual([]);
});

it('prints a message if no row matches', async () => {
  const { stdout } = await shop.run(['product', 'history', '@pen', '--type', 'adjustment', '-o', 'table']);
  expect(stdout).toBe('No stock changes.\n');
});
