import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { APPLY_JOB, keyPrefix, QUEUE_NAME } from '../../src/jobs/queue/job-data.ts';
import { RANKING_QUEUE, RANKING_SCHEDULER } from '../../src/jobs/worker/ranking-schedule.ts';
import { eventually } from '../support/eventually.ts';
import { reportRecovery } from '../support/recovery.ts';
import { rankingKeyOf } from '../support/sales.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';

// The tests attack with an account that may write only to Redis. acceptance/worker.test.ts and unit tests in src cover
// invalid data of jobs.
let shop: TestShop;
let user: string;
let redis: Redis;
let queue: Queue;
let ranking: Queue;
const workers: TestProcess[] = [];

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  user = String(await shop.created(['user', 'create', 'Ann', '--reference', 'ann']));
  redis = new Redis(shop.redisUrl, { maxRetriesPerRequest: null });
  const options = { connection: redis, prefix: keyPrefix(shop.prefix) };
  queue = new Queue(QUEUE_NAME, options);
  ranking = new Queue(RANKING_QUEUE, options);
});

afterAll(async () => {
  await queue.close();
  await ranking.close();
  await redis.quit();
  await shop.close();
});

// each test begins with a Redis without forged entries
beforeEach(async () => {
  const keys = await redis.keys(`{${shop.prefix}}:*`);
  if (keys.length > 0) await redis.del(...keys);
});

// a worker of a failed test must not take the lane of the next test
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.kill();
});

async function startOwnWorker(env: Record<string, string> = {}): Promise<TestProcess> {
  const worker = await shop.startWorker({ env });
  workers.push(worker);
  return worker;
}

async function expectSound(): Promise<void> {
  expect(await shop.faults()).toEqual([]);
  expect(await shop.ok(['audit'])).toMatchObject({ ok: true });
  expect(
    await shop.sql('SELECT id FROM requests LEFT JOIN outcomes ON request_id = id WHERE request_id IS NULL'),
  ).toEqual([]);
  // a forged job does not use up an attempt of the request that it names
  expect(await shop.sql('SELECT DISTINCT attempts FROM outcomes')).toEqual([{ attempts: 1 }]);
}

/**
 * Pushes an id to the list from which the next job is fetched, and stores a hash or another value under the key of that
 * job.
 */
async function pushRaw(id: string, fields: Record<string, string> | string | null): Promise<void> {
  if (typeof fields === 'string') await redis.set(queue.toKey(id), fields);
  else if (fields !== null) await redis.hset(queue.toKey(id), fields);
  await redis.rpush(queue.toKey('wait'), id);
  // the marker wakes a waiting worker
  await redis.zadd(queue.toKey('marker'), 0, '0');
}

it('applies real requests once while forged jobs arrive between them', async () => {
  const worker = await startOwnWorker();
  const rows = Array.from({ length: 3_000 }, (_, index) => `charge,@ann,${index + 1},between-${index}`);
  const batch = shop.start(['batch', 'run', '-', '--name', 'between', '--json'], {
    stdin: `kind,user,amount,key\n${rows.join('\n')}\n`,
  });
  let over = false;
  const forging = (async () => {
    for (let round = 0; !over; round++) {
      const [{ newest } = { newest: 0 }] = await shop.sql<{ newest: number | null }>(
        'SELECT MAX(id) AS newest FROM requests',
      );
      const last = newest ?? 0;
      await queue.addBulk(
        [
          // these are ids of real requests: decided, pending, in the wrong order, repeated, and not recorded yet
          { requestIds: [last, last, last] },
          { requestIds: [last + 1, last + 2, last + 1_000_000] },
          { requestIds: Array.from({ length: 1_000 }, (_, index) => Math.max(1, last - index)) },
          { requestIds: [-last] },
          { requestIds: [last + 0.5] },
          { requestIds: [2 ** 63] },
          { requestIds: Array.from({ length: 1_001 }, (_, index) => index + 1) },
          { requestIds: [last], attempts: 3, status: 'failed' },
          JSON.parse('{"__proto__": {"requestIds": [1]}}'),
          { padding: 'x'.repeat(1_048_576) },
        ].map((data) => ({ name: round % 2 === 0 ? APPLY_JOB : 'pay', data })),
      );
      await pushRaw(
        `forged-${round}`,
        [null, 'text', { data: '{"requestIds": [1' }, { data: 'null' }][round % 4] ?? null,
      );
    }
    return true;
  })();
  const { status, stdout, stderr } = await batch.ended.finally(() => {
    over = true;
  });
  await forging;
  expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.not.stringContaining('error') });
  expect(JSON.parse(stdout)).toMatchObject({ total: 3_000, applied: 3_000 });
  const ledger = await shop.sql<{ amount: number }>('SELECT amount FROM point_transactions ORDER BY id');
  // an account that may write to the queue can change only the order of requests
  expect(ledger.map(({ amount }) => amount).sort((a, b) => a - b)).toEqual(rows.map((_, index) => index + 1));
  // forged entries are discarded
  await eventually('nothing waits', async () => (await redis.llen(queue.toKey('wait'))) === 0);
  for (const list of ['completed', 'failed']) expect(await redis.zcard(queue.toKey(list))).toBe(0);
  expect((await worker.stop()).status).toBe(0);
  await expectSound();
});

it('applies pending requests even if all waiting jobs are forged', async () => {
  const worker = await startOwnWorker();
  // from now on workers get no job, as if the limit of active jobs were reached
  await queue.pause();
  await redis.lpush(queue.toKey('wait'), 'unknown');
  for (const data of [{ requestIds: 'all' }, { requestIds: [0.5] }, null, {}]) await queue.add(APPLY_JOB, data);
  const { key } = await shop.ok<{ key: string }>(['charge', user, '7', '--no-wait']);
  const own = await shop.sql<{ id: number }>('SELECT id FROM requests WHERE idempotency_key = ?', [key]);
  // imitates a command that was killed before it queued its request
  expect(await queue.remove(`request-${own[0]?.id}`)).toBe(1);
  await worker.logged('applying pending requests that are not in any job');
  expect(worker.stderr).not.toContain('the sweep failed');
  const resumed = performance.now();
  await queue.resume();
  expect(await shop.decided(key)).toMatchObject({ status: 'applied', attempts: 1 });
  await reportRecovery(29, performance.now() - resumed);
  expect((await worker.stop()).status).toBe(0);
  await expectSound();
});

it('keeps its own schedule of the ranking despite forged schedules and jobs', async () => {
  // forges a schedule whose next refresh is in a thousand years, with large data
  await ranking.upsertJobScheduler(
    RANKING_SCHEDULER,
    { every: 365_000 * 86_400_000 },
    { name: 'forged', data: { requestIds: [1], padding: 'x'.repeat(1_048_576) } },
  );
  await queue.upsertJobScheduler(RANKING_SCHEDULER, { every: 50 }, { name: APPLY_JOB, data: { requestIds: [-1] } });
  const worker = await startOwnWorker({ SHOP_RANKING_PERIOD: '1s' });
  const refreshes = () => worker.stderr.split('"ranking refreshed"').length - 1;
  await eventually('the ranking is refreshed', () => refreshes() >= 3);
  // the schedule is forged once more while the worker runs
  await ranking.removeJobScheduler(RANKING_SCHEDULER);
  await ranking.upsertJobScheduler(RANKING_SCHEDULER, { every: 365_000 * 86_400_000 }, { name: 'forged' });
  await ranking.add('refresh', { from: 'the beginning', prefix: '../../etc' });
  await redis.set(rankingKeyOf(shop), '{"items":[{"rank":1}]}');
  const before = refreshes();
  await eventually('the ranking is refreshed again', () => refreshes() >= before + 3);
  expect(await shop.ok(['product', 'top'])).toMatchObject({ source: 'cache', items: [] });
  expect(await shop.ok(['charge', user, '5'])).toMatchObject({ attempts: 1 });
  await queue.removeJobScheduler(RANKING_SCHEDULER);
  expect((await worker.stop()).status).toBe(0);
  await expectSound();
});

it('limits its log while the queue key has a wrong type, and resumes afterwards', async () => {
  const worker = await startOwnWorker();
  const other = await shop.connection();
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM users WHERE id = ? FOR UPDATE', [user]);
  const charge = shop.start(['charge', user, '1', '--json']);
  await shop.laneWaitsForLock();
  await redis.set(queue.toKey('wait'), 'forged');
  await other.end();
  expect((await charge.ended).status).toBe(0);
  await worker.logged('WRONGTYPE');
  // the request is recorded, and the worker finds it in MySQL because nothing can be queued
  await shop.ok(['charge', user, '1', '--no-wait', '--key', 'no-queue']);
  await redis.del(queue.toKey('wait'));
  const fixed = performance.now();
  expect(await shop.decided('no-queue')).toMatchObject({ status: 'applied', attempts: 1 });
  await reportRecovery(29, performance.now() - fixed);
  expect(worker.stderr.split('\n').length).toBeLessThan(200);
  expect((await worker.stop()).status).toBe(0);
  await expectSound();
});
