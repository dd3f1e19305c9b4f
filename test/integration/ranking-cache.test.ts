import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type RankingAnswer, ShopRanking } from '../../src/domain/ranking/ranking.ts';
import { addProducts, rankingKeyOf, replaceOrders } from '../support/sales.ts';
import { TestShop } from '../support/shop.ts';

const PERIOD_MS = 60_000;
const BEST = { rank: 1, productId: 2, name: 'B', price: 20, sold: 9 };
const FORGED = { ...BEST, name: 'forged' };

let shop: TestShop;
let redis: Redis;
let key: string;
let stored: Record<string, unknown>;

beforeAll(async () => {
  shop = await TestShop.create();
  redis = new Redis(shop.redisUrl);
  key = rankingKeyOf(shop);
  await addProducts(shop, 3);
  await replaceOrders(shop, [{ at: new Date(Date.now() - 60_000), lines: { 2: 9 } }]);
  await withRanking((ranking) => ranking.refresh(0));
  stored = JSON.parse((await redis.get(key)) ?? '');
});

beforeEach(async () => {
  await redis.del(key);
});

afterAll(async () => {
  await redis.quit();
  await shop.close();
});

async function withRanking(ask: (ranking: ShopRanking) => Promise<RankingAnswer>): Promise<RankingAnswer> {
  const { databaseUrl, redisUrl, prefix } = shop;
  const ranking = new ShopRanking({ databaseUrl, redisUrl, prefix, periodMs: PERIOD_MS }, async () => {});
  try {
    return await ask(ranking);
  } finally {
    await ranking.close();
  }
}

const top = () => withRanking((ranking) => ranking.top(false, (error) => Promise.reject(error)));
const put = (text: string | Buffer, leftMs = PERIOD_MS) => redis.set(key, text, 'PX', leftMs);
const putChanged = (change: Record<string, unknown>) => put(JSON.stringify({ ...stored, ...change }));

it('returns a ranking as it was stored', async () => {
  await putChanged({ items: [FORGED] });
  expect(await top()).toMatchObject({ source: 'cache', items: [FORGED] });
});

it.each([
  [10 * PERIOD_MS, false],
  [7 * PERIOD_MS + 5_000, false],
  [7 * PERIOD_MS - 1, true],
  [5_000, true],
])('with %d ms until the ranking expires, reports the ranking as stale: %s', async (leftMs, stale) => {
  await put(JSON.stringify(stored), leftMs);
  expect(await top()).toMatchObject({ source: 'cache', stale });
});

it.each<[string, () => Promise<unknown>]>([
  ['an empty value', () => put('')],
  ['text that is not JSON', () => put('rubbish')],
  ['bytes', () => put(Buffer.from([0, 255, 254, 192, 128]))],
  ['half of a ranking', () => put(JSON.stringify(stored).slice(0, -20))],
  ['null', () => put('null')],
  ['a number', () => put('1')],
  ['an array', () => put('[]')],
  ['an empty object', () => put('{}')],
  ['an object with a prototype', () => put(`{"__proto__": ${JSON.stringify(stored)}}`)],
  ['another version', () => putChanged({ version: 2 })],
  ['no version', () => putChanged({ version: undefined })],
  ['an additional field', () => putChanged({ note: 'forged' })],
  ['no items', () => putChanged({ items: undefined })],
  ['items of the wrong type', () => putChanged({ items: 'forged' })],
  ['an item of the wrong type', () => putChanged({ items: ['forged'] })],
  ['a number as text', () => putChanged({ items: [{ ...FORGED, sold: '9' }] })],
  ['a negative number', () => putChanged({ items: [{ ...FORGED, sold: -9 }] })],
  ['a fraction', () => putChanged({ items: [{ ...FORGED, price: 1.5 }] })],
  ['a number beyond 2^53', () => putChanged({ items: [{ ...FORGED, sold: 2 ** 53 }] })],
  ['an invalid name', () => putChanged({ items: [{ ...FORGED, name: null }] })],
  ['six items', () => putChanged({ items: Array(6).fill(FORGED) })],
  ['an invalid time', () => putChanged({ to: 'yesterday' })],
  ['a time as a number', () => putChanged({ to: 0 })],
  ['an invalid date', () => putChanged({ to: '2026-02-30T00:00:00.000Z' })],
  ['a remaining time above the stored time to live', () => putChanged({ lifeMs: 1 })],
  ['a ranking without a time to live', () => redis.set(key, JSON.stringify(stored))],
  ['five megabytes', () => put(`["${'x'.repeat(5_000_000)}"]`)],
  ['a Redis list', () => redis.rpush(key, 'a')],
  ['a hash', () => redis.hset(key, 'a', 'b')],
  ['a set', () => redis.sadd(key, 'a')],
  ['a sorted set', () => redis.zadd(key, 1, 'a')],
  ['a stream', () => redis.xadd(key, '*', 'a', 'b')],
])('ignores and replaces %s under the key of the cache', async (_, prepare) => {
  await prepare();
  expect(await redis.exists(key)).toBe(1);
  const answer = await top();
  expect(answer).toMatchObject({ source: 'database', stale: false, items: [BEST] });
  expect(await top()).toEqual({ ...answer, source: 'cache' });
});
