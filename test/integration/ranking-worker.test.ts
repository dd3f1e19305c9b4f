import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { expectOneAPeriod, refreshes, waitForRefreshes } from '../support/ranking-log.ts';
import { lockRanking } from '../support/sales.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';

let shop: TestShop;
let redis: Redis;
const workers: TestProcess[] = [];
/** The shortest period that the worker accepts. */
const PERIOD_MS = 1_000;
const ENV = { SHOP_RANKING_PERIOD: `${PERIOD_MS}ms` };

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  redis = new Redis(shop.redisUrl);
  const product = await shop.product('Pen', 10, 100);
  await shop.whileWorking(async () => shop.ok(['order', 'place', await shop.userWith(10), String(product)]));
});

// each test begins without a schedule
beforeEach(async () => {
  const keys = await redis.keys(`{${shop.prefix}}:*`);
  if (keys.length > 0) await redis.del(...keys);
});

// a worker of a failed test must not take the lane of the next test
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.kill();
});

afterAll(async () => {
  await redis.quit();
  await shop.expectSound();
  await shop.close();
});

/** Starts a worker and waits until it has the lane or is on standby. */
async function startWorker(env: Record<string, string> = ENV, says = 'worker ready'): Promise<TestProcess> {
  const worker = shop.start(['worker'], { env: { SHOP_LOG_LEVEL: 'debug', ...env } });
  workers.push(worker);
  await worker.logged(says);
  return worker;
}

it('refreshes at once and then once a period, and no jobs pile up', async () => {
  const started = Date.now();
  const worker = await startWorker();
  await waitForRefreshes(1, worker);
  expect((refreshes(worker)[0] ?? 0) - started).toBeLessThan(30_000);
  await waitForRefreshes(4, worker);
  expectOneAPeriod(refreshes(worker), PERIOD_MS);
  expect(await shop.ok(['product', 'top'], { env: ENV })).toMatchObject({ source: 'cache', stale: false });
  // a completed job may still be there for a moment
  await eventually('only the next refresh is kept', async () => {
    return (await redis.keys(`{${shop.prefix}}:ranking:repeat:*:*`)).length <= 2;
  });
  expect(await redis.zcard(`{${shop.prefix}}:ranking:completed`)).toBe(0);
  expect(await redis.zcard(`{${shop.prefix}}:ranking:failed`)).toBe(0);
  expect((await worker.stop()).status).toBe(0);
});

it('skips a period in which another session has the lock', async () => {
  const release = await lockRanking(shop);
  const worker = await startWorker();
  await worker.logged('the ranking is being computed by another process');
  expect(worker.stderr).not.toContain('could not refresh the ranking');
  await release();
  await waitForRefreshes(2, worker);
  expect((await worker.stop()).status).toBe(0);
});

it('lets the worker drain and the lane apply while a refresh hangs', async () => {
  const user = String(await shop.created(['user', 'create', 'Ann']));
  const other = await shop.connection();
  await other.query('LOCK TABLES hourly_sales WRITE');
  try {
    const worker = await startWorker();
    await eventually('a refresh waits for the table', async () => {
      const rows = await shop.sql(
        `SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND INFO LIKE '%FROM hourly_sales%'
       AND STATE LIKE 'Waiting for table metadata lock%'`,
      );
      return rows.length > 0;
    });
    expect(await shop.ok(['charge', user, '5'])).toMatchObject({ balance: 5, attempts: 1 });
    const asked = Date.now();
    const { status, stderr } = await worker.stop();
    expect(status).toBe(0);
    expect(Date.now() - asked).toBeLessThan(6_000);
    expect(stderr).not.toContain('could not refresh the ranking');
    // the refresh was abandoned with a log entry
    expect(await redis.llen(`{${shop.prefix}}:ranking:active`)).toBe(0);
  } finally {
    await other.end();
  }
});
