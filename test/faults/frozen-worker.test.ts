import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { FaultShop, LANE_BEGIN } from '../support/fault-shop.ts';

const BLOCK = fileURLToPath(new URL('../support/preload/block.mjs', import.meta.url));
/** Three times the lock of a job, and eleven times the idle timeout of the lane's session. */
const BLOCK_MS = 46_000;

let faults: FaultShop;

beforeAll(async () => {
  faults = await FaultShop.create();
});

afterAll(() => faults.close());

it('loses the lane when it is frozen before its COMMIT, and commits nothing afterwards (fault 12)', async () => {
  const load = await faults.load('frozen');
  const worker = await faults.startWorker();
  const second = await faults.startStandby();
  // all rows are locked and nothing is decided, so the worker's first packet after the freeze contains the COMMIT
  const { release } = await faults.beginUntil(load, () => faults.mysql.holdReply(LANE_BEGIN));
  worker.signal('SIGSTOP');
  const frozen = performance.now();
  release();
  await second.logged('worker ready');
  await faults.waitForRecovery(12, frozen);
  worker.signal('SIGCONT');
  await worker.logged('MySQL is unavailable or the lane was lost');
  await worker.logged('standing by');
  await faults.expectHealthy(load, second, worker);
});

it('survives an event loop that is blocked for longer than its locks last (fault 13)', async () => {
  const load = await faults.load('blocked');
  const worker = await faults.startWorker({ NODE_OPTIONS: `--import ${BLOCK}`, TEST_BLOCK_MS: String(BLOCK_MS) });
  const second = await faults.startStandby();
  const { release } = await faults.beginUntilCommit(load);
  const before = await faults.outcomes();
  worker.signal('SIGUSR2');
  await worker.logged('the event loop is blocked');
  const blocked = performance.now();
  await second.logged('worker ready');
  release();
  await eventually('the other worker has applied some', async () => (await faults.outcomes()) > before);
  await faults.waitForRecovery(13, blocked);
  await worker.logged('MySQL is unavailable or the lane was lost');
  expect(performance.now() - blocked).toBeGreaterThan(BLOCK_MS - 1_000);
  await faults.expectHealthy(load, second, worker);
});
