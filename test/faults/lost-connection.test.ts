import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { FaultShop } from '../support/fault-shop.ts';

let faults: FaultShop;

beforeAll(async () => {
  faults = await FaultShop.create();
});

afterAll(() => faults.close());

it('reads the outcome and applies nothing twice if the response to a COMMIT is lost (fault 3)', async () => {
  const load = await faults.load('answer-lost');
  const worker = await faults.startWorker();
  const { discard } = await faults.beginUntil(load, () => faults.holdCommitReply());
  expect(await faults.outcomes()).toBeGreaterThan(0);
  discard();
  const lost = performance.now();
  await worker.logged('MySQL is unavailable or the lane was lost');
  await faults.waitForRecovery(3, lost);
  await faults.expectHealthy(load, worker);
});

it('applies the group again if the connection is lost before the COMMIT arrives (fault 4)', async () => {
  const load = await faults.load('commit-lost');
  const worker = await faults.startWorker();
  const { discard } = await faults.beginUntilCommit(load);
  const before = await faults.outcomes();
  discard();
  const lost = performance.now();
  await worker.logged('MySQL is unavailable or the lane was lost');
  expect(await faults.outcomes()).toBeGreaterThanOrEqual(before);
  await faults.waitForRecovery(4, lost);
  await faults.expectHealthy(load, worker);
});

it('recovers if its connection is cut repeatedly under load (fault 4)', async () => {
  const load = await faults.load('cut-often', 3_000);
  const worker = await faults.startWorker();
  load.begin();
  for (let cuts = 0; cuts < 5; cuts++) {
    // the next statement with which the lane changes anything is discarded
    const { discard } = await faults.mysql.hold(([sql = '']) => /^(INSERT|UPDATE)/m.test(sql));
    discard();
    faults.mysql.cut();
  }
  const cut = performance.now();
  await load.recorded();
  await faults.waitForRecovery(4, cut);
  await faults.expectHealthy(load, worker);
});

it("hands the lane over within seconds if the worker's host disappears (fault 32)", async () => {
  const load = await faults.load('vanished');
  const worker = await faults.startWorker();
  const second = await faults.startStandby();
  const lane = await faults.shop.laneConnection();
  await faults.beginUntilCommit(load);
  // no packet passes, so the servers do not learn that the worker has ended
  faults.mysql.pause();
  faults.redis.pause();
  const vanished = performance.now();
  await worker.kill();
  expect(await faults.shop.laneConnection()).toBe(lane);

  await second.logged('worker ready');
  await faults.waitForRecovery(32, vanished);
  faults.mysql.resume();
  faults.redis.resume();
  faults.mysql.cut();
  faults.redis.cut();
  await eventually(
    'the connections of the worker are closed',
    () => faults.mysql.connections + faults.redis.connections === 0,
  );
  await faults.expectHealthy(load, second);
});
