import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

const ROWS = 5;

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  const worker = await shop.startWorker();
  await shop.ok(['product', 'create', 'P1', '--price', '1', '--stock', '100']);
  await shop.ok(['user', 'create', 'U1']);
  for (let count = 2; count <= ROWS; count++) {
    await shop.ok(['user', 'create', `U${count}`]);
    await shop.ok(['product', 'create', `P${count}`, '--price', '1', '--stock', '1']);
  }
  // creates ROWS + 2 rows of a ledger, and ROWS orders
  await shop.ok(['charge', '1', '100']);
  for (let count = 0; count < ROWS; count++) await shop.ok(['order', 'place', '1', '1', '--no-wait']);
  await shop.ok(['charge', '1', '1']);
  await worker.stop();
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

it.each([
  { list: 'user list', id: 'id', rows: ROWS },
  { list: 'product list', id: 'id', rows: ROWS },
  { list: 'order list', id: 'orderId', rows: ROWS },
  { list: 'order list --user 1', id: 'orderId', rows: ROWS },
  { list: 'request list', id: 'id', rows: ROWS + 2 },
  { list: 'balance history 1', id: 'id', rows: ROWS + 2 },
  { list: 'ledger list', id: 'id', rows: ROWS + 2 },
])('$list prints the newest rows first, and continues after the last row of a page', async ({ list, id, rows }) => {
  const read = (...flags: string[]) => shop.ok<Record<string, number>[]>([...list.split(' '), ...flags]);
  const all = await read();
  expect(all).toHaveLength(rows);
  const ids = all.map((row) => row[id] ?? 0);
  expect(ids).toEqual(ids.toSorted((a, b) => b - a));
  expect(new Set(ids).size).toBe(rows);

  const first = await read('--limit', '2');
  expect(first).toEqual(all.slice(0, 2));
  const rest = await read('--limit', '1000', '--after', String(first[1]?.[id]));
  expect([...first, ...rest]).toEqual(all);
  expect(await read('--after', String(ids.at(-1)))).toEqual([]);
});

it('prints 20 rows by default, and at most 1,000', async () => {
  await shop.sql(
    `INSERT INTO users (name, balance, created_at)
     WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
     SELECT CONCAT('Many ', i), 0, UTC_TIMESTAMP(3) FROM n`,
  );
  expect(await shop.ok(['user', 'list'])).toHaveLength(20);
  expect(await shop.ok(['user', 'list', '--limit', '1000'])).toHaveLength(1_000);
  expect(await shop.refused(['user', 'list', '--limit', '1001'])).toMatchObject({ code: 'INVALID_INPUT', status: 2 });
});

it('filters the requests by status, actor, time, kind, batch and code', async () => {
  await shop.ok(['charge', '1', '9', '--no-wait', '--key', 'pending-one', '--actor', 'cron job 7']);
  const keys = async (...flags: string[]) =>
    (await shop.ok<{ key: string }[]>(['request', 'list', ...flags])).map(({ key }) => key);
  expect(await keys('--status', 'pending')).toEqual(['pending-one']);
  expect(await keys('--actor', 'cron job 7')).toEqual(['pending-one']);
  expect(await keys('--actor', 'cron job 7', '--status', 'applied')).toEqual([]);
  expect(await keys('--actor', "' OR ''='")).toEqual([]);
  expect(await keys('--status', 'applied')).toHaveLength(ROWS + 2);
  expect(await keys('--status', 'refused')).toEqual([]);
  expect(await keys('--kind', 'charge')).toHaveLength(3);
  expect(await keys('--kind', 'cancel')).toEqual([]);
  await shop.ok(['batch', 'run', '-', '--name', 'few', '--no-wait'], { stdin: 'kind,user,amount\ncharge,1,5\n' });
  expect(await shop.ok(['request', 'list', '--batch', 'few', '--kind', 'charge'])).toMatchObject([
    { key: 'few:2', host: expect.any(String), batchId: 1, line: 2, actor: 'tester' },
  ]);
  expect(await keys('--batch', '1', '--status', 'applied')).toEqual([]);
  expect(await shop.refused(['request', 'list', '--batch', 'none'])).toMatchObject({ code: 'INVALID_BATCH' });
  expect(await keys('--code', 'INSUFFICIENT_STOCK')).toEqual([]);
  expect(await shop.refused(['request', 'list', '--code', 'NOPE'])).toMatchObject({
    status: 2,
    code: 'INVALID_INPUT',
    details: { field: '--code', given: 'NOPE', choices: expect.arrayContaining(['CANCELLED', 'CHARGE_FAILED']) },
  });
  const [{ createdAt } = { createdAt: '' }] = await shop.ok<{ createdAt: string }[]>(['request', 'list']);
  expect(await keys('--since', createdAt)).toEqual(['few:2']);
  expect(await keys('--until', createdAt)).toHaveLength(ROWS + 3);
  expect(await keys('--since', '1h')).toHaveLength(ROWS + 4);
  expect(await keys('--since', '2999-01-01')).toEqual([]);
});

it("shows and reads times in the operator's time zone", async () => {
  const [newest] = await shop.ok<{ id: number; createdAt: string }[]>(['request', 'list', '--limit', '1']);
  const seconds = Math.floor(Date.parse(newest?.createdAt ?? '') / 1_000);
  for (const [SHOP_TIME_ZONE, minutes] of Object.entries({ 'asia/kathmandu': 345, 'America/Caracas': -240 })) {
    // the setting overrides the system's zone
    const env = { SHOP_TIME_ZONE, TZ: 'Asia/Tokyo' };
    const { stdout } = await shop.run(['request', 'show', String(newest?.id), '-o', 'table'], { env });
    const shown = new Date((seconds + minutes * 60) * 1_000).toISOString().slice(0, 19).replace('T', ' ');
    expect(stdout).toContain(shown);
    const since = await shop.ok<{ id: number }[]>(['request', 'list', '--since', shown], { env });
    expect(since.map(({ id }) => id)).toContain(newest?.id);
    const until = await shop.ok<{ id: number }[]>(['request', 'list', '--until', shown], { env });
    expect(until.map(({ id }) => id)).not.toContain(newest?.id);
  }
  const env = { SHOP_TIME_ZONE: 'Asia/Soul' };
  const refused = await shop.refused(['request', 'list', '--since', '2026-01-31'], { env });
  expect(refused).toMatchObject({ code: 'CONFIG', status: 78, details: { setting: 'SHOP_TIME_ZONE' } });
});
