import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

interface Placed {
  readonly orderId: number;
  readonly createdAt: string;
  readonly lines: readonly { readonly quantity: number }[];
}

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.startWorker();
});

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
});

it('returns points and stock, each with its own row, and prints the order', async () => {
  const user = await shop.userWith(1_000);
  const [pen, ink] = [await shop.product('Pen', 100, 10), await shop.product('Pen', 30, 5)];
  const placed = await shop.ok<Placed>(['order', 'place', user, `${pen}:2`, `${ink}:5`]);
  await shop.ok(['charge', user, '7']);

  const cancelled = await shop.ok(['order', 'cancel', String(placed.orderId), '--key', `back-${user}`]);
  expect(cancelled).toEqual({
    requestId: expect.any(Number),
    key: `back-${user}`,
    replayed: false,
    attempts: 1,
    orderId: placed.orderId,
    userId: Number(user),
    status: 'cancelled',
    total: 350,
    refunded: 350,
    balance: 1_007,
    lines: placed.lines.map((line) => ({ ...line, returned: line.quantity })),
    createdAt: placed.createdAt,
  });
  expect(await shop.ok(['order', 'show', String(placed.orderId)])).toMatchObject({ status: 'cancelled', total: 350 });
  expect([await shop.stockOf(pen), await shop.stockOf(ink)]).toEqual([10, 5]);
  expect(await shop.ok<unknown[]>(['balance', 'history', user, '--limit', '1'])).toMatchObject([
    { type: 'refund', amount: 350, balanceAfter: 1_007, requestId: cancelled.requestId, orderId: placed.orderId },
  ]);
  expect(
    await shop.sql('SELECT product_id, type, quantity, stock_after FROM stock_movements WHERE request_id = ?', [
      cancelled.requestId,
    ]),
  ).toEqual([
    { product_id: pen, type: 'return', quantity: 2, stock_after: 10 },
    { product_id: ink, type: 'return', quantity: 5, stock_after: 5 },
  ]);
  expect(await shop.ok<Placed[]>(['order', 'list', '--user', user, '--status', 'cancelled'])).toHaveLength(1);
});

it('subtracts the units from the sales of the hour in which they were ordered', async () => {
  const user = await shop.userWith(1_000);
  const pen = await shop.product('Pen', 10, 100);
  const sales = () => shop.sql('SELECT hour, quantity FROM hourly_sales WHERE product_id = ?', [pen]);
  const { orderId } = await shop.ok<Placed>(['order', 'place', user, `${pen}:3`]);
  await shop.ok(['order', 'place', user, `${pen}:4`]);
  const sold = (await sales()) as { quantity: number }[];
  expect(sold.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(7);
  await shop.ok(['order', 'cancel', String(orderId)]);
  const left = (await sales()) as { quantity: number }[];
  expect(left.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(4);
});

it('cancels once: the same key replays the outcome, and another key is refused', async () => {
  const user = await shop.userWith(100);
  const pen = await shop.product('Pen', 10, 10);
  const { orderId } = await shop.ok<Placed>(['order', 'place', user, `${pen}:3`]);
  const order = String(orderId);
  const first = await shop.ok(['order', 'cancel', order, '--key', `once-${user}`]);
  expect(await shop.ok(['order', 'cancel', order, '--key', `once-${user}`])).toEqual({ ...first, replayed: true });
  expect(await shop.refused(['order', 'cancel', order])).toMatchObject({
    status: 3,
    code: 'ORDER_NOT_CANCELLABLE',
    details: { orderId, status: 'cancelled' },
  });
  expect(await shop.ok(['balance', user])).toMatchObject({ balance: 100 });
  expect(await shop.stockOf(pen)).toBe(10);
  expect(await shop.refused(['charge', user, '5', '--key', `once-${user}`])).toMatchObject({
    status: 5,
    code: 'IDEMPOTENCY_CONFLICT',
  });
});

it('cancels once when twenty processes cancel the same order at once', async () => {
  const user = await shop.userWith(100);
  const pen = await shop.product('Pen', 10, 10);
  const { orderId } = await shop.ok<Placed>(['order', 'place', user, `${pen}:3`]);
  const runs = await Promise.all(
    Array.from({ length: 20 }, () => shop.run(['order', 'cancel', String(orderId), '--json'])),
  );
  expect(runs.map(({ status }) => status).sort()).toEqual([0, ...Array.from({ length: 19 }, () => 3)]);
  expect(await shop.ok(['balance', user])).toMatchObject({ balance: 100 });
  expect(await shop.stockOf(pen)).toBe(10);
});

it('returns the order as it was placed when the key of its request is replayed', async () => {
  const user = await shop.userWith(100);
  const pen = await shop.product('Pen', 10, 10);
  const args = ['order', 'place', user, `${pen}:3`, '--key', `placed-${user}`];
  const placed = await shop.ok<Placed>(args);
  await shop.ok(['order', 'cancel', String(placed.orderId)]);
  expect(await shop.ok(args)).toEqual({ ...placed, replayed: true });
});

it('refuses a cancel that would exceed a limit, and changes nothing', async () => {
  const user = await shop.userWith(100);
  const pen = await shop.product('Pen', 10, 10);
  const { orderId } = await shop.ok<Placed>(['order', 'place', user, `${pen}:3`]);
  const maximum = Number.MAX_SAFE_INTEGER;
  await shop.sql('UPDATE users SET balance = ? WHERE id = ?', [maximum - 29, user]);
  const before = await shop.snapshot();
  expect(await shop.refused(['order', 'cancel', String(orderId)])).toMatchObject({
    status: 3,
    code: 'LIMIT_EXCEEDED',
    details: { what: `balance of user ${user}` },
  });
  expect(await shop.snapshot()).toEqual(before);
  await shop.sql('UPDATE users SET balance = 70 WHERE id = ?', [user]);

  await shop.sql('UPDATE products SET stock = ? WHERE id = ?', [maximum - 2, pen]);
  expect(await shop.refused(['order', 'cancel', String(orderId)])).toMatchObject({
    status: 3,
    code: 'LIMIT_EXCEEDED',
    details: { what: `stock of product ${pen}` },
  });
  await shop.sql('UPDATE products SET stock = 7 WHERE id = ?', [pen]);
});

it.each([
  ['a missing order', ['999999999'], 4, 'INVALID_ORDER'],
  ['no order', [], 2, 'INPUT_REQUIRED'],
  ['0', ['0'], 2, 'INVALID_INPUT'],
  ['a negative number', ['--', '-1'], 2, 'INVALID_INPUT'],
  ['text', ['first'], 2, 'INVALID_INPUT'],
  ['a fraction', ['1.5'], 2, 'INVALID_INPUT'],
  ['a reference', ['@7'], 2, 'INVALID_INPUT'],
])('refuses a cancel, given %s', async (_name, args, status, code) => {
  const before = await shop.snapshot();
  const { status: actual, stderr } = await shop.run(['--json', 'order', 'cancel', ...args]);
  expect([actual, JSON.parse(stderr).error.code]).toEqual([status, code]);
  expect(await shop.snapshot()).toEqual(before);
});

it('cancels an order that was placed in the same transaction', async () => {
  const other = await TestShop.create({ inProcess: true });
  const user = String(await other.created(['user', 'create', 'Ann']));
  const pen = await other.product('Pen', 10, 5);
  // the first worker applies the waiting requests as one group
  await other.ok(['charge', user, '100', '--key', 'points', '--no-wait']);
  const order = async (quantity: number, key: string) => {
    const { requestId } = await other.ok<{ requestId: number }>([
      ...['order', 'place', user, `${pen}:${quantity}`, '--key', key, '--no-wait'],
    ]);
    await other.ok(['order', 'cancel', String(requestId), '--key', `cancel-${key}`, '--no-wait']);
    return requestId;
  };
  const placed = await order(3, 'at-once');
  await order(11, 'too-much');
  await other.whileWorking(() => other.decided('cancel-too-much'));
  const [first, second, third] = [
    await other.decided('at-once'),
    await other.decided('cancel-at-once'),
    await other.decided('cancel-too-much'),
  ];
  expect(first).toMatchObject({ status: 'applied', outcome: { orderId: placed, balance: 70 } });
  expect(second).toMatchObject({ status: 'applied', outcome: { orderId: placed, balance: 100 } });
  expect(third).toMatchObject({ status: 'refused', code: 'INVALID_ORDER' });
  expect([second.decidedAt, third.decidedAt]).toEqual([first.decidedAt, first.decidedAt]);
  expect(await other.ok(['order', 'show', String(placed)])).toMatchObject({ status: 'cancelled', total: 30 });
  expect(await other.stockOf(pen)).toBe(5);
  await other.expectSound();
  await other.close();
});
