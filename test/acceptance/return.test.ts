import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

interface Placed {
  readonly requestId: number;
  readonly key: string;
  readonly orderId: number;
  readonly createdAt: string;
  readonly lines: readonly { readonly productId: number; readonly quantity: number }[];
}

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.startWorker();
});

afterAll(async () => {
  await shop.expectSound();
  expect(await shop.ok(['audit'])).toMatchObject({ ok: true });
  await shop.close();
});

/** Places an order of 4 pens at 100 and 5 inks at 30. */
async function place() {
  const user = await shop.userWith(1_000);
  const [pen, ink] = [
    await shop.product('Pen', 100, 10),
    await shop.product('Ink', 30, 5, '--reference', `ink${user}`),
  ];
  const placed = await shop.ok<Placed>(['order', 'place', user, `${pen}:4`, `${ink}:5`, '--key', `order-${user}`]);
  return { user, pen: String(pen), ink: `@ink${user}`, inkId: ink, placed, order: String(placed.orderId) };
}

it('refunds the price that was paid, restocks the units, and prints the order', async () => {
  const { user, pen, ink, inkId, placed, order } = await place();
  // a later price does not change the refund
  await shop.ok(['product', 'reprice', pen, '7']);
  const returned = await shop.ok(['order', 'return', order, pen, `${ink}:2`, `${pen}:1`, '--key', `back-${user}`]);
  const lines = [
    { ...placed.lines[0], returned: 2 },
    { ...placed.lines[1], returned: 2 },
  ];
  expect(returned).toEqual({
    requestId: expect.any(Number),
    key: `back-${user}`,
    replayed: false,
    attempts: 1,
    orderId: placed.orderId,
    userId: Number(user),
    status: 'partially_returned',
    total: 550,
    refunded: 260,
    refund: 260,
    balance: 710,
    lines,
    createdAt: placed.createdAt,
  });
  expect(await shop.ok(['order', 'show', order])).toEqual({
    orderId: placed.orderId,
    userId: Number(user),
    status: 'partially_returned',
    total: 550,
    refunded: 260,
    lines,
    createdAt: placed.createdAt,
    userReference: null,
    requestId: placed.requestId,
    key: placed.key,
    actor: expect.any(String),
    userName: 'Ann',
  });
  expect(await shop.ok(['balance', 'history', user, '--limit', '1'])).toMatchObject([
    { type: 'refund', amount: 260, balanceAfter: 710, requestId: returned.requestId, orderId: placed.orderId },
  ]);
  expect(
    await shop.sql('SELECT product_id, type, quantity, stock_after FROM stock_movements WHERE request_id = ?', [
      returned.requestId,
    ]),
  ).toEqual([
    { product_id: Number(pen), type: 'return', quantity: 2, stock_after: 8 },
    { product_id: inkId, type: 'return', quantity: 2, stock_after: 2 },
  ]);
  expect(await shop.ok(['order', 'list', '--user', user, '--status', 'partially_returned'])).toMatchObject([
    { orderId: placed.orderId, refunded: 260 },
  ]);
});

it('allows further returns until no units are left', async () => {
  const { user, pen, ink, order } = await place();
  await shop.ok(['order', 'return', order, `${pen}:3`]);
  await shop.ok(['order', 'return', order, `${ink}:5`]);
  expect(await shop.ok(['order', 'return', order, pen])).toMatchObject({
    status: 'returned',
    refunded: 550,
    balance: 1_000,
    lines: [{ returned: 4 }, { returned: 5 }],
  });
  expect(await shop.refused(['order', 'return', order, pen])).toMatchObject({
    status: 3,
    code: 'ORDER_NOT_RETURNABLE',
    details: { orderId: Number(order), status: 'returned' },
  });
  expect(await shop.refused(['order', 'cancel', order])).toMatchObject({
    status: 3,
    code: 'ORDER_NOT_CANCELLABLE',
    details: { status: 'returned' },
  });
  expect(await shop.ok(['order', 'list', '--user', user, '--status', 'returned'])).toHaveLength(1);
});

it('adds no units to the stock with --no-restock, even when the rest of the order is cancelled', async () => {
  const { pen, ink, inkId, order } = await place();
  const { requestId } = await shop.ok(['order', 'return', order, `${pen}:3`, `${ink}:5`, '--no-restock']);
  expect(await shop.sql('SELECT id FROM stock_movements WHERE request_id = ?', [requestId])).toEqual([]);
  expect([await shop.stockOf(Number(pen)), await shop.stockOf(inkId)]).toEqual([6, 0]);
  const cancelled = await shop.ok(['order', 'cancel', order]);
  expect(cancelled).toMatchObject({
    status: 'cancelled',
    total: 550,
    refunded: 550,
    balance: 1_000,
    lines: [{ returned: 4 }, { returned: 5 }],
  });
  // the line that was returned with --no-restock has no stock row
  expect(
    await shop.sql('SELECT product_id, quantity FROM stock_movements WHERE request_id = ?', [cancelled.requestId]),
  ).toEqual([{ product_id: Number(pen), quantity: 1 }]);
  expect([await shop.stockOf(Number(pen)), await shop.stockOf(inkId)]).toEqual([7, 0]);
  expect(await shop.refused(['order', 'return', order, pen])).toMatchObject({
    code: 'ORDER_NOT_RETURNABLE',
    details: { status: 'cancelled' },
  });
});

it('prints the first outcome when a key is used again, even after later returns and a cancel', async () => {
  const { user, pen, inkId, order, placed } = await place();
  const first = ['order', 'return', order, pen, '--key', `first-${user}`];
  const second = ['order', 'return', order, `${pen}:2`, '--key', `second-${user}`];
  const [one, two] = [await shop.ok(first), await shop.ok(second)];
  await shop.ok(['order', 'cancel', order]);
  await shop.ok(['product', 'reprice', pen, '7']);
  expect(await shop.ok(first)).toEqual({ ...one, replayed: true });
  expect(await shop.ok(second)).toEqual({ ...two, replayed: true });
  expect([one, two]).toMatchObject([
    { refunded: 100, balance: 550, lines: [{ returned: 1 }, { returned: 0 }] },
    { refunded: 300, refund: 200, balance: 750, lines: [{ returned: 3 }, { returned: 0 }] },
  ]);
  expect(await shop.ok(['order', 'place', user, `${pen}:4`, `${inkId}:5`, '--key', `order-${user}`])).toMatchObject({
    replayed: true,
    status: 'placed',
    refunded: 0,
    lines: placed.lines,
  });
  for (const other of [
    [order, `${pen}:2`],
    [order, pen, '--no-restock'],
  ]) {
    expect(await shop.refused(['order', 'return', ...other, '--key', `first-${user}`])).toMatchObject({
      status: 5,
      code: 'IDEMPOTENCY_CONFLICT',
    });
  }
});

it('cancels and returns orders from a file, and keeps the reasons', async () => {
  const [one, two] = [await place(), await place()];
  const file = [
    'kind,order,items,restock,reason',
    `return,${one.order},${one.pen}:2 ${one.ink}:1,,damaged`,
    `return,${one.order},${one.pen},FALSE,`,
    `return,${one.order},${one.pen}:2,true,`,
    `cancel,${two.order},,,late`,
    `return,${two.order},${two.pen},,`,
    `return,${two.order},${two.pen},maybe,`,
    '',
  ].join('\n');
  const run = ['batch', 'run', '-', '--name', `back-${one.user}`, '--json'];
  const { status, stdout } = await shop.run(run, { stdin: file });
  expect([status, JSON.parse(stdout)]).toMatchObject([6, { total: 6, applied: 3, refused: 3, failed: 0 }]);
  expect(await shop.ok(['batch', 'results', `back-${one.user}`])).toMatchObject([
    { line: 2, kind: 'return', status: 'applied', orderId: Number(one.order), balance: 680 },
    { line: 3, status: 'applied', balance: 780 },
    { line: 4, status: 'refused', code: 'INSUFFICIENT_ORDER_QUANTITY' },
    { line: 5, kind: 'cancel', status: 'applied', balance: 1_000 },
    { line: 6, status: 'refused', code: 'ORDER_NOT_RETURNABLE' },
    { line: 7, status: 'refused', code: 'INVALID_INPUT', reason: 'restock must be true or false, not "maybe"' },
  ]);
  expect(await shop.stockOf(Number(one.pen))).toBe(8);
  expect(await shop.ok(['request', 'show', `back-${one.user}:2`])).toMatchObject({ kind: 'return', reason: 'damaged' });
  const returned = ['order', 'return', one.order, one.pen, '--reason', 'broken', '--key', `broken-${one.user}`];
  expect(await shop.ok(returned)).toMatchObject({ reason: 'broken', refunded: 430 });
  const csv = (await shop.run([...returned, '-o', 'csv'])).stdout;
  expect(csv.split('\n')[0]).toContain(',createdAt,refund,reason,productId,');
  expect(csv).toContain(',100,broken,');
});

describe('refuses, and changes nothing:', () => {
  it('a return of more units than are left, naming each line', async () => {
    const { pen, ink, inkId, order } = await place();
    await shop.ok(['order', 'return', order, `${pen}:2`]);
    const before = await shop.snapshot();
    // the quantities of a product that is named twice are added
    expect(await shop.refused(['order', 'return', order, `${pen}:2`, pen, `${ink}:6`])).toMatchObject({
      status: 3,
      code: 'INSUFFICIENT_ORDER_QUANTITY',
      message: `Order ${order} has too few units left to return: product ${pen} (Pen): 3 requested, 2 left; product ${inkId} (Ink): 6 requested, 5 left.`,
      hint: `See what was returned with \`shop order show ${order}\`.`,
      details: {
        orderId: Number(order),
        shortages: [
          { productId: Number(pen), name: 'Pen', requested: 3, available: 2, ordered: 4 },
          { productId: inkId, name: 'Ink', requested: 6, available: 5, ordered: 5 },
        ],
      },
    });
    expect(await shop.snapshot()).toEqual(before);
  });

  it('a return of a product that the order does not contain', async () => {
    const { order, pen } = await place();
    const other = await shop.product('Other', 1, 1);
    const before = await shop.snapshot();
    expect(await shop.refused(['order', 'return', order, String(other)])).toMatchObject({
      status: 3,
      code: 'INSUFFICIENT_ORDER_QUANTITY',
      message: `Order ${order} does not contain product ${other} (Other).`,
      hint: `See the order with \`shop order show ${order}\`.`,
      details: { shortages: [{ productId: other, name: 'Other', requested: 1, available: 0, ordered: 0 }] },
    });
    expect(await shop.snapshot()).toEqual(before);
    // the order contains a product even if all of its units were returned
    await shop.ok(['order', 'return', order, `${pen}:4`]);
    expect(await shop.refused(['order', 'return', order, String(other), pen])).toMatchObject({
      message: `Order ${order} does not contain product ${other} (Other). Order ${order} has too few units left to return: product ${pen} (Pen): 1 requested, 0 left.`,
    });
  });

  it('a return that would exceed the maximum of a balance or a stock', async () => {
    const { user, pen, order } = await place();
    const maximum = Number.MAX_SAFE_INTEGER;
    await shop.sql('UPDATE users SET balance = ? WHERE id = ?', [maximum - 99, user]);
    const before = await shop.snapshot();
    expect(await shop.refused(['order', 'return', order, pen])).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      hint: 'Return fewer units, or lower the balance with `shop balance adjust <user> --by -<points> --reason <reason>`.',
      details: { what: `balance of user ${user}` },
    });
    expect(await shop.refused(['order', 'cancel', order])).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      hint: 'Lower the balance with `shop balance adjust <user> --by -<points> --reason <reason>`, or return only some units.',
    });
    expect(await shop.snapshot()).toEqual(before);
    await shop.sql('UPDATE users SET balance = 450 WHERE id = ?', [user]);
    await shop.sql('UPDATE products SET stock = ? WHERE id = ?', [maximum, pen]);
    expect(await shop.refused(['order', 'return', order, pen])).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      hint: 'To return the units without adding them to the stock, add `--no-restock`.',
      details: { what: `stock of product ${pen}` },
    });
    expect(await shop.refused(['order', 'cancel', order])).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      hint: expect.stringContaining('`shop order return <order> <item...> --no-restock`'),
    });
    expect(await shop.ok(['order', 'return', order, pen, '--no-restock'])).toMatchObject({ refunded: 100 });
    await shop.sql('UPDATE products SET stock = 6 WHERE id = ?', [pen]);
  });

  it.each([
    ['a missing order', ['999999999', '1'], 4, 'INVALID_ORDER'],
    ['no order', [], 2, 'INPUT_REQUIRED'],
    ['no items', ['1'], 2, 'INPUT_REQUIRED'],
    ['text as an order', ['first', '1'], 2, 'INVALID_INPUT'],
    ['a quantity of 0', ['1', '1:0'], 2, 'INVALID_INPUT'],
  ])('a return with %s', async (_name, args, status, code) => {
    const before = await shop.snapshot();
    const { status: actual, stderr } = await shop.run(['--json', 'order', 'return', ...args]);
    expect([actual, JSON.parse(stderr).error.code]).toEqual([status, code]);
    expect(await shop.snapshot()).toEqual(before);
  });

  it('a return without a product', async () => {
    const { order } = await place();
    expect(await shop.refused(['order', 'return', order, '999999999'])).toMatchObject({
      status: 4,
      code: 'INVALID_PRODUCT',
      details: { products: [999_999_999] },
    });
  });
});

it('subtracts the units from the sales of the hour in which they were ordered', async () => {
  const { pen, order } = await place();
  const longAgo = new Date('2026-01-31T12:34:56.000Z');
  await shop.sql('UPDATE orders SET created_at = ? WHERE id = ?', [longAgo, order]);
  await shop.sql("UPDATE hourly_sales SET hour = '2026-01-31 12:00:00' WHERE product_id IN (?)", [
    (await shop.ok<Placed>(['order', 'show', order])).lines.map(({ productId }) => productId),
  ]);
  const sales = () => shop.sql('SELECT hour, quantity FROM hourly_sales WHERE product_id = ?', [pen]);
  const hour = new Date('2026-01-31T12:00:00.000Z');
  expect(await sales()).toEqual([{ hour, quantity: 4 }]);
  await shop.ok(['order', 'return', order, `${pen}:3`, '--no-restock']);
  expect(await sales()).toEqual([{ hour, quantity: 1 }]);
  await shop.ok(['order', 'cancel', order]);
  expect(await sales()).toEqual([{ hour, quantity: 0 }]);
});

it('applies an order, its returns and its cancel in one transaction', async () => {
  const other = await TestShop.create({ inProcess: true });
  const user = String(await other.created(['user', 'create', 'Ann']));
  const pen = await other.product('Pen', 10, 5);
  const ink = await other.product('Ink', 7, 5);
  const send = async (key: string, ...args: string[]) =>
    (await other.ok<{ requestId: number }>([...args, '--key', key, '--no-wait'])).requestId;
  // the first worker applies the waiting requests as one group
  await send('points', 'charge', user, '100');
  const order = String(await send('order', 'order', 'place', user, `${pen}:3`, `${ink}:2`));
  await send('one', 'order', 'return', order, String(pen));
  await send('no-restock', 'order', 'return', order, String(pen), `${ink}:2`, '--no-restock');
  await send('too-many', 'order', 'return', order, `${pen}:2`);
  await send('cancel', 'order', 'cancel', order);
  await send('late', 'order', 'return', order, String(pen));
  const last = await other.whileWorking(() => other.decided('late'));
  const outcomes = await Promise.all(
    ['order', 'one', 'no-restock', 'too-many', 'cancel', 'late'].map((key) => other.decided(key)),
  );
  expect(outcomes).toMatchObject([
    { status: 'applied', outcome: { balance: 56 } },
    { status: 'applied', outcome: { refund: 10, balance: 66, returned: [1, 0] } },
    { status: 'applied', outcome: { refund: 24, balance: 90, returned: [2, 2] } },
    { status: 'refused', code: 'INSUFFICIENT_ORDER_QUANTITY' },
    { status: 'applied', outcome: { total: 10, balance: 100 } },
    { status: 'refused', code: 'ORDER_NOT_RETURNABLE' },
  ]);
  expect(new Set(outcomes.map(({ decidedAt }) => decidedAt))).toEqual(new Set([last.decidedAt]));
  expect(await other.ok(['order', 'show', order])).toMatchObject({
    status: 'cancelled',
    refunded: 44,
    lines: [{ returned: 3 }, { returned: 2 }],
  });
  expect([await other.stockOf(pen), await other.stockOf(ink)]).toEqual([4, 3]);
  expect(await other.ok(['audit'])).toMatchObject({ ok: true });
  await other.close();
});

describe('a blocked user and a retired product', () => {
  async function blocked() {
    const { user, pen, ink, order } = await place();
    await shop.ok(['cart', 'add', user, pen]);
    await shop.sql("UPDATE users SET blocked_at = NOW(3), blocked_reason = 'fraud' WHERE id = ?", [user]);
    return { user, pen, ink, order };
  }

  it('allow returns, but no orders by the user', async () => {
    const { user, pen, order } = await blocked();
    const before = await shop.snapshot();
    for (const args of [
      ['order', 'place', user, '999999999'],
      ['cart', 'checkout', user],
    ]) {
      expect(await shop.refused(args)).toMatchObject({
        status: 3,
        code: 'USER_BLOCKED',
        hint: `Unblock the user with \`shop user unblock ${user}\`.`,
        details: { userId: Number(user) },
      });
    }
    expect(await shop.snapshot()).toEqual(before);
    await shop.ok(['charge', user, '5']);
    await shop.ok(['order', 'return', order, pen]);
    await shop.ok(['order', 'cancel', order]);
  });

  it('are refused in the order of the rules', async () => {
    const { user, pen, ink, inkId, order } = await place();
    await shop.ok(['cart', 'add', user, pen]);
    await shop.sql('UPDATE products SET retired_at = NOW(3) WHERE id IN (?)', [[Number(pen), inkId]]);
    // neither the points nor the stock are sufficient
    expect(await shop.refused(['order', 'place', user, `${pen}:999999`, ink])).toMatchObject({
      status: 3,
      code: 'PRODUCT_RETIRED',
      message: `These products are no longer on sale: product ${pen} (Pen); product ${inkId} (Ink).`,
      details: {
        products: [
          { productId: Number(pen), name: 'Pen' },
          { productId: inkId, name: 'Ink' },
        ],
      },
    });
    expect(await shop.refused(['order', 'place', user, pen, '999999999'])).toMatchObject({ code: 'INVALID_PRODUCT' });
    expect(await shop.refused(['cart', 'checkout', user])).toMatchObject({ code: 'PRODUCT_RETIRED' });
    await shop.sql("UPDATE users SET blocked_at = NOW(3), blocked_reason = 'fraud' WHERE id = ?", [user]);
    expect(await shop.refused(['order', 'place', user, pen])).toMatchObject({ code: 'USER_BLOCKED' });
    await shop.ok(['product', 'restock', pen, '1']);
    expect(await shop.ok(['order', 'return', order, pen, ink])).toMatchObject({ status: 'partially_returned' });
    expect(await shop.ok(['order', 'cancel', order])).toMatchObject({ status: 'cancelled' });
  });
});
