import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../src/dev/ports.ts';
import { eventually } from '../support/eventually.ts';
import {
  addProducts,
  lockRanking,
  plainRanking,
  rankingKeyOf,
  replaceOrders,
  waitForRankingWaiters,
} from '../support/sales.ts';
import { TestShop } from '../support/shop.ts';

interface Answer {
  readonly from: string;
  readonly to: string;
  readonly refreshedAt: string;
  readonly source: 'cache' | 'database';
  readonly stale: boolean;
  readonly items: readonly { rank: number; productId: number; name: string; price: number; sold: number }[];
}

const MINUTE_MS = 60_000;
const PERIOD_MS = MINUTE_MS;
const BEST_ITEM = { rank: 1, productId: 2, name: 'B', price: 20, sold: 9 };

let shop: TestShop;
let redis: Redis;
let key: string;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  redis = new Redis(shop.redisUrl);
  key = rankingKeyOf(shop);
  await addProducts(shop, 7);
  await replaceOrders(shop, [
    { at: new Date(Date.now() - MINUTE_MS), lines: { 1: 3, 2: 9 } },
    { at: new Date(Date.now() - 2 * MINUTE_MS), status: 'cancelled', lines: { 3: 100 } },
  ]);
});

beforeEach(async () => {
  await redis.del(key);
});

afterAll(async () => {
  await redis.quit();
  await shop.close();
});

const top = (env: Record<string, string> = {}, ...options: string[]) =>
  shop.ok<Answer>(['product', 'top', ...options], { env });
const refresh = (env: Record<string, string> = {}) => shop.ok<Answer>(['ranking', 'refresh'], { env });

describe('the ranking cache', () => {
  it('is filled on a miss and then used', async () => {
    const first = await top();
    expect(first).toMatchObject({ source: 'database', stale: false });
    expect(Object.keys(first)).toEqual(['from', 'to', 'refreshedAt', 'source', 'stale', 'items']);
    expect(first.refreshedAt).toBe(first.to);
    expect(Date.parse(first.to) - Date.parse(first.from)).toBe(72 * 3_600_000);
    expect(first.items).toEqual([BEST_ITEM, { rank: 2, productId: 1, name: 'A', price: 10, sold: 3 }]);
    const plain = await plainRanking(shop, new Date(first.from), new Date(first.to));
    expect(first.items.map(({ productId, sold }) => ({ productId, sold }))).toEqual(plain);
    expect(await top()).toEqual({ ...first, source: 'cache' });
  });

  it('is bypassed and refilled with --fresh', async () => {
    const first = await top();
    const fresh = await top({}, '--fresh');
    expect(fresh.source).toBe('database');
    expect(Date.parse(fresh.refreshedAt)).toBeGreaterThan(Date.parse(first.refreshedAt));
    expect(await top()).toEqual({ ...fresh, source: 'cache' });
  });

  it('is refreshed by `ranking refresh`, even if it is valid', async () => {
    const first = await refresh();
    expect(first).toMatchObject({ source: 'database', stale: false });
    const second = await refresh();
    expect(Date.parse(second.refreshedAt)).toBeGreaterThan(Date.parse(first.refreshedAt));
    expect(await top()).toEqual({ ...second, source: 'cache' });
  });

  it('serves the ranking while MySQL is down', async () => {
    const { items } = await refresh();
    const down = { SHOP_DATABASE_URL: `mysql://shop@127.0.0.1:${await freePort()}/shop` };
    expect(await top(down)).toMatchObject({ source: 'cache', items });
    expect(await shop.refused(['product', 'top', '--fresh'], { env: down })).toMatchObject({ status: 69 });
    expect(await shop.refused(['ranking', 'refresh'], { env: down })).toMatchObject({ status: 69 });
  });

  it('drops a ranking that is not refreshed', async () => {
    await refresh();
    const left = await redis.pttl(key);
    expect(left).toBeGreaterThan(9 * PERIOD_MS);
    expect(left).toBeLessThanOrEqual(10 * PERIOD_MS);
  });

  it('is reported as stale after three periods, and is computed again after Redis has dropped it', async () => {
    const env = { SHOP_RANKING_PERIOD: '1s' };
    const { refreshedAt } = await refresh(env);
    const left = await redis.pttl(key);
    expect(left).toBeGreaterThan(9_000);
    expect(left).toBeLessThanOrEqual(10_000);
    const seen: Answer[] = [];
    await eventually('the ranking is stale', async () => {
      const answer = await top(env);
      seen.push(answer);
      return answer.stale;
    });
    expect(Date.now() - Date.parse(refreshedAt)).toBeGreaterThan(3_000);
    expect(new Set(seen.map((answer) => answer.refreshedAt))).toEqual(new Set([refreshedAt]));
    expect(new Set(seen.map(({ source }) => source))).toEqual(new Set(['cache']));
    await redis.pexpire(key, 1);
    expect(await top(env)).toMatchObject({ source: 'database', stale: false });
  });
});

it.each<[string, () => Promise<unknown>]>([
  ['text that is not JSON', () => redis.set(key, 'rubbish', 'PX', PERIOD_MS)],
  ['a value of another type', () => redis.rpush(key, 'a')],
])('replaces %s under the key of the cache', async (_, put) => {
  await put();
  const answer = await top();
  expect(answer).toMatchObject({ source: 'database', stale: false });
  expect(answer.items[0]).toEqual(BEST_ITEM);
  expect(await top()).toEqual({ ...answer, source: 'cache' });
  await redis.del(key);
  await put();
  const { refreshedAt } = await refresh();
  expect(await top()).toMatchObject({ source: 'cache', refreshedAt });
});

describe('the ranking without Redis', () => {
  /** Runs a command for people; returns its data and diagnostics. */
  async function topForPeople(env: Record<string, string>, ...options: string[]) {
    const started = Date.now();
    const result = await shop.run(['product', 'top', '-o', 'csv', ...options], { env });
    return { ...result, ms: Date.now() - started };
  }

  it('is computed and printed, with a warning of one line', async () => {
    const env = { SHOP_REDIS_URL: `redis://127.0.0.1:${await freePort()}` };
    const { status, stdout, stderr } = await topForPeople(env);
    expect(status).toBe(0);
    expect(stdout).toContain(',database,false,1,2,B,20,9\n');
    expect(stderr).toMatch(/^The ranking cache is unavailable: Redis can't be reached at .*\n$/);
    expect((await topForPeople(env, '--quiet')).stderr).toBe('');
    expect((await topForPeople(env, '--fresh')).stderr.split('\n')).toHaveLength(2);
    const json = await shop.run(['product', 'top', '--json'], { env });
    expect(json).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({ source: 'database', items: [BEST_ITEM, {}] });
  });

  it("can't be refreshed, so a refresh exits with an error", async () => {
    const env = { SHOP_REDIS_URL: `redis://127.0.0.1:${await freePort()}` };
    expect(await shop.refused(['ranking', 'refresh'], { env })).toMatchObject({ status: 69, code: 'UNAVAILABLE' });
  });

  it('is not delayed by a Redis that hangs', async () => {
    // this server accepts connections and never responds
    const silent = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    try {
      const env = { SHOP_REDIS_URL: `redis://:x@127.0.0.1:${(silent.address() as AddressInfo).port}` };
      const healthy = await topForPeople({});
      const { status, stdout, stderr, ms } = await topForPeople(env);
      expect(status).toBe(0);
      expect(stdout).toContain(',database,false,1,2,B,20,9\n');
      expect(stderr).toContain('The ranking cache is unavailable');
      // the limit is 1.5 s, but a slow machine needs more
      expect(ms).toBeLessThan(healthy.ms * 3 + 4_000);
      expect(await shop.refused(['ranking', 'refresh'], { env })).toMatchObject({ status: 69 });
    } finally {
      silent.close();
    }
  });

  it('still requires a configured Redis URL', async () => {
    const env = { SHOP_REDIS_URL: '' };
    expect(await shop.refused(['product', 'top'], { env })).toMatchObject({ status: 78, code: 'CONFIG' });
  });

  it('is computed by one command at a time', async () => {
    const env = { SHOP_REDIS_URL: `redis://127.0.0.1:${await freePort()}` };
    const release = await lockRanking(shop);
    const running = Array.from({ length: 5 }, () => top(env));
    await waitForRankingWaiters(shop, 5);
    await release();
    for (const answer of await Promise.all(running)) expect(answer).toMatchObject({ source: 'database' });
  });
});

describe('concurrent commands', () => {
  it('compute the ranking only once if ten of them miss the cache', async () => {
    const release = await lockRanking(shop);
    const running = Array.from({ length: 10 }, () => top());
    await waitForRankingWaiters(shop, 10);
    await release();
    const answers = await Promise.all(running);
    expect(answers.filter(({ source }) => source === 'database')).toHaveLength(1);
    expect(new Set(answers.map(({ refreshedAt }) => refreshedAt)).size).toBe(1);
  });

  it('print the same ranking if ten of them miss the cache at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => top()));
    expect(answers.filter(({ source }) => source === 'database')).toHaveLength(1);
    expect(new Set(answers.map(({ refreshedAt }) => refreshedAt)).size).toBe(1);
  });

  it('refuse a refresh while another process has the lock', async () => {
    const release = await lockRanking(shop);
    try {
      const error = await shop.refused(['ranking', 'refresh']);
      expect(error).toMatchObject({ status: 7, code: 'LOCKED', details: { what: 'the ranking' } });
      expect(error.message).toBe('Another run holds the lock for the ranking.');
      const started = Date.now();
      const waiting = await shop.refused(['ranking', 'refresh', '--lock-timeout', '1500ms']);
      expect(waiting).toMatchObject({ status: 7, code: 'LOCKED' });
      expect(Date.now() - started).toBeGreaterThanOrEqual(1_500);
      expect(await redis.exists(key)).toBe(0);
    } finally {
      await release();
    }
  });

  it('wait for the lock of another refresh with --lock-timeout', async () => {
    const release = await lockRanking(shop);
    const waiting = shop.ok<Answer>(['ranking', 'refresh', '--lock-timeout', '2m']);
    await waitForRankingWaiters(shop, 1);
    await release();
    expect(await waiting).toMatchObject({ source: 'database' });
  });

  it('do not wait on a cache hit', async () => {
    const { refreshedAt } = await refresh();
    const release = await lockRanking(shop);
    try {
      expect(await top()).toMatchObject({ source: 'cache', refreshedAt });
    } finally {
      await release();
    }
  });

  it('end on a signal while they wait, and leave nothing behind', async () => {
    const release = await lockRanking(shop);
    const waiting = shop.start(['product', 'top']);
    await waitForRankingWaiters(shop, 1);
    waiting.signal('SIGINT');
    expect((await waiting.ended).status).toBe(130);
    await release();
    expect(await top()).toMatchObject({ source: 'database' });
  });
});

it.each(['', '1', '5x', '-1s'])('refuses a lock timeout of %j', async (text) => {
  const error = await shop.refused(['ranking', 'refresh', `--lock-timeout=${text}`]);
  expect(error).toMatchObject({ status: 2, code: 'INVALID_INPUT', details: { field: '--lock-timeout' } });
});

it('prints a table that begins with the best-selling product', async () => {
  const { stdout } = await shop.run(['product', 'top', '-o', 'table']);
  expect(stdout).toMatch(/^refreshed \S+ \S+, read from the database$/m);
  expect(stdout).toMatch(/^RANK +PRODUCT ID +NAME +PRICE +SOLD$/m);
  expect(stdout).toMatch(/^ +1 +2 +B +20 +9 +█{24}$/m);
});

it('reflects orders, returns and cancels', async () => {
  const other = await TestShop.create({ inProcess: true });
  try {
    const worker = await other.startWorker({ env: { SHOP_RANKING_PERIOD: '1d' } });
    const fresh = async () => (await other.ok<Answer>(['product', 'top', '--fresh'])).items;
    const user = await other.userWith(1_000);
    const product = String(await other.created(['product', 'create', 'Pen', '--price', '10', '--stock', '50']));
    expect(await fresh()).toEqual([]);
    expect((await other.run(['product', 'top', '-o', 'table'])).stdout).toContain('Nothing was sold.');
    const { orderId } = await other.ok(['order', 'place', user, `${product}:3`]);
    await other.ok(['order', 'place', user, `${product}:4`]);
    const { orderId: third } = await other.ok(['order', 'place', user, `${product}:5`]);
    await other.ok(['order', 'return', String(third), `${product}:3`]);
    await other.ok(['order', 'return', String(third), `${product}:2`, '--no-restock']);
    expect(await fresh()).toMatchObject([{ rank: 1, productId: Number(product), name: 'Pen', price: 10, sold: 7 }]);
    await other.ok(['order', 'cancel', String(orderId)]);
    expect(await fresh()).toMatchObject([{ sold: 4 }]);
    await other.ok(['product', 'reprice', product, '11']);
    // the cache has the price at the time of the computation
    expect((await other.ok<Answer>(['product', 'top'])).items).toMatchObject([{ price: 10 }]);
    expect(await fresh()).toMatchObject([{ price: 11 }]);
    expect((await worker.stop()).status).toBe(0);
    expect(await other.faults()).toEqual([]);
  } finally {
    await other.close();
  }
});
