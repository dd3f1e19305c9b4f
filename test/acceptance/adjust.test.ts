import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

const MAXIMUM = Number.MAX_SAFE_INTEGER;

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.startWorker();
});

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
});

let keys = 0;

/** Runs a command that is refused, and checks that no row of the shop has changed. */
async function refusal(args: readonly string[]) {
  const before = await shop.snapshot();
  const error = await shop.refused([...args, '--key', `refused-${++keys}`]);
  expect(await shop.snapshot()).toEqual(before);
  return error;
}

describe('balance adjust', () => {
  const adjusting = (user: string, by: string, ...more: string[]) =>
    ['balance', 'adjust', user, '--by', by, '--reason', 'charged twice', ...more] as const;

  it('subtracts and adds points, each time with a ledger row and a reason', async () => {
    const user = await shop.userWith(10);
    const first = await shop.ok(adjusting(user, '-3', '--key', `ticket-${user}`));
    expect(first).toEqual({
      requestId: expect.any(Number),
      key: `ticket-${user}`,
      replayed: false,
      attempts: 1,
      reason: 'charged twice',
      userId: Number(user),
      amount: -3,
      balance: 7,
      transactionId: expect.any(Number),
    });
    expect(await shop.ok(['balance', 'adjust', user, '--by=-1', '--reason=again'])).toMatchObject({ balance: 6 });
    expect(await shop.ok(adjusting(user, '+5'))).toMatchObject({ amount: 5, balance: 11 });
    expect(await shop.ok(['balance', 'history', user])).toMatchObject([
      { type: 'adjustment', amount: 5, balanceAfter: 11, orderId: null, reason: 'charged twice' },
      { type: 'adjustment', amount: -1, balanceAfter: 6, reason: 'again' },
      { type: 'adjustment', amount: -3, balanceAfter: 7, reason: 'charged twice', requestId: first.requestId },
      { type: 'charge', amount: 10, reason: null },
    ]);
    expect(await shop.ok(['request', 'show', `ticket-${user}`])).toMatchObject({
      kind: 'points-adjust',
      status: 'applied',
      reason: 'charged twice',
      payload: { user: Number(user), amount: -3 },
    });
  });

  it('subtracts the last point, and refuses to subtract one more', async () => {
    const user = await shop.userWith(3);
    expect(await refusal(adjusting(user, '-4'))).toMatchObject({
      code: 'INSUFFICIENT_POINTS',
      status: 3,
      message: `User ${user} has 3 points, but 4 are needed.`,
      hint: `See the ledger with \`shop balance history ${user}\`.`,
      details: { userId: Number(user), balance: 3, total: 4 },
    });
    expect(await shop.ok(adjusting(user, '-3'))).toMatchObject({ balance: 0 });
  });

  it('refuses a balance above the maximum, and a user who does not exist', async () => {
    const user = await shop.userWith(0);
    // sets the balance by hand, because reaching it takes many of the largest charges
    await shop.sql('UPDATE users SET balance = ? WHERE id = ?', [MAXIMUM, user]);
    expect(await refusal(adjusting(user, '1'))).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      status: 3,
      details: { what: `balance of user ${user}`, value: '9007199254740992', maximum: MAXIMUM },
    });
    await shop.sql('UPDATE users SET balance = 0 WHERE id = ?', [user]);
    expect(await refusal(adjusting('999999', '1'))).toMatchObject({ code: 'INVALID_USER', status: 4 });
    expect(await refusal(adjusting('@nobody', '-1'))).toMatchObject({ code: 'INVALID_USER', status: 4 });
  });

  it('takes effect once for each key, and treats another reason as other content', async () => {
    const user = await shop.userWith(10);
    const args = adjusting(user, '-3', '--key', `once-${user}`);
    const first = await shop.ok(args);
    expect(await shop.ok(args)).toEqual({ ...first, replayed: true });
    const other = ['balance', 'adjust', user, '--by', '-3', '--reason', 'another', '--key', `once-${user}`];
    expect(await shop.refused(other)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', status: 5 });
    expect(await shop.ok(['balance', user])).toMatchObject({ balance: 7 });
  });

  it('accepts a negative number in the shell', async () => {
    const user = await shop.userWith(10);
    const stdin = `balance adjust ${user} --by -4 --reason "typed in a shell" --json\n`;
    const { status, stdout } = await shop.run(['shell'], { stdin });
    expect({ status, ...JSON.parse(stdout) }).toMatchObject({ status: 0, balance: 6, reason: 'typed in a shell' });
  });
});

describe('product adjust', () => {
  const adjusting = (product: number | string, ...more: string[]) =>
    ['product', 'adjust', String(product), '--reason', 'count', ...more] as const;

  const rowsOf = (product: number) =>
    shop.sql(
      "SELECT quantity, stock_after AS stockAfter FROM stock_movements WHERE product_id = ? AND type = 'adjustment' ORDER BY id",
      [product],
    );

  it('changes the stock by a number of units or to a counted stock, each time with a stock row', async () => {
    const pen = await shop.product('Pen', 100, 10, '--reference', 'adjusted-pen');
    const key = `count-${pen}`;
    expect(await shop.ok(adjusting(pen, '--by', '-3', '--key', key))).toEqual({
      id: pen,
      reference: 'adjusted-pen',
      name: 'Pen',
      price: 100,
      stock: 7,
      retired: false,
      before: 10,
      difference: -3,
      requestId: expect.any(Number),
      key,
      replayed: false,
      attempts: 1,
      reason: 'count',
    });
    expect(await shop.ok(adjusting('@adjusted-pen', '--by=5'))).toMatchObject({ stock: 12, before: 7, difference: 5 });
    expect(await shop.ok(adjusting(pen, '--to', '4'))).toMatchObject({ stock: 4, before: 12, difference: -8 });
    expect(await shop.stockOf(pen)).toBe(4);
    expect(await rowsOf(pen)).toEqual([
      { quantity: -3, stockAfter: 7 },
      { quantity: 5, stockAfter: 12 },
      { quantity: -8, stockAfter: 4 },
    ]);
    expect(await shop.ok(['request', 'show', key])).toMatchObject({
      kind: 'stock-adjust',
      payload: { product: pen, by: -3 },
      reason: 'count',
    });
  });

  it('records a count that confirms the stock', async () => {
    const pen = await shop.product('Pen', 100, 10);
    expect(await shop.ok(adjusting(pen, '--to', '10'))).toMatchObject({ stock: 10, before: 10, difference: 0 });
    expect(await rowsOf(pen)).toEqual([{ quantity: 0, stockAfter: 10 }]);
    const { stdout } = await shop.run([...adjusting(pen, '--to', '10'), '-o', 'table']);
    expect(stdout).toContain(`Recorded the count of Pen (${pen}). Stock: 10, no difference.`);
  });

  it('takes the last unit, and refuses a stock below 0 or above the maximum', async () => {
    const pen = await shop.product('Pen', 100, 10);
    expect(await refusal(adjusting(pen, '--by', '-11'))).toMatchObject({
      code: 'INSUFFICIENT_STOCK',
      status: 3,
      hint: `To set the stock to a counted value, run \`shop product adjust ${pen} --to <stock> --reason <reason>\`.`,
      details: { shortages: [{ productId: pen, name: 'Pen', requested: 11, available: 10 }] },
    });
    expect(await shop.ok(adjusting(pen, '--by', '-10'))).toMatchObject({ stock: 0 });
    expect(await shop.ok(adjusting(pen, '--to', String(MAXIMUM)))).toMatchObject({ stock: MAXIMUM });
    expect(await refusal(adjusting(pen, '--by', '1'))).toMatchObject({
      code: 'LIMIT_EXCEEDED',
      status: 3,
      details: { what: `stock of product ${pen}`, value: '9007199254740992', maximum: MAXIMUM },
    });
    expect(await refusal(adjusting('@nothing', '--to', '1'))).toMatchObject({ code: 'INVALID_PRODUCT', status: 4 });
  });

  it('refuses an adjustment if the stock has changed', async () => {
    const pen = await shop.product('Pen', 100, 10);
    await shop.ok(['product', 'restock', String(pen), '2']);
    for (const change of [
      ['--to', '9'],
      ['--by', '-1'],
    ]) {
      expect(await refusal(adjusting(pen, ...change, '--expect', '10'))).toMatchObject({
        code: 'STOCK_CHANGED',
        status: 3,
        message: `The stock of product ${pen} is 12, not 10 as expected.`,
        hint: `Check the stock with \`shop product show ${pen}\`, then run the command again with \`--expect 12\`. If you gave a key, give a new one.`,
        details: { productId: pen, expected: 10, stock: 12 },
      });
    }
    expect(await shop.ok(adjusting(pen, '--to', '9', '--expect', '12'))).toMatchObject({ stock: 9, difference: -3 });
  });

  it('applies only one of several counts that expect the same stock', async () => {
    const pen = await shop.product('Pen', 100, 10);
    const runs = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        shop.run([...adjusting(pen, '--to', String(20 + index), '--expect', '10'), '--json']),
      ),
    );
    expect(runs.map(({ status }) => status).sort()).toEqual([0, ...Array.from({ length: 7 }, () => 3)]);
    expect(await rowsOf(pen)).toHaveLength(1);
  });

  it('takes effect once for each key', async () => {
    const pen = await shop.product('Pen', 100, 10);
    const args = adjusting(pen, '--to', '4', '--key', `once-${pen}`);
    const first = await shop.ok(args);
    await shop.ok(['product', 'restock', String(pen), '2']);
    expect(await shop.ok(args)).toEqual({ ...first, replayed: true });
    expect(await shop.refused(adjusting(pen, '--by', '-6', '--key', `once-${pen}`))).toMatchObject({ status: 5 });
    expect(await shop.stockOf(pen)).toBe(6);
  });

  it('adjusts the stock of a retired product', async () => {
    const pen = await shop.product('Pen', 100, 10);
    await shop.sql('UPDATE products SET retired_at = UTC_TIMESTAMP(3) WHERE id = ?', [pen]);
    expect(await shop.ok(adjusting(pen, '--to', '0'))).toMatchObject({ stock: 0 });
  });

  it('requires either --by or --to', async () => {
    expect(await refusal(adjusting(1))).toMatchObject({
      code: 'INPUT_REQUIRED',
      status: 2,
      details: { missing: ['--by <units>', '--to <units>'] },
    });
    expect(await refusal(adjusting(1, '--by', '1', '--to', '2'))).toMatchObject({
      code: 'INVALID_INPUT',
      status: 2,
      message: "--to can't be combined with --by.",
    });
  });
});

it('stores the reason of a charge, a restock and a cancel, and prints it only if it was given', async () => {
  const user = await shop.userWith(100);
  const pen = await shop.product('Pen', 10, 10);
  const { orderId } = await shop.ok<{ orderId: number }>(['order', 'place', user, String(pen)]);
  const commands = [
    ['charge', user, '5', '--key', `charge-${user}`],
    ['product', 'restock', String(pen), '5', '--key', `restock-${user}`],
    ['order', 'cancel', String(orderId), '--key', `cancel-${user}`],
  ];
  // decomposed letters are stored in NFC, and white space at both ends is removed
  for (const args of commands) {
    const withReason = [...args, '--reason', ' cafe\u0301\t'];
    const first = await shop.ok(withReason);
    expect(first).toMatchObject({ reason: 'café', replayed: false });
    expect(await shop.ok(withReason)).toEqual({ ...first, replayed: true });
    const [header, ...rows] = (await shop.run([...withReason, '-o', 'csv'])).stdout.trim().split('\n');
    expect(header?.split(',')).toContain('reason');
    for (const row of rows) expect(row.split(',')).toContain('café');
    expect(await shop.refused(args)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', status: 5 });
    expect(await shop.ok(['request', 'show', args.at(-1) ?? ''])).toMatchObject({ reason: 'café' });
  }
  expect(await shop.ok(['charge', user, '5'])).not.toHaveProperty('reason');
  expect(await shop.ok<unknown[]>(['balance', 'history', user, '--limit', '3'])).toMatchObject([
    { type: 'charge', reason: null },
    { type: 'refund', reason: 'café' },
    { type: 'charge', reason: 'café' },
  ]);
  const [newest] = await shop.ok<{ reason: unknown }[]>(['request', 'list', '--kind', 'cancel', '--limit', '1']);
  expect(newest).toMatchObject({ reason: 'café' });
  const { stdout } = await shop.run(['charge', user, '1', '--reason', 'goodwill', '-o', 'table']);
  expect(stdout).toContain('Reason: goodwill\n');
});

it('applies adjustments, restocks and reasons from a file, and reports the reason of each refused row', async () => {
  const user = await shop.userWith(10);
  const pen = await shop.product('Pen', 1, 10);
  const rows = [
    'kind,user,product,amount,quantity,by,to,expect,items,reason,key',
    `points-adjust,${user},,-4,,,,,,goodwill,`,
    `points-adjust,${user},,-7,,,,,,too much,`,
    `restock,,${pen},,5,,,,,,`,
    `stock-adjust,,${pen},,,-2,,,,broken,`,
    `stock-adjust,,${pen},,,,20,13,,count,counted-${pen}`,
    `stock-adjust,,${pen},,,,7,13,,late count,`,
    `order,${user},,,,,,,${pen}:2,phone order,`,
    `charge,${user},,1,,,,,,,`,
    `points-adjust,${user},,5,,,,,,,`,
    `restock,,${pen},,5,1,,,,,`,
  ];
  const stdin = rows.join('\n');
  const dry = await shop.run(['batch', 'run', '-', '--name', 'fixes', '--dry-run', '--json'], { stdin });
  expect({ status: dry.status, ...JSON.parse(dry.stdout) }).toMatchObject({ status: 6, refused: 2, pending: 8 });
  const { status, stdout } = await shop.run(['batch', 'run', '-', '--name', 'fixes', '--json'], { stdin });
  expect({ status, ...JSON.parse(stdout) }).toMatchObject({ status: 6, total: 10, applied: 6, refused: 4 });
  expect(await shop.ok(['batch', 'results', 'fixes'])).toMatchObject([
    { line: 2, kind: 'points-adjust', status: 'applied', balance: 6, orderId: null, reason: null },
    { line: 3, code: 'INSUFFICIENT_POINTS', reason: `User ${user} has 6 points, but 7 are needed.` },
    { line: 4, kind: 'restock', status: 'applied', balance: null, reason: null },
    { line: 5, kind: 'stock-adjust', status: 'applied' },
    { line: 6, status: 'applied', key: `counted-${pen}` },
    { line: 7, code: 'STOCK_CHANGED', reason: `The stock of product ${pen} is 20, not 13 as expected.` },
    { line: 8, kind: 'order', status: 'applied', balance: 4 },
    { line: 9, kind: 'charge', status: 'applied', balance: 5 },
    { line: 10, kind: 'points-adjust', code: 'INVALID_INPUT', reason: 'reason is missing' },
    { line: 11, kind: 'restock', code: 'INVALID_INPUT', reason: expect.stringMatching(/^by is not a column of/) },
  ]);
  expect(await shop.stockOf(pen)).toBe(18);
  const requests = await shop.ok<{ line: number; reason: unknown }[]>(['request', 'list', '--batch', 'fixes']);
  expect(requests.map(({ line, reason }) => [line, reason]).reverse()).toEqual([
    [2, 'goodwill'],
    [3, 'too much'],
    [4, null],
    [5, 'broken'],
    [6, 'count'],
    [7, 'late count'],
    [8, 'phone order'],
    [9, null],
  ]);
  // another reason is other content, so no row of the changed file is sent
  const changed = await shop.refused(['batch', 'run', '-', '--name', 'fixes'], {
    stdin: stdin.replace('broken', 'stolen'),
  });
  expect(changed).toMatchObject({ status: 5, details: { lines: [5] } });
});

it('applies a stock count from a file in JSON lines', async () => {
  const [pen, ink] = [await shop.product('Pen', 1, 10), await shop.product('Ink', 1, 3)];
  const rows = [
    { kind: 'stock-adjust', product: pen, to: 12, reason: 'count', expect: 10 },
    { kind: 'stock-adjust', product: ink, by: -3, reason: 'count' },
    { kind: 'points-adjust', user: 1, amount: 0, reason: 'none' },
  ];
  const stdin = rows.map((row) => JSON.stringify(row)).join('\n');
  const { status, stdout } = await shop.run(['batch', 'run', '-', '--name', 'count', '--json'], { stdin });
  expect({ status, ...JSON.parse(stdout) }).toMatchObject({ status: 6, applied: 2, refused: 1 });
  expect([await shop.stockOf(pen), await shop.stockOf(ink)]).toEqual([12, 0]);
});
