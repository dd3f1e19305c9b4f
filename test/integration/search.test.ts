import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSession, type Session } from '../../src/domain/servers/connections.ts';
import { searchOrders } from '../../src/domain/shop/orders.ts';
import { searchProducts, searchUsers } from '../../src/domain/shop/search.ts';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;
let session: Session;

const USERS: readonly (readonly [id: number, reference: string | null, name: string])[] = [
  [1, 'HB-17', 'Harbour Books'],
  [2, 'HB_18', '카페 서울'],
  [3, 'HBx18', 'Corner CAFÉ'],
  [40, null, '100% cotton_\\'],
  // ids may have gaps of any size
  [9_007_199_254_740_000, 'hb-17', 'Late 4 Books 🍵'],
];

beforeAll(async () => {
  shop = await TestShop.create();
  session = await openSession(shop.databaseUrl);
  await shop.sql('INSERT INTO users (id, reference, name, balance, created_at) VALUES ?', [
    USERS.map((user) => [...user, 7, new Date()]),
  ]);
});

afterAll(async () => {
  await session.close();
  await shop.close();
});

const LATE = 9_007_199_254_740_000;

async function ids(typed: string, bounds?: { most?: number; chunk?: number; limitMs?: number }) {
  const { rows, besides } = await searchUsers(session, typed, {
    bounds: { most: 20, chunk: 2, limitMs: 60_000, ...bounds },
  });
  return [rows.map(({ id }) => id), besides] as const;
}

it.each([
  ['', [LATE, 40, 3, 2, 1]],
  ['  ', [LATE, 40, 3, 2, 1]],
  ['books', [LATE, 1]],
  ['서울', [2]],
  ['café', [3]],
  // macOS types and stores letters in this form
  ['cafe\u0301', [3]],
  ['서울'.normalize('NFD'), [2]],
  ['🍵', [LATE]],
  ['0% c', [40]],
  ['_\\', [40]],
  ['%', [40]],
  // the row with this id comes before rows with the number in their names
  ['40', [40]],
  ['4', [LATE]],
  ['1', [1, 40]],
  ['@HB', [1, 2, 3]],
  ['HB-', [1]],
  ['@HB_', [2]],
  ['@hb-17', [LATE]],
  ['@', []],
  ['nobody', []],
  ["' OR 1 = 1 -- ", []],
])('finds users by %j', async (typed, expected) => {
  expect(await ids(typed)).toEqual([expected, 'none']);
});

it('returns no more than its limit, and reports that there are more', async () => {
  expect(await ids('', { most: 2 })).toEqual([[LATE, 40], 'more']);
  expect(await ids('o', { most: 2 })).toEqual([[LATE, 40], 'more']);
  expect(await ids('books', { most: 2 })).toEqual([[LATE, 1], 'none']);
});

it('searches at least one chunk of the names, and stops at the time limit or when the input changes', async () => {
  expect(await ids('books', { limitMs: 0 })).toEqual([[LATE], 'unseen']);
  expect(await ids('1', { limitMs: 0 })).toEqual([[1, 40], 'unseen']);
  const { rows, besides } = await searchUsers(session, 'books', { signal: AbortSignal.abort() });
  expect([rows, besides]).toEqual([[], 'unseen']);
});

it('finds products by the same rules, with price and stock', async () => {
  const id = await shop.product('연필 HB', 150, 96, '--reference', 'P-1');
  const found = { id, reference: 'P-1', name: '연필 HB', price: 150, stock: 96, retiredAt: null };
  for (const typed of ['hb', '연', '@P', String(id), ''])
    expect(await searchProducts(session, typed)).toEqual({ rows: [found], besides: 'none' });
});

it('finds only blocked or unblocked users, and only retired products or those on sale', async () => {
  await shop.sql("UPDATE users SET blocked_at = UTC_TIMESTAMP(3), blocked_reason = 'late' WHERE id IN (2, ?)", [LATE]);
  const userIds = async (typed: string, blocked?: boolean) =>
    (await searchUsers(session, typed, { blocked })).rows.map(({ id }) => id);
  expect(await userIds('', true)).toEqual([LATE, 2]);
  expect(await userIds('', false)).toEqual([40, 3, 1]);
  expect(await userIds('books', true)).toEqual([LATE]);
  expect(await userIds('books', false)).toEqual([1]);
  expect(await userIds('@HB', false)).toEqual([1, 3]);
  expect(await userIds('2', false)).toEqual([]);
  expect(await userIds('2')).toEqual([2]);

  const [old, current] = [await shop.product('Old pen', 1, 1), await shop.product('New pen', 1, 1)];
  await shop.sql('UPDATE products SET retired_at = UTC_TIMESTAMP(3) WHERE id = ?', [old]);
  const productIds = async (retired?: boolean) =>
    (await searchProducts(session, 'pen', { retired })).rows.map(({ id }) => id);
  expect([await productIds(true), await productIds(false), await productIds()]).toEqual([
    [old],
    [current],
    [current, old],
  ]);
});

it('finds the newest orders of the users whose names match', async () => {
  const product = await shop.product('Cup', 10, 1);
  const orders = [
    [1, 'placed'],
    [2, 'placed'],
    [LATE, 'cancelled'],
    [1, 'cancelled'],
    [LATE, 'placed'],
  ] as const;
  await shop.sql(
    'INSERT INTO requests (id, idempotency_key, request_hash, kind, payload, actor, host, created_at) VALUES ?',
    [orders.map((_, index) => [index + 1, `key-${index}`, '', 'order', '{}', 'web', 'host', new Date()])],
  );
  await shop.sql('INSERT INTO orders (id, user_id, status, total, refunded, created_at) VALUES ?', [
    orders.map(([user, status], index) => [index + 1, user, status, 10, status === 'placed' ? 0 : 10, new Date()]),
  ]);
  await shop.sql('INSERT INTO order_lines (order_id, product_id, position, quantity, unit_price) VALUES ?', [
    orders.map((_, index) => [index + 1, product, 1, 1, 10]),
  ]);
  const found = async (typed: string, limit = 20, status?: readonly ['placed']) => {
    const { signal } = new AbortController();
    const { rows, besides } = await searchOrders(session, typed, { status, limit, signal });
    return [rows.map(({ orderId }) => orderId), besides] as const;
  };
  expect(await found('books')).toEqual([[5, 4, 3, 1], 'none']);
  expect(await found('books', 20, ['placed'])).toEqual([[5, 1], 'none']);
  expect(await found('books', 4)).toEqual([[5, 4, 3, 1], 'none']);
  expect(await found('books', 3)).toEqual([[5, 4, 3], 'more']);
  expect(await found('@HB_')).toEqual([[2], 'none']);
  expect(await found('corner')).toEqual([[], 'none']);
  expect(await found('nobody')).toEqual([[], 'none']);
});
