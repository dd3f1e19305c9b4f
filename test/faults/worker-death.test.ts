import { Queue } from 'bullmq';
import { moveToFinished } from 'bullmq/dist/esm/scripts/moveToFinished-14.js';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keyPrefix, QUEUE_NAME } from '../../src/jobs/queue/job-data.ts';
import { eventually } from '../support/eventually.ts';
import { FaultShop } from '../support/fault-shop.ts';
import { script } from '../support/protocols.ts';

let faults: FaultShop;

beforeAll(async () => {
  faults = await FaultShop.create();
});

afterAll(() => faults.close());

// this test comes first, because the queue may later return a job of a killed worker
it('changes nothing twice if a worker dies after half of its jobs were acknowledged (fault 2)', async () => {
  const { shop } = faults;
  const load = await faults.load('half-acknowledged', 50);
  const worker = await faults.startWorker();
  const redis = new Redis(shop.redisUrl, { maxRetriesPerRequest: null });
  const queue = new Queue(QUEUE_NAME, { connection: redis, prefix: keyPrefix(shop.prefix) });
  const second = await faults.startStandby();

  // jobs pile up while the first group is not committed
  const { release } = await faults.beginUntilCommit(load);
  await eventually('jobs are active', async () => (await queue.getJobCounts('active')).active === 4);
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

  await faults.waitForRecovery(2, died);
  await eventually('no job is left', async () => {
    const counts = await queue.getJobCounts('wait', 'active', 'delayed');
    return Object.values(counts).every((count) => count === 0);
  });
  await queue.close();
  await redis.quit();
  await faults.expectHealthy(load, second);
});

it('applies a group once if the worker dies before its COMMIT (fault 1)', async () => {
  const load = await faults.load('before-commit');
  const worker = await faults.startWorker();
  const { discard } = await faults.beginUntilCommit(load);
  const before = await faults.outcomes();
  await worker.kill();
  discard();
  const died = performance.now();
  expect(await faults.outcomes()).toBe(before);
  const next = await faults.startWorker();
  await faults.waitForRecovery(1, died);
  await faults.expectHealthy(load, next);
});

it('applies nothing again if the worker dies during its COMMIT (fault 2)', async () => {
  const load = await faults.load('in-commit');
  const worker = await faults.startWorker();
  const { release } = await faults.beginUntilCommit(load);
  const before = await faults.outcomes();
  await worker.kill();
  release();
  const died = performance.now();
  await eventually('the group is committed', async () => (await faults.outcomes()) > before);
  const next = await faults.startWorker();
  await faults.waitForRecovery(2, died);
  await faults.expectHealthy(load, next);
});

it.each(['while it can drain', 'while its COMMIT hangs'])(
  'exits at once and leaves nothing half done on a second signal, %s (fault 8)',
  async (when) => {
    const load = await faults.load(`twice-${when.length}`);
    const worker = await faults.startWorker();
    const { release, discard } = await faults.beginUntilCommit(load);
    worker.signal('SIGTERM');
    await worker.logged('draining');
    if (when === 'while it can drain') release();
    worker.signal('SIGTERM');
    const asked = performance.now();
    const { status } = await worker.ended;
    // this limit is far below the deadline after a single signal
    expect(performance.now() - asked).toBeLessThan(4_000);
    // without work the worker may have drained before the second signal
    expect(when === 'while it can drain' ? [0, 143] : [143]).toContain(status);
    discard();
    const next = await faults.startWorker();
    await faults.waitForRecovery(8, asked);
    await faults.expectHealthy(load, next);
  },
);

it('lets a standby worker continue within five seconds if the active worker is killed under load', async () => {
  const load = await faults.load('failover', 3_000);
  const worker = await faults.startWorker();
  const second = await faults.startStandby();
  const { discard } = await faults.beginUntilCommit(load);
  const before = await faults.outcomes();
  const died = performance.now();
  await worker.kill();
  discard();
  await eventually('the other worker has applied some requests', async () => (await faults.outcomes()) > before);
  expect(performance.now() - died).toBeLessThan(5_000);
  await faults.waitForRecovery('failover', died);
  await faults.expectHealthy(load, second);
});
