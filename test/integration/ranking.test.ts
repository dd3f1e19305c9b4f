import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connect, type Session } from '../../src/db/mysql/connection.ts';
import { inTransaction } from '../../src/db/mysql/transaction.ts';
import { computeRanking } from '../../src/domain/ranking/compute.ts';
import { addProducts, plainRanking, replaceOrders, type Sale } from '../support/sales.ts';
import { TestShop } from '../support/shop.ts';

const HOUR_MS = 3_600_000;
const WINDOW_MS = 72 * HOUR_MS;
const PRODUCTS = 9;
const NOON = Date.UTC(2026, 2, 10, 12);

let shop: TestShop;
let session: Session;

beforeAll(async () => {
  shop = await TestShop.create();
  await addProducts(shop, PRODUCTS);
  session = await connect(shop.databaseUrl);
});

afterAll(async () => {
  await session.close();
  await shop.close();
});

/** Computes the ranking at a time, and checks it against a plain query. */
async function expectPlain(to: Date) {
  const ranking = await computeRanking(session, to);
  expect(ranking).toMatchObject({ from: new Date(to.getTime() - WINDOW_MS), to, refreshedAt: to });
  const plain = await plainRanking(shop, ranking.from, to);
  expect(ranking.items).toEqual(
    plain.map(({ productId, sold }, index) => ({
      rank: index + 1,
      productId,
      name: String.fromCharCode(64 + productId),
      price: 10 * productId,
      sold,
    })),
  );
  return ranking.items;
}

/** Milliseconds since the start of an hour, mostly near its start, middle or end. */
const inHour = fc.oneof(
  fc.constantFrom(0, 1, 999, 1_000, HOUR_MS / 2 - 1, HOUR_MS / 2, HOUR_MS / 2 + 1, HOUR_MS - 1_000, HOUR_MS - 1),
  fc.integer({ min: 0, max: HOUR_MS - 1 }),
);
const nearly = fc.constantFrom(-1_000, -999, -2, -1, 0, 0, 0, 1, 2, 999, 1_000);

/** Returns the time of an order, as milliseconds before the end of the three days. */
const placedBefore = (intoHour: number) =>
  fc.oneof(
    // some orders are at either end of the three days
    fc.tuple(fc.constantFrom(0, WINDOW_MS), nearly).map(([edge, off]) => edge + off),
    // some orders are at a full hour, mostly the first and the last
    fc
      .tuple(fc.oneof(fc.constantFrom(-1, 0, 71, 72, 73), fc.integer({ min: -1, max: 73 })), nearly)
      .map(([hours, off]) => intoHour + hours * HOUR_MS + off),
    // some orders are in the hours at both ends
    fc
      .tuple(fc.constantFrom(0, WINDOW_MS), fc.integer({ min: -HOUR_MS, max: HOUR_MS }))
      .map(([edge, off]) => edge + off),
    fc.integer({ min: -2 * HOUR_MS, max: WINDOW_MS + 2 * HOUR_MS }),
  );

const lines = fc.dictionary(
  fc.integer({ min: 1, max: PRODUCTS }).map(String),
  // small quantities cause ties
  fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.integer({ min: 1, max: 1_000_000 })),
  { minKeys: 1, maxKeys: 4 },
);

const status = fc.constantFrom<NonNullable<Sale['status']>>('placed', 'placed', 'placed', 'cancelled');

/** Returned units. More than the ordered units count as all of them. */
const returned = fc.oneof(
  fc.constant({}),
  fc.dictionary(fc.integer({ min: 1, max: PRODUCTS }).map(String), fc.integer({ min: 1, max: 500_000 })),
  fc.dictionary(fc.integer({ min: 1, max: PRODUCTS }).map(String), fc.constantFrom(1, 2)),
);

const orders = inHour.chain((intoHour) =>
  fc.record({
    intoHour: fc.constant(intoHour),
    sales: fc.array(fc.record({ before: placedBefore(intoHour), status, lines, returned }), {
      maxLength: 40,
      size: 'max',
    }),
  }),
);

it('equals a plain query for any orders, returns, cancels and times', async () => {
  await fc.assert(
    fc.asyncProperty(orders, async ({ intoHour, sales }) => {
      const to = new Date(NOON + intoHour);
      await replaceOrders(
        shop,
        sales.map(({ before, ...sale }) => ({ ...sale, at: new Date(to.getTime() - before) })),
      );
      await expectPlain(to);
    }),
    // a slow machine does fewer runs, and shrinking a failure has a time limit
    { numRuns: 200, interruptAfterTimeLimit: 120_000 },
  );
});

describe('counts to the millisecond', () => {
  it.each([0, 1, 999, 1_000, HOUR_MS / 2 - 1, HOUR_MS / 2, HOUR_MS / 2 + 1, HOUR_MS - 1])(
    'at %d ms into an hour',
    async (intoHour) => {
      const to = new Date(NOON + intoHour);
      const from = new Date(to.getTime() - WINDOW_MS);
      const at = (time: Date, off: number) => new Date(time.getTime() + off);
      await replaceOrders(shop, [
        { at: at(from, -1), lines: { 1: 100 } },
        { at: from, lines: { 1: 1, 2: 7 } },
        { at: at(from, 1), lines: { 1: 2 } },
        { at: at(to, -1), lines: { 1: 4 } },
        { at: to, lines: { 1: 8, 3: 7 } },
        { at: at(to, 1), lines: { 1: 100 } },
        { at: from, status: 'cancelled', lines: { 1: 100 } },
        { at: from, lines: { 1: 50, 2: 1 }, returned: { 1: 50, 2: 1 } },
        { at: to, lines: { 3: 9 }, returned: { 3: 9 } },
        { at: at(to, 1), lines: { 2: 5 }, returned: { 2: 3 } },
      ]);
      const items = await expectPlain(to);
      expect(items.map(({ productId, sold }) => [productId, sold])).toEqual([
        [1, 15],
        [2, 7],
        [3, 7],
      ]);
    },
  );
});

it('finds a product that is among the best only because of its sales in the first hour', async () => {
  const to = new Date(NOON + 10 * 60_000);
  const first = new Date(to.getTime() - WINDOW_MS);
  await replaceOrders(shop, [
    { at: new Date(NOON - HOUR_MS), lines: { 1: 50, 2: 40, 3: 30, 4: 20, 5: 10, 6: 9 } },
    // with the counted part of the first hour, product 6 passes product 5; with the other part, product 7 would pass it
    // too
    { at: first, lines: { 6: 2, 7: 5 } },
    { at: new Date(first.getTime() - 1), lines: { 7: 100, 5: 100 } },
  ]);
  const items = await expectPlain(to);
  expect(items.map(({ productId, sold }) => [productId, sold])).toEqual([
    [1, 50],
    [2, 40],
    [3, 30],
    [4, 20],
    [6, 11],
  ]);
});

it('breaks ties by the lower id, also at the last rank and for sales in the first hour', async () => {
  const to = new Date(NOON + 40 * 60_000);
  await replaceOrders(shop, [
    { at: new Date(NOON - HOUR_MS), lines: { 9: 5, 8: 5, 7: 5, 6: 5, 5: 5, 4: 4 } },
    { at: new Date(to.getTime() - WINDOW_MS), lines: { 4: 1 } },
  ]);
  const items = await expectPlain(to);
  expect(items.map(({ productId }) => productId)).toEqual([4, 5, 6, 7, 8]);
});

it.each([10, 50])(
  'ranks many products that differ only in the first hour, %d minutes into the hour',
  async (minutes) => {
    const to = new Date(NOON + minutes * 60_000);
    const from = to.getTime() - WINDOW_MS;
    const ids = Array.from({ length: 150 }, (_, index) => 1_000 + index);
    await shop.sql('INSERT INTO products (id, name, price, stock, created_at) VALUES ?', [
      ids.map((id) => [id, `Product ${id}`, id, 0, to]),
    ]);
    const lineOfEach = (quantity: (id: number) => number) => Object.fromEntries(ids.map((id) => [id, quantity(id)]));
    await replaceOrders(shop, [
      { at: new Date(NOON - HOUR_MS), lines: lineOfEach(() => 1_000) },
      { at: new Date(from - 1), lines: lineOfEach((id) => 1_200 - ((id * 7) % 150)) },
      { at: new Date(from), lines: lineOfEach((id) => 1 + ((id * 7) % 150)) },
      { at: new Date(from + 1), status: 'cancelled', lines: lineOfEach(() => 500) },
    ]);
    const { items } = await computeRanking(session, to);
    expect(items.map(({ productId, sold }) => ({ productId, sold }))).toEqual(
      await plainRanking(shop, new Date(from), to),
    );
    await replaceOrders(shop, []);
    await shop.sql('DELETE FROM products WHERE id >= 1000');
  },
);

it('is empty if nothing was sold or all of it was cancelled', async () => {
  const to = new Date(NOON);
  await replaceOrders(shop, []);
  expect(await expectPlain(to)).toEqual([]);
  await replaceOrders(shop, [{ at: to, status: 'cancelled', lines: { 1: 1 } }]);
  expect(await expectPlain(to)).toEqual([]);
});

it('omits a product whose sales were reduced to zero', async () => {
  const to = new Date(NOON);
  await replaceOrders(shop, [{ at: to, lines: { 2: 1 } }]);
  // imitates the row that remains after a cancel
  await shop.sql('INSERT INTO hourly_sales (hour, product_id, quantity) VALUES (?, 1, 0)', [to]);
  expect((await expectPlain(to)).map(({ productId }) => productId)).toEqual([2]);
});

describe("the ranking by the server's clock", () => {
  beforeEach(async () => {
    await replaceOrders(shop, [
      { at: new Date(Date.now() - WINDOW_MS - 60_000), lines: { 1: 1 } },
      { at: new Date(Date.now() - WINDOW_MS + 600_000), lines: { 2: 2 } },
      { at: new Date(Date.now() - 60_000), lines: { 3: 3 } },
    ]);
  });

  it.each(['+00:00', '+13:00', '-12:00', '+05:45'])('is the same in a session with the time zone %s', async (zone) => {
    const other = await connect(shop.databaseUrl);
    try {
      await other.execute('SET SESSION time_zone = ?', [zone]);
      const { to, items } = await computeRanking(other);
      expect(Math.abs(to.getTime() - Date.now())).toBeLessThan(60_000);
      expect(items.map(({ productId, sold }) => [productId, sold])).toEqual([
        [3, 3],
        [2, 2],
      ]);
    } finally {
      await other.close();
    }
  });
});

it('reads a consistent snapshot while orders arrive and are cancelled', async () => {
  const to = new Date(NOON + HOUR_MS / 4);
  // the order moves between the first hour and a later one; both hours count, so the order counts at any moment
  const places = [new Date(to.getTime() - WINDOW_MS + 60_000), new Date(NOON - 5 * HOUR_MS)];
  await replaceOrders(shop, [{ at: places[0] ?? to, lines: { 1: 5 } }]);
  const other = await shop.connection();
  let running = true;
  const moving = (async () => {
    for (let turn = 1; running; turn++) {
      const [here, there] = [places[(turn + 1) % 2], places[turn % 2]];
      await other.query('START TRANSACTION');
      await other.query('UPDATE orders SET created_at = ? WHERE id = 1', [there]);
      await other.query("UPDATE hourly_sales SET quantity = 0 WHERE hour = DATE_FORMAT(?, '%Y-%m-%d %H:00:00')", [
        here,
      ]);
      await other.query(
        `INSERT INTO hourly_sales VALUES (DATE_FORMAT(?, '%Y-%m-%d %H:00:00'), 1, 5) ON DUPLICATE KEY UPDATE quantity = 5`,
        [there],
      );
      await other.query('COMMIT');
    }
  })();
  const seen = new Set<number | undefined>();
  for (let i = 0; i < 300; i++) seen.add((await computeRanking(session, to)).items[0]?.sold);
  running = false;
  await moving;
  await other.end();
  expect([...seen]).toEqual([5]);
});

it('restores the session, so that the next read sees new commits', async () => {
  await computeRanking(session);
  const count = async () => (await session.query<{ n: number }>('SELECT COUNT(*) AS n FROM products'))[0]?.n;
  await inTransaction(session, async () => {
    const before = await count();
    await shop.sql("INSERT INTO products (id, name, price, stock, created_at) VALUES (100, 'Z', 1, 1, NOW(3))");
    expect(await count()).toBe((before ?? 0) + 1);
    await session.execute('DELETE FROM products WHERE id = 100');
  });
});
