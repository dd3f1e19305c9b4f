import { Queue } from 'bullmq';
import { moveToFinished } from 'bullmq/dist/esm/scripts/moveToFinished-14.js';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keyPrefix, QUEUE_NAME } from '../../src/jobs/queue/job-data.ts';
import { eventually } from '../support/eventually.ts';
import { FaultShop } from '../support/fault-shop.ts';
import { script } from '../support/wire.ts';

let faults: FaultShop;

beforeAll(async () => {
  faults = await FaultShop.create();
});

afterAll(() => faults.close());

// first, while no other job is on its way back from a worker that died
it('dies with half its jobs acknowledged: the others come back and change nothing (row 2)', async () => {
  const { shop } = faults;
  const load = await faults.load('half-acknowledged', 50);
  const worker = await faults.startWorker();
  const redis = new Redis(shop.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue(QUEUE_NAME, { connection: redis, prefix: keyPrefix(shop.prefix) });
  const second = await faults.startSecond();

  // jobs gather while the first group is not committed
  const { release } = await faults.beginToCommit(load);
  await eventually('jobs are taken', async () => (await queue.getJobCounts('active')).active === 4);
  const acknowledged = faults.redis.hold(script(moveToFinished.content));
  release();
  const first = await acknowledged;
  const next = faults.redis.hold(script(moveToFinished.content));
  first.release();
  const { discard } = await next;
  const died = performance.now();
  await worker.kill();
  discard();
  expect((await queue.getJobCounts('active')).active).toBeGreaterThan(0);

  await faults.recovered(2, died);
  await eventually('no job is left', async () => {
    const counts = await queue.getJobCounts('wait', 'active', 'delayed');
    return Object.values(counts).every((count) => count === 0);
  });
  await queue.close();
  await redis.quit();
  await faults.expectHealthy(load, second);
});

it('dies before its COMMIT: the next worker applies the group, once (row 1)', async () => {
  const load = await faults.load('before-commit');
  const worker = await faults.startWorker();
  const { discard } = await faults.beginToCommit(load);
  const before = await faults.outcomes();
  await worker.kill();
  discard();
  const died = performance.now();
  expect(await faults.outcomes()).toBe(before);
  const next = await faults.startWorker();
  await faults.recovered(1, died);
  await faults.expectHealthy(load, next);
});

it('dies with its COMMIT under way: what is committed is not applied again (row 2)', async () => {
  const load = await faults.load('in-commit');
  const worker = await faults.startWorker();
  const { release } = await faults.beginToCommit(load);
  const before = await faults.outcomes();
  await worker.kill();
  release();
  const died = performance.now();
  await eventually('the group is committed', async () => (await faults.outcomes()) > before);
  const next = await faults.startWorker();
  await faults.recovered(2, died);
  await faults.expectHealthy(load, next);
});

it.each(['while it may drain', 'while it can do nothing'])(
  'is told twice to end, %s: it is gone at once, and nothing is half done (row 8)',
  async (when) => {
    const load = await faults.load(`twice-${when.length}`);
    const worker = await faults.startWorker();
    const { release, discard } = await faults.beginToCommit(load);
    worker.signal('SIGTERM');
    await worker.logged('draining');
    if (when === 'while it may drain') release();
    worker.signal('SIGTERM');
    const asked = performance.now();
    const { status } = await worker.ended;
    // far from the deadline that a single signal has
    expect(performance.now() - asked).toBeLessThan(4_000);
    // with nothing to wait for it may have drained before the second came
    expect(when === 'while it may drain' ? [0, 143] : [143]).toContain(status);
    discard();
    const next = await faults.startWorker();
    await faults.recovered(8, asked);
    await faults.expectHealthy(load, next);
  },
);

it('is killed under load with another standing by, which goes on within five seconds (failover)', async () => {
  const load = await faults.load('failover', 3_000);
  const worker = await faults.startWorker();
  const second = await faults.startSecond();
  const { discard } = await faults.beginToCommit(load);
  const before = await faults.outcomes();
  const died = performance.now();
  await worker.kill();
  discard();
  await eventually('the other has applied some', async () => (await faults.outcomes()) > before);
  expect(performance.now() - died).toBeLessThan(5_000);
  await faults.recovered('failover', died);
  await faults.expectHealthy(load, second);
});
