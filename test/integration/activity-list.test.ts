import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Session } from '../../src/db/mysql/connection.ts';
import { Cursor } from '../../src/domain/activities/cursor.ts';
import { type ActivityFilter, type ListedChange, listActivities } from '../../src/domain/activities/list.ts';
import { openSession } from '../../src/domain/servers/connections.ts';
import { readStockHistory } from '../../src/domain/shop/stock.ts';
import { TestShop } from '../support/shop.ts';

const ROWS = 20_000;
/** Every tenth request is followed by an activity in the same millisecond. */
const EVERY = 10;
const START = Date.UTC(2026, 0, 1);

let shop: TestShop;
let session: Session;

// records one request a second; none of them is decided
beforeAll(async () => {
  shop = await TestShop.create();
  session = await openSession(shop.databaseUrl);
  await shop.sql('DELETE FROM activities');
  // servers limit a recursion to a thousand rows
  const numbers = `WITH RECURSIVE d AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM d WHERE i < 199),
    n AS (SELECT a.i * 200 + b.i + 1 AS i FROM d a JOIN d b)`;
  await shop.sql(
    `INSERT INTO requests (idempotency_key, request_hash, kind, payload, actor, host, created_at)
     ${numbers} SELECT CONCAT('key-', i), '', 'charge', '{"user":1,"amount":5}', IF(i = 7, 'rare', 'cron'), 'till',
       '2026-01-01' + INTERVAL i SECOND FROM n WHERE i <= ${ROWS} ORDER BY i`,
  );
  await shop.sql(
    `INSERT INTO activities (actor, host, action, subject, created_at)
     ${numbers} SELECT 'cron', 'till', 'queue pause', 'queue', '2026-01-01' + INTERVAL i * ${EVERY} SECOND FROM n
     WHERE i <= ${ROWS / EVERY} ORDER BY i`,
  );
});

afterAll(async () => {
  await session.close();
  await shop.close();
});

/** Lists a page of activities, and counts the rows that the server has read for it. */
const counted = (filter: ActivityFilter) => counting(() => listActivities(session, filter));

/** Calls `read`, and counts the rows that the server has read for it. */
async function counting<Row>(read: () => Promise<Row[]>): Promise<{ page: Row[]; reads: number }> {
  const reads = async () => {
    const rows = await session.query<{ Value: string }>(
      "SHOW SESSION STATUS WHERE Variable_name IN ('Handler_read_next', 'Handler_read_prev', 'Handler_read_key', 'Handler_read_rnd_next', 'Handler_read_first', 'Handler_read_last')",
    );
    return rows.reduce((sum, { Value }) => sum + Number(Value), 0);
  };
  const before = await reads();
  const page = await read();
  return { page, reads: (await reads()) - before };
}

const second = (number: number) => new Date(START + number * 1_000);

it.each<{ filter: Omit<ActivityFilter, 'limit'>; first: number }>([
  { filter: {}, first: ROWS },
  { filter: { after: new Cursor(10_001, 1_001) }, first: 10_000 },
  { filter: { actor: 'cron' }, first: ROWS },
  { filter: { action: 'charge' }, first: ROWS },
  { filter: { action: 'queue pause' }, first: ROWS },
  { filter: { since: second(ROWS - 15) }, first: ROWS },
  { filter: { until: second(10_001) }, first: 10_000 },
  { filter: { since: second(9_990), until: second(10_001) }, first: 10_000 },
])('reads few rows of long tables: $filter', async ({ filter, first }) => {
  const { page, reads } = await counted({ ...filter, limit: 20 });
  expect(page[0]?.at).toEqual(second(first));
  expect(reads).toBeLessThan(800);
});

it('reads few rows of a long stock history in a time span', async () => {
  const product = await shop.product('Pen', 1, 0);
  // between two rows of this product, other products have two rows
  await shop.sql(
    `INSERT INTO stock_movements (product_id, type, quantity, stock_after, created_at)
     SELECT IF(id % 3 = 0, ?, ? + id), 'initial', 0, 0, created_at FROM requests ORDER BY id`,
    [product, product],
  );
  const filters = [
    { since: second(ROWS - 15) },
    { since: second(9_990), until: second(10_001) },
    { until: second(16) },
  ];
  const lengths: number[] = [];
  for (const span of filters) {
    const { page, reads } = await counting(() => readStockHistory(session, product, { ...span, limit: 20 }));
    lengths.push(page.length);
    expect(reads).toBeLessThan(800);
  }
  expect(lengths).toEqual([5, 4, 5]);
});

it('prints each row once in pages of any size, even if the times of rows are equal', async () => {
  const filter = { since: second(9_900), until: second(10_101) };
  const { page: all } = await counted({ ...filter, limit: 1_000 });
  expect(all).toHaveLength(201 + 21);
  expect(all.slice(0, 2)).toMatchObject([
    { at: second(10_100), action: 'charge', requestId: 10_100 },
    { at: second(10_100), action: 'queue pause', requestId: null },
  ]);
  for (const limit of [1, 11, 50]) {
    const pages: ListedChange[] = [];
    for (let last: ListedChange | undefined; ; last = pages.at(-1)) {
      const { page } = await counted({ ...filter, limit, after: last?.cursor });
      if (page.length === 0) break;
      pages.push(...page);
    }
    expect(pages).toEqual(all);
  }
});

it('finds all rows of a time span, even if the order of the times differs from the order of the ids', async () => {
  // the requests between these keep their times
  const early = [4_950, 4_970];
  const late = [5_030, 5_050];
  const ids = [...early, ...late];
  await shop.sql("UPDATE requests SET created_at = '2026-01-01' + INTERVAL 5000 SECOND WHERE id IN (?)", [ids]);
  const { page } = await counted({ since: second(5_000), until: second(5_001), limit: 1_000 });
  expect(page.flatMap(({ requestId }) => requestId ?? [])).toEqual([
    ...late.toReversed(),
    5_000,
    ...early.toReversed(),
  ]);
  await shop.sql("UPDATE requests SET created_at = '2026-01-01' + INTERVAL id SECOND WHERE id IN (?)", [ids]);
});

it('lists requests and activities that were inserted by hand with any content', async () => {
  await shop.sql(
    `INSERT INTO requests (idempotency_key, request_hash, kind, payload, actor, host, created_at) VALUES
     ('forged-1', '', 'charge', 'null', 'rare', 'till', '2027-01-01'),
     ('forged-2', '', 'order', '{"user":{"a":1}}', 'rare', 'till', '2027-01-01'),
     ('forged-3', '', 'cancel', '[]', 'rare', 'till', '2027-01-01')`,
  );
  await shop.sql(
    `INSERT INTO activities (actor, host, action, subject, state_before, state_after, created_at) VALUES
     ('rare', 'till', 'sql', 'user x', '5', '"text"', '2027-01-01'), ('rare', 'till', 'sql', 'user @''', '[1]', 'null', '2027-01-01')`,
  );
  const { page } = await counted({ actor: 'rare', limit: 10 });
  const actions = ['order cancel', 'order place', 'charge', 'sql', 'sql', 'charge'];
  expect(page.map(({ action }) => action)).toEqual(actions);
  for (const format of ['table', 'json', 'jsonl', 'csv', 'tsv']) {
    const { status, stderr } = await shop.run(['activity', 'list', '--actor', 'rare', '-o', format]);
    expect({ status, stderr }, format).toEqual({ status: 0, stderr: '' });
  }
});
