import { afterAll, beforeAll, expect, it } from 'vitest';
import { type JsonError, TestShop } from '../support/shop.ts';

const MAXIMUM = 9_007_199_254_740_991;

let shop: TestShop;
let user: number;
let product: number;
let scarce: number;
let keys = 0;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.startWorker();
  user = await shop.created(['user', 'create', 'Ann', '--reference', 'ann']);
  product = await shop.created(['product', 'create', 'Pen', '--price', '100', '--stock', '10', '--reference', 'pen']);
  scarce = await shop.created(['product', 'create', 'Inkwell', '--price', '1', '--stock', '3']);
  await shop.ok(['charge', String(user), '500']);
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

/** Runs a command that is refused, and checks that no row of the shop has changed. */
async function refusal(args: readonly string[]): Promise<JsonError & { status: number | null }> {
  const before = await shop.snapshot();
  // a slow command prints a generated key, so the request has an explicit key
  const makesRequest = /^(charge|balance adjust|order (place|cancel|return)|product (restock|adjust)) /.test(
    args.join(' '),
  );
  const error = await shop.refused(makesRequest ? [...args, '--key', `refused-${++keys}`] : args);
  expect(await shop.snapshot()).toEqual(before);
  expect(error.message).not.toBe('');
  expect(error.hint).not.toBe('');
  return error;
}

it.each([
  'charge 999 5',
  'charge @nobody 5',
  'balance 999',
  'balance @nobody',
  'balance history 999',
  'balance adjust 999 --by 5 --reason x',
  'balance history @nobody',
  'balance statement 999 --since 1h',
  'ledger list --user @nobody',
  'user show 999',
  'user show @nobody',
  'order place 999 1',
  'order place @nobody @pen',
  'order list --user 999',
  'order list --user @nobody',
  'user edit 999 --name Bo',
  'user block @nobody --reason late',
  'user unblock 999',
  // references are case-sensitive
  'user show @Ann',
])('reports INVALID_USER for %s', async (line) => {
  const error = await refusal(line.split(' '));
  const named = /999|@nobody|@Ann/.exec(line)?.[0] ?? '';
  expect(error).toMatchObject({
    code: 'INVALID_USER',
    status: 4,
    message: `There is no user ${named}.`,
    details: { user: named === '999' ? 999 : named },
  });
});

it.each([
  'product show 999',
  'product show @nothing',
  'product restock 999 5',
  'product adjust 999 --to 5 --reason x',
  'product restock @nothing 5',
  'product reprice 999 5',
  'product reprice @nothing 5',
  'product edit 999 --price 5',
  'product retire @nothing',
  'product restore 999',
  'product history 999',
  'product history @nothing',
  'product show @PEN',
])('reports INVALID_PRODUCT for %s', async (line) => {
  const error = await refusal(line.split(' '));
  const named = /999|@nothing|@PEN/.exec(line)?.[0] ?? '';
  expect(error).toMatchObject({
    code: 'INVALID_PRODUCT',
    status: 4,
    message: `There is no product ${named}.`,
    details: { products: [named === '999' ? 999 : named] },
  });
});

it('names every missing product of an order', async () => {
  const error = await refusal(['order', 'place', '@ann', '998', '@pen', '@nothing:2', '999']);
  expect(error).toMatchObject({
    code: 'INVALID_PRODUCT',
    status: 4,
    details: { products: [998, '@nothing', 999] },
  });
  expect(error.message).toContain('998, @nothing, 999');
});

it.each([
  ['INVALID_ORDER', 'order show 999', '999'],
  ['INVALID_ORDER', 'order cancel 999', '999'],
  ['INVALID_ORDER', 'order return 999 @pen', '999'],
  ['INVALID_REQUEST', 'request show 999', '999'],
  ['INVALID_REQUEST', 'request show no-such-key', 'no-such-key'],
  ['INVALID_REQUEST', 'request cancel 999', '999'],
  ['INVALID_BATCH', 'batch cancel no-such-batch', 'no-such-batch'],
])('reports %s for %s', async (code, line, named) => {
  const error = await refusal(line.split(' '));
  expect(error).toMatchObject({ code, status: 4 });
  expect(error.message).toContain(named);
});

it('reports how many points are available and needed', async () => {
  const error = await refusal(['order', 'place', '@ann', '@pen:6']);
  expect(error).toMatchObject({
    code: 'INSUFFICIENT_POINTS',
    status: 3,
    details: { userId: user, balance: 500, total: 600 },
  });
  expect(error.message).toBe(`User ${user} has 500 points, but 600 are needed.`);
});

it('computes a total beyond 2^53 exactly', async () => {
  const dear = await shop.created(['product', 'create', 'Palace', '--price', '999999999999', '--stock', '1']);
  const error = await refusal(['order', 'place', '@ann', `${dear}:999999`]);
  expect(error).toMatchObject({ code: 'INSUFFICIENT_POINTS', details: { total: '999998999999000001' } });
});

it('names each product that is short, with the requested and the available quantity', async () => {
  const other = await shop.created(['product', 'create', 'Blotter', '--price', '2', '--stock', '0']);
  const error = await refusal(['order', 'place', '@ann', `${scarce}:4`, '@pen:1', `${other}:1`]);
  expect(error).toMatchObject({
    code: 'INSUFFICIENT_STOCK',
    status: 3,
    details: {
      shortages: [
        { productId: scarce, name: 'Inkwell', requested: 4, available: 3 },
        { productId: other, name: 'Blotter', requested: 1, available: 0 },
      ],
    },
  });
  expect(error.message).toBe(
    `Not enough stock: product ${scarce} (Inkwell): 4 requested, 3 left; product ${other} (Blotter): 1 requested, 0 left.`,
  );
});

it('refuses an order for insufficient points before insufficient stock', async () => {
  expect(await refusal(['order', 'place', '@ann', '@pen:11'])).toMatchObject({ code: 'INSUFFICIENT_POINTS' });
});

it('refuses an order for an unknown product before insufficient points', async () => {
  expect(await refusal(['order', 'place', '@ann', '@pen:11', '999'])).toMatchObject({ code: 'INVALID_PRODUCT' });
});

it('refuses an order for an unknown user before it checks anything else', async () => {
  expect(await refusal(['order', 'place', '999', '999', '@pen:11'])).toMatchObject({ code: 'INVALID_USER' });
});

it('refuses to exceed the maximum of a balance', async () => {
  const rich = await shop.created(['user', 'create', 'Rich']);
  await chargeByHand(rich, MAXIMUM - 10);
  expect(await refusal(['charge', String(rich), '11'])).toMatchObject({
    code: 'LIMIT_EXCEEDED',
    status: 3,
    details: { what: `balance of user ${rich}`, value: '9007199254740992', maximum: MAXIMUM },
  });
  expect(await shop.ok(['charge', String(rich), '10'])).toMatchObject({ balance: MAXIMUM });
  expect(await refusal(['charge', String(rich), '1'])).toMatchObject({ code: 'LIMIT_EXCEEDED' });
  expect(await shop.ok(['balance', String(rich)])).toMatchObject({ balance: MAXIMUM });
});

it('refuses to exceed the maximum of a stock', async () => {
  const heap = await shop.created(['product', 'create', 'Sand', '--price', '1', '--stock', String(MAXIMUM - 2)]);
  expect(await refusal(['product', 'restock', String(heap), '3'])).toMatchObject({
    code: 'LIMIT_EXCEEDED',
    status: 3,
    details: { what: `stock of product ${heap}`, value: '9007199254740992', maximum: MAXIMUM },
  });
  expect(await shop.ok(['product', 'restock', String(heap), '2'])).toMatchObject({ stock: MAXIMUM });
});

it('refuses to exceed the maximum quantity of a product in an order, named by id or reference', async () => {
  expect(await refusal(['order', 'place', '@ann', '@pen:600000', `${product}:600000`])).toMatchObject({
    code: 'LIMIT_EXCEEDED',
    status: 3,
  });
});

it('refuses a reference that is in use', async () => {
  for (const args of [
    ['user', 'create', 'Other Ann', '--reference', 'ann'],
    ['product', 'create', 'Other pen', '--price', '1', '--stock', '1', '--reference', 'pen'],
  ]) {
    expect(await refusal(args)).toMatchObject({ code: 'INVALID_INPUT', status: 2, details: { field: 'reference' } });
  }
  // a user and a product may share a reference, and references are case-sensitive
  await shop.ok(['user', 'create', 'Pen Ltd', '--reference', 'pen']);
  await shop.ok(['user', 'create', 'ANN', '--reference', 'ANN']);
});

/** Inserts a charge above the limit of one request, with all rows of a charge. */
async function chargeByHand(id: number, amount: number): Promise<void> {
  const key = `by-hand-${id}`;
  await shop.sql(
    `INSERT INTO requests (idempotency_key, request_hash, kind, payload, actor, host, created_at)
     VALUES (?, REPEAT('x', 32), 'charge', ?, 'tester', 'here', UTC_TIMESTAMP(3))`,
    [key, JSON.stringify({ user: id, amount })],
  );
  const request = 'SELECT id FROM requests WHERE idempotency_key = ?';
  const [{ transactionId } = { transactionId: 0 }] = await shop.sql<{ transactionId: number }>(
    'SELECT COALESCE(MAX(id), 0) + 1 AS transactionId FROM point_transactions',
  );
  await shop.sql(
    `INSERT INTO outcomes (request_id, status, code, attempts, details, decided_at)
     VALUES ((${request}), 'applied', NULL, 1, ?, UTC_TIMESTAMP(3))`,
    [key, JSON.stringify({ userId: id, amount, balance: amount, transactionId })],
  );
  await shop.sql(
    `INSERT INTO point_transactions (id, user_id, type, amount, balance_after, request_id, created_at)
     VALUES (?, ?, 'charge', ?, ?, (${request}), UTC_TIMESTAMP(3))`,
    [transactionId, id, amount, amount, key],
  );
  await shop.sql('UPDATE users SET balance = ? WHERE id = ?', [amount, id]);
}
