import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

interface Placed {
  readonly orderId: number;
  readonly createdAt: string;
}

let shop: TestShop;
let user: number;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.startWorker();
  user = await shop.created(['user', 'create', 'Ann', '--reference', '17850']);
  await shop.ok(['charge', '@17850', '1000000']);
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

it('subtracts points and stock, and prints the order as `order show` does', async () => {
  const [pen, ink] = [await shop.product('Pen', 100, 10), await shop.product('Ink', 30, 5)];
  const { balance: before } = await shop.ok<{ balance: number }>(['balance', '@17850']);
  const placed = await shop.ok<Placed>(['order', 'place', String(user), `${ink}:5`, String(pen)]);
  expect(placed).toEqual({
    requestId: expect.any(Number),
    key: expect.any(String),
    replayed: false,
    attempts: 1,
    orderId: expect.any(Number),
    userId: user,
    status: 'placed',
    total: 250,
    refunded: 0,
    balance: before - 250,
    lines: [
      { productId: ink, name: 'Ink', quantity: 5, unitPrice: 30, amount: 150, returned: 0 },
      { productId: pen, name: 'Pen', quantity: 1, unitPrice: 100, amount: 100, returned: 0 },
    ],
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
  const { replayed, attempts, balance, ...order } = placed as Placed & Record<string, unknown>;
  const shown = { ...order, userReference: '17850', actor: 'tester', userName: 'Ann' };
  expect(await shop.ok(['order', 'show', String(placed.orderId)])).toEqual(shown);
  expect(await shop.ok<unknown[]>(['order', 'list', '--user', '@17850', '--limit', '1'])).toEqual([shown]);
  expect([await shop.stockOf(pen), await shop.stockOf(ink)]).toEqual([9, 0]);
  expect(await shop.ok<unknown[]>(['balance', 'history', '@17850', '--limit', '1'])).toMatchObject([
    { type: 'payment', amount: -250, balanceAfter: before - 250, requestId: order.requestId, orderId: placed.orderId },
  ]);
});

it('sums the quantities of a product that is named twice, by id and by reference', async () => {
  const cup = await shop.product('Cup', 10, 7, '--reference', '85123A');
  for (const [key, ...items] of [
    ['by-id', `${cup}:4`, `${cup}:4`],
    ['by-both', `${cup}:4`, '@85123A:4'],
  ] as const) {
    const error = await shop.refused(['order', 'place', '@17850', ...items, '--key', key]);
    expect(error).toMatchObject({
      code: 'INSUFFICIENT_STOCK',
      details: { shortages: [{ productId: cup, name: 'Cup', requested: 8, available: 7 }] },
    });
  }
  expect(await shop.stockOf(cup)).toBe(7);
  expect(await shop.ok(['order', 'place', '@17850', `${cup}:3`, '@85123A:2', '@85123A', String(cup)])).toMatchObject({
    total: 70,
    lines: [{ productId: cup, quantity: 7, unitPrice: 10, amount: 70 }],
  });
  expect(await shop.stockOf(cup)).toBe(0);
});

it('checks the points against the total of a product that is named twice', async () => {
  const cup = await shop.product('Gold cup', 500, 100);
  const poor = await shop.created(['user', 'create', 'Poor']);
  await shop.ok(['charge', String(poor), '999']);
  expect(await shop.refused(['order', 'place', String(poor), String(cup), String(cup), '--key', 'poor'])).toMatchObject(
    {
      code: 'INSUFFICIENT_POINTS',
      details: { balance: 999, total: 1_000 },
    },
  );
});

it('spends the last point and sells the last unit', async () => {
  const [last, buyer] = [await shop.product('Last', 77, 1), await shop.created(['user', 'create', 'Exact'])];
  await shop.ok(['charge', String(buyer), '77']);
  expect(await shop.ok(['order', 'place', String(buyer), String(last)])).toMatchObject({ balance: 0, total: 77 });
  expect(await shop.stockOf(last)).toBe(0);
});

it("keeps the prices of an order when a product's price changes", async () => {
  const hat = await shop.product('Hat', 200, 10, '--reference', 'hat');
  const { orderId } = await shop.ok<Placed>(['order', 'place', '@17850', '@hat']);
  expect(await shop.ok(['product', 'reprice', '@hat', '350'])).toEqual({
    id: hat,
    reference: 'hat',
    name: 'Hat',
    price: 350,
    stock: 9,
    retired: false,
  });
  expect(await shop.ok(['order', 'show', String(orderId)])).toMatchObject({ total: 200, lines: [{ unitPrice: 200 }] });
  expect(await shop.ok(['order', 'place', '@17850', '@hat'])).toMatchObject({
    total: 350,
    lines: [{ unitPrice: 350 }],
  });
});

it('restocks, and prints the product with the fields of the request', async () => {
  const id = await shop.product('Soap', 5, 0, '--reference', 'soap');
  expect(await shop.ok(['product', 'restock', '@soap', '12', '--key', 'delivery-88'])).toEqual({
    id,
    reference: 'soap',
    name: 'Soap',
    price: 5,
    stock: 12,
    retired: false,
    requestId: expect.any(Number),
    key: 'delivery-88',
    replayed: false,
    attempts: 1,
  });
  expect(await shop.ok(['product', 'restock', String(id), '1000000'])).toMatchObject({ stock: 1_000_012 });
  expect(await shop.ok(['product', 'show', '@soap'])).toMatchObject({ stock: 1_000_012 });
});

it('accepts orders of 1,000 products and refuses 1,001', async () => {
  // creates the maximum number of products of one order in one statement
  const numbers = 'WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000) SELECT';
  await shop.sql(
    `INSERT INTO products (reference, name, price, stock, created_at)
     ${numbers} CONCAT('many-', i), CONCAT('Item ', i), 1, 2, UTC_TIMESTAMP(3) FROM n`,
  );
  await shop.sql(
    `INSERT INTO stock_movements (product_id, type, quantity, stock_after, created_at)
     SELECT id, 'initial', 2, 2, created_at FROM products WHERE reference LIKE 'many-%'`,
  );
  const items = Array.from({ length: 1_000 }, (_, index) => `@many-${index + 1}`);
  const placed = await shop.ok<{ lines: unknown[]; total: number }>(['order', 'place', '@17850', ...items]);
  expect(placed.total).toBe(1_000);
  expect(placed.lines).toHaveLength(1_000);
  expect(await shop.refused(['order', 'place', '@17850', ...items, '1'])).toMatchObject({ code: 'INVALID_INPUT' });
});

it('lists orders by user, status and time', async () => {
  const buyer = await shop.created(['user', 'create', 'Lister', '--reference', 'lister']);
  const mug = await shop.product('Mug', 1, 10);
  await shop.ok(['charge', '@lister', '10']);
  const orders: Placed[] = [];
  for (let count = 0; count < 3; count++) orders.push(await shop.ok(['order', 'place', '@lister', String(mug)]));
  const [first, second, third] = orders.map(({ orderId }) => orderId);
  const ids = async (...flags: string[]) =>
    (await shop.ok<Placed[]>(['order', 'list', '--user', String(buyer), ...flags])).map(({ orderId }) => orderId);
  expect(await ids()).toEqual([third, second, first]);
  expect(await ids('--status', 'placed')).toEqual([third, second, first]);
  expect(await ids('--status', 'cancelled')).toEqual([]);
  const time = orders[1]?.createdAt ?? '';
  expect(await ids('--since', time)).toEqual([third, second]);
  expect(await ids('--until', time)).toEqual([first]);
  expect(await ids('--since', '1h')).toHaveLength(3);
  expect(await ids('--until', '1h')).toEqual([]);
});
