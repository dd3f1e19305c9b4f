import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { APPLY_JOB, keyPrefix, QUEUE_NAME } from '../../src/jobs/queue/job-data.ts';
import { eventually } from '../support/eventually.ts';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;
let user: string;
let redis: Redis;
let queue: Queue;

beforeAll(async () => {
  shop = await TestShop.create();
  user = String((await shop.ok(['user', 'create', 'Ann'])).id);
  redis = new Redis(shop.redisUrl, { maxRetriesPerRequest: null });
  queue = new Queue(QUEUE_NAME, { connection: redis, prefix: keyPrefix(shop.prefix) });
});

afterAll(async () => {
  await queue.close();
  await redis.quit();
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

/** Waits until the worker has completed every job. */
async function drained(): Promise<void> {
  await eventually('the queue is empty', async () => {
    const counts = await queue.getJobCounts('wait', 'active', 'delayed', 'prioritized');
    return Object.values(counts).every((count) => count === 0);
  });
}

it.each(['SIGTERM', 'SIGINT'] as const)('exits cleanly within ten seconds of %s', async (signal) => {
  const worker = await shop.startWorker();
  await shop.ok(['charge', user, '5']);
  const started = Date.now();
  worker.signal(signal);
  const { status, stdout, stderr } = await worker.ended;
  expect(Date.now() - started).toBeLessThan(10_000);
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  const entries = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(entries.at(-1)).toMatchObject({ msg: 'stopped' });
});

it("logs a warning about a variable that is not a setting, even if the worker can't start", async () => {
  const misspelt = { SHOP_METRIC_PORT: '9464' };
  const warning = {
    level: 'warn',
    msg: 'SHOP_METRIC_PORT is not a setting and has no effect. Did you mean SHOP_METRICS_PORT?',
  };
  const worker = await shop.startWorker({ env: misspelt });
  const { stderr } = await worker.stop();
  const entries = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(entries[0]).toMatchObject(warning);
  expect(entries[1]).toMatchObject({ msg: 'worker starting' });
  const failed = await shop.run(['worker'], {
    env: { ...misspelt, SHOP_DATABASE_URL: 'mysql://shop@127.0.0.1:1/shop' },
  });
  expect(failed.status).toBe(69);
  expect(JSON.parse(failed.stderr.split('\n')[0] ?? '')).toMatchObject(warning);
});

it('applies requests that were recorded while no worker ran', async () => {
  const { requestId } = await shop.ok(['charge', user, '5', '--no-wait', '--key', 'meanwhile']);
  const worker = await shop.startWorker();
  expect(await shop.ok(['charge', user, '5', '--key', 'meanwhile'])).toMatchObject({ requestId, attempts: 1 });
  await worker.stop();
});

it('ignores forged jobs and continues', async () => {
  const worker = await shop.startWorker();
  await shop.ok(['charge', user, '5', '--key', 'decided']);
  const before = await shop.snapshot();
  const { id: decided } = await shop.ok<{ id: number }>(['request', 'show', 'decided']);
  const forged: readonly unknown[] = [
    // these ids are unknown or were decided long ago
    { requestIds: [999_999_999] },
    { requestIds: [Number.MAX_SAFE_INTEGER] },
    { requestIds: [decided, decided, decided] },
    // this data has a wrong type
    null,
    'charge everything',
    17,
    [],
    {},
    { requestIds: null },
    { requestIds: [] },
    { requestIds: '1' },
    { requestIds: ['1'] },
    { requestIds: ['1 OR 1=1'] },
    { requestIds: [[1]] },
    { requestIds: [{ id: 1 }] },
    { requestIds: [1.5] },
    { requestIds: [0] },
    { requestIds: [-1] },
    { requestIds: [1e300] },
    { requestIds: [null] },
    { requestIds: [1], user, amount: 1_000_000 },
    JSON.parse('{"__proto__": {"requestIds": [1]}}'),
    JSON.parse('{"requestIds": [1], "__proto__": {"amount": 1}}'),
    { constructor: { prototype: { requestIds: [1] } } },
    // this data is very long
    { requestIds: Array.from({ length: 200_000 }, (_, index) => index + 1) },
    { requestIds: 'x'.repeat(1_000_000) },
    { requestIds: [1], padding: 'x'.repeat(1_000_000) },
  ];
  for (const data of forged) await queue.add(APPLY_JOB, data);
  await queue.add('another kind of job', { requestIds: [decided] });
  await drained();
  expect(await shop.snapshot()).toEqual(before);
  expect(await shop.ok(['charge', user, '6'])).toMatchObject({ amount: 6, replayed: false });
  expect((await worker.stop()).status).toBe(0);
});

it('survives a job that is not JSON, a job without data and an entry that is not a job', async () => {
  const worker = await shop.startWorker();
  const before = await shop.snapshot();
  const names: readonly [string, string, string][] = [
    ['not-json', 'data', '{"requestIds": [1'],
    ['no-options', 'opts', 'not json either'],
  ];
  for (const [id, field, text] of names) {
    // forges the hash of a real job before a worker can fetch it
    await queue.pause();
    await queue.add(APPLY_JOB, { requestIds: [1] }, { jobId: id });
    await redis.hset(queue.toKey(id), field, text);
    await queue.resume();
  }
  await redis.lpush(queue.toKey('wait'), 'an-id-without-a-job');
  // the marker wakes a waiting worker
  await redis.zadd(queue.toKey('marker'), 0, '0');
  expect(await shop.ok(['charge', user, '7', '--timeout', '60s'])).toMatchObject({ amount: 7 });
  expect(await shop.ok(['charge', user, '8', '--timeout', '60s'])).toMatchObject({ amount: 8 });
  const after = await shop.snapshot();
  expect(after.point_transactions).toHaveLength((before.point_transactions?.length ?? 0) + 2);
  expect((await worker.stop()).status).toBe(0);
});
