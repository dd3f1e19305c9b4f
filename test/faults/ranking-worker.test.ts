import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { eventually } from '../support/eventually.ts';
import { OwnServers } from '../support/own-servers.ts';
import { expectOneAPeriod, refreshes, waitForRefreshes } from '../support/ranking-log.ts';
import { reportRecovery } from '../support/recovery.ts';
import { rankingKeyOf } from '../support/sales.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';

// the tests have their own servers, because they wipe, kill and restart them
let servers: OwnServers;
let shop: TestShop;
let redis: Redis;
const { dev } = loadConfig();
const workers: TestProcess[] = [];
const PERIOD_MS = 2_000;
const ENV = { SHOP_RANKING_PERIOD: `${PERIOD_MS}ms` };

beforeAll(async () => {
  servers = await OwnServers.start();
  shop = await TestShop.create({ servers: servers.urls, inProcess: true });
  redis = new Redis(shop.redisUrl);
  redis.on('error', () => {});
  const product = await shop.product('Pen', 10, 100);
  await shop.whileWorking(async () => shop.ok(['order', 'place', await shop.userWith(10), String(product)]));
});

// each test begins without a schedule
beforeEach(async () => {
  await redis.flushall();
});

// a worker of a failed test must not take the lane of the next test
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.kill();
});

afterAll(async () => {
  redis.disconnect();
  await shop.expectSound();
  await shop.close();
  await servers.remove();
});

/** Starts a worker and waits until it has the lane or is on standby. */
async function startWorker(env: Record<string, string> = ENV, says = 'worker ready'): Promise<TestProcess> {
  const worker = shop.start(['worker'], { env: { SHOP_LOG_LEVEL: 'debug', ...env } });
  workers.push(worker);
  await worker.logged(says);
  return worker;
}

it('refreshes once a period with two workers, and continues when either is killed', async () => {
  const first = await startWorker();
  const second = await startWorker(ENV, 'standing by');
  await waitForRefreshes(6, first, second);
  expectOneAPeriod(refreshes(first, second), PERIOD_MS);
  // the worker that refreshed last has scheduled the next refresh
  const [killed, left] =
    refreshes(second).at(-1) === refreshes(first, second).at(-1) ? [second, first] : [first, second];
  await killed.kill();
  const died = performance.now();
  await waitForRefreshes(1, left);
  await reportRecovery(28, performance.now() - died);
  await waitForRefreshes(4, left);
  const third = await startWorker(ENV, 'standing by');
  await waitForRefreshes(3, left, third);
  expectOneAPeriod(refreshes(first, second, third), PERIOD_MS);
  for (const worker of [third, left]) expect((await worker.stop()).status).toBe(0);
});

it('recovers by itself when Redis is wiped', async () => {
  const worker = await startWorker();
  await waitForRefreshes(1, worker);
  for (let wipe = 0; wipe < 3; wipe++) {
    await redis.flushall();
    await waitForRefreshes(2, worker);
    expect(await redis.exists(rankingKeyOf(shop))).toBe(1);
  }
  expect((await worker.stop()).status).toBe(0);
});

it.skipIf(dev.servers === 'docker')('recovers by itself when Redis dies and restarts empty', async () => {
  const worker = await startWorker();
  await waitForRefreshes(1, worker);
  await servers.kill('redis');
  // the worker with the lane reports the outage
  await worker.logged('ECONNREFUSED');
  await servers.startAgain();
  await eventually('Redis responds', () =>
    redis.flushall().then(
      () => true,
      () => false,
    ),
  );
  await waitForRefreshes(3, worker);
  expect((await worker.stop()).status).toBe(0);
});

it.skipIf(dev.servers === 'docker')('tries again in the next period while MySQL is down', async () => {
  const worker = await startWorker();
  await waitForRefreshes(1, worker);
  await servers.kill('mysql');
  await worker.logged('could not refresh the ranking');
  await servers.startAgain();
  await shop.reconnect();
  await waitForRefreshes(2, worker);
  await worker.logged('worker ready');
  expect((await worker.stop()).status).toBe(0);
});

it('uses the period of the worker that was started last', async () => {
  const slow = await startWorker({ SHOP_RANKING_PERIOD: '1d' });
  // the only refresh of this period may happen before the worker has the lane
  await eventually('the first refresh', () => refreshes(slow).length > 0);
  const quick = await startWorker(ENV, 'standing by');
  await waitForRefreshes(4, slow, quick);
  expectOneAPeriod(refreshes(slow, quick).slice(1), PERIOD_MS);
  // the other worker has checked the schedule meanwhile and left it unchanged
  await waitForRefreshes(4, slow, quick);
  expectOneAPeriod(refreshes(slow, quick).slice(1), PERIOD_MS);
  for (const worker of [quick, slow]) expect((await worker.stop()).status).toBe(0);
});
