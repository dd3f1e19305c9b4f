import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunOptions, TestShop } from '../support/shop.ts';

let shop: TestShop;

const BOOKS = '@harbour-books';
const CAFE = '@corner-cafe';
const BAKERY = '@hill-bakery';
const TYPO = 'charged 500,000 instead of 50,000';

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.startWorker();
  await shop.ok(['user', 'import', '-'], {
    stdin: 'reference,name\nharbour-books,Harbour Books\ncorner-cafe,Corner Cafe\nhill-bakery,Hill Bakery\n',
  });
  await shop.ok(['product', 'import', '-'], {
    stdin: 'reference,name,price,stock\npen,Fountain pen,3200,20\nink,Blue ink,900,40\nlamp,Desk lamp,2500,10\n',
  });
  await shop.ok(['charge', CAFE, '20000']);
});

afterAll(async () => {
  await shop.close();
});

/** Runs a command as the operator Mina, who does all the work of this test. */
const mina = <T = Record<string, unknown>>(args: readonly string[], options?: RunOptions) =>
  shop.ok<T>([...args, '--actor', 'mina'], options);
const refused = (args: readonly string[]) => shop.refused([...args, '--actor', 'mina']);

const balanceOf = async (user: string) => (await shop.ok(['balance', user])).balance;
const stocks = async () => {
  const products = await shop.ok<{ reference: string; stock: number }[]>(['product', 'list']);
  return Object.fromEntries(products.map(({ reference, stock }) => [reference, stock]));
};

interface Entry {
  readonly action: string;
  readonly subject: string;
  readonly before: unknown;
  readonly after: unknown;
}

it('lets an operator correct the mistakes of a day, and lists all corrections in order as activities', async () => {
  // a charge had one zero too many
  await mina(['charge', BOOKS, '500000', '--reason', 'deposit']);
  await mina(['balance', 'adjust', BOOKS, '--by', '-450000', '--reason', TYPO]);
  expect(await shop.ok(['balance', 'history', BOOKS])).toMatchObject([
    { type: 'adjustment', amount: -450_000, balanceAfter: 50_000, reason: TYPO },
    { type: 'charge', amount: 500_000, balanceAfter: 500_000, reason: 'deposit' },
  ]);

  // a customer returns two products of an order; the broken units are not restocked
  const order = String((await mina(['order', 'place', BOOKS, '@pen:3', '@ink:4', '@lamp'])).orderId);
  expect(await balanceOf(BOOKS)).toBe(50_000 - 15_700);
  await mina(['order', 'return', order, '@pen:2', '--reason', 'not needed']);
  await mina(['order', 'return', order, '@ink:3', '--no-restock', '--reason', 'leaked']);
  expect(await shop.ok(['order', 'show', order])).toMatchObject({
    status: 'partially_returned',
    total: 15_700,
    refunded: 9_100,
    lines: [
      { name: 'Fountain pen', quantity: 3, returned: 2 },
      { name: 'Blue ink', quantity: 4, returned: 3 },
      { name: 'Desk lamp', quantity: 1, returned: 0 },
    ],
  });
  expect(await balanceOf(BOOKS)).toBe(50_000 - 15_700 + 9_100);
  expect(await stocks()).toEqual({ pen: 19, ink: 36, lamp: 9 });

  // the whole stock count is one batch file
  const count =
    'kind,product,to,expect,reason\nstock-adjust,@pen,18,19,count\nstock-adjust,@ink,39,,count\nstock-adjust,@lamp,9,9,count\n';
  expect(await mina(['batch', 'run', '-', '--name', 'count-november'], { stdin: count })).toMatchObject({
    applied: 3,
    refused: 0,
  });
  expect(await stocks()).toEqual({ pen: 18, ink: 39, lamp: 9 });
  expect(await shop.ok(['product', 'history', '@ink', '--limit', '2'])).toMatchObject([
    { type: 'adjustment', quantity: 3, stockAfter: 39, reason: 'count' },
    { type: 'sale', quantity: -4, stockAfter: 36, orderId: Number(order) },
  ]);

  // a product is taken off sale while it is in a cart
  await mina(['cart', 'add', CAFE, '@lamp:2', '@ink']);
  await mina(['product', 'retire', '@lamp']);
  const { lines } = await shop.ok<{ lines: { name: string; retired?: true }[] }>(['cart', 'show', CAFE]);
  expect(lines.map(({ name, retired }) => [name, retired])).toEqual([
    ['Desk lamp', true],
    ['Blue ink', undefined],
  ]);
  expect((await shop.run(['cart', 'show', CAFE, '-o', 'table'])).stdout).toMatch(/RETIRED\n.*Desk lamp .* yes\n/);
  expect(await refused(['cart', 'checkout', CAFE])).toMatchObject({
    status: 3,
    code: 'PRODUCT_RETIRED',
    message: expect.stringContaining('Desk lamp'),
  });
  await mina(['cart', 'remove', CAFE, '@lamp:2']);
  const checkout = await mina(['cart', 'checkout', CAFE]);
  expect(checkout).toMatchObject({ total: 900, balance: 19_100 });

  // a blocked user can't order, but can still be charged
  await mina(['user', 'block', CAFE, '--reason', 'unpaid invoice']);
  expect(await refused(['order', 'place', CAFE, '@pen'])).toMatchObject({ status: 3, code: 'USER_BLOCKED' });
  expect(await mina(['charge', CAFE, '900', '--reason', 'invoice paid'])).toMatchObject({ balance: 20_000 });
  await mina(['user', 'unblock', CAFE]);

  // a batch file of last month and a charge to the wrong user are sent by mistake, and cancelled
  await mina(['queue', 'pause']);
  const salaries = `kind,user,amount\ncharge,${BOOKS},70000\ncharge,${CAFE},80000\n`;
  expect(await mina(['batch', 'run', '-', '--name', 'october', '--no-wait'], { stdin: salaries })).toMatchObject({
    pending: 2,
  });
  expect(await mina(['batch', 'cancel', 'october', '--yes'])).toMatchObject({ withdrawn: 2 });
  const wrong = String((await mina(['charge', BAKERY, '600', '--no-wait'])).requestId);
  await mina(['request', 'cancel', wrong, '--no-wait']);
  await mina(['queue', 'resume']);
  expect(await shop.decided(wrong)).toMatchObject({ status: 'refused', code: 'CANCELLED' });
  expect(await shop.ok(['batch', 'show', 'october'])).toMatchObject({ applied: 0, refused: 2, pending: 0 });
  expect([await balanceOf(BOOKS), await balanceOf(CAFE), await balanceOf(BAKERY)]).toEqual([43_400, 20_000, 0]);

  // the ranking does not count returned units
  const { items } = await shop.ok<{ items: unknown }>(['product', 'top', '--fresh']);
  expect(items).toMatchObject([
    { name: 'Blue ink', sold: 2 },
    { name: 'Fountain pen', sold: 1 },
    { name: 'Desk lamp', sold: 1 },
  ]);
  await shop.expectSound();

  const story = await shop.ok<Entry[]>(['activity', 'list', '--actor', 'mina', '--limit', '100']);
  const content = expect.stringMatching(/^[0-9a-f]{12}$/);
  const applied = { status: 'applied' };
  const cancelled = { status: 'refused', code: 'CANCELLED' };
  expect(story.reverse().map(({ action, subject, before, after }) => [action, subject, before, after])).toEqual([
    ['charge', 'user 1', null, { ...applied, amount: 500_000, balance: 500_000, reason: 'deposit' }],
    ['balance adjust', 'user 1', null, { ...applied, amount: -450_000, balance: 50_000, reason: TYPO }],

    ['order place', 'user 1', null, { ...applied, orderId: Number(order), total: 15_700, balance: 34_300 }],
    ['order return', `order ${order}`, null, { ...applied, refund: 6_400, balance: 40_700, reason: 'not needed' }],
    ['order return', `order ${order}`, null, { ...applied, refund: 2_700, balance: 43_400, reason: 'leaked' }],

    ['batch run', 'batch count-november', null, { content }],
    ['product adjust', 'product 1', null, { ...applied, difference: -1, stock: 18, reason: 'count' }],
    ['product adjust', 'product 2', null, { ...applied, difference: 3, stock: 39, reason: 'count' }],
    ['product adjust', 'product 3', null, { ...applied, difference: 0, stock: 9, reason: 'count' }],

    ['cart add', 'user 2', { 'product 2': 0, 'product 3': 0 }, { 'product 2': 1, 'product 3': 2 }],
    ['product retire', 'product 3', { retired: false }, { retired: true }],
    ['cart checkout', 'user 2', null, { status: 'refused', code: 'PRODUCT_RETIRED' }],
    ['cart remove', 'user 2', { 'product 3': 2 }, { 'product 3': 0 }],
    ['cart checkout', 'user 2', null, { ...applied, orderId: checkout.orderId, total: 900, balance: 19_100 }],

    ['user block', 'user 2', { blocked: false }, { blocked: true, blockedReason: 'unpaid invoice' }],
    ['order place', 'user 2', null, { status: 'refused', code: 'USER_BLOCKED' }],
    ['charge', 'user 2', null, { ...applied, amount: 900, balance: 20_000, reason: 'invoice paid' }],
    ['user unblock', 'user 2', { blocked: true, blockedReason: 'unpaid invoice' }, { blocked: false }],

    ['queue pause', 'queue', { paused: false }, { paused: true }],
    ['batch run', 'batch october', null, { content }],
    ['charge', 'user 1', null, { ...cancelled, amount: 70_000 }],
    ['charge', 'user 2', null, { ...cancelled, amount: 80_000 }],
    ['batch cancel', 'batch october', null, { cancelled: true }],
    ['charge', 'user 3', null, { ...cancelled, amount: 600 }],
    ['request cancel', `request ${wrong}`, null, { withdrawn: true }],
    ['queue resume', 'queue', { paused: true }, { paused: false }],
  ]);
});
