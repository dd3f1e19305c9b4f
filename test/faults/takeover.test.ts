import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { RUNS } from '../failover/failover.ts';
import { eventually } from '../support/eventually.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';

const USERS = 12;
/**
 * The rows of each user alternate between a charge of the price and an order for the product. In any other sequence,
 * one of the orders would be refused.
 */
const ROUNDS = 400;
const PRICE = 50;
/** Time limit for a takeover: it must happen within 5 s, and machines may be slow. */
const TAKEN_OVER_MS = 15_000;

interface Status {
  readonly laneHeld: boolean;
  readonly workers: readonly { readonly name: string; readonly holdsLane: boolean }[];
}

let shop: TestShop;
let product: number;
let users: number[];
let batches = 0;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  product = await shop.product('Pen', PRICE, 1_000_000);
  users = [];
  for (let i = 0; i < USERS; i++) users.push(await shop.created(['user', 'create', `User ${i}`]));
});

beforeEach(async () => {
  await shop.disconnected();
});

afterAll(() => shop.close());

/** Starts a batch whose rows are all applied only if each user's rows are applied in order. */
function startBatch(): { readonly name: string; readonly process: TestProcess } {
  const rows = ['kind,user,items,amount'];
  for (let round = 0; round < ROUNDS; round++) {
    for (const user of users) rows.push(`charge,${user},,${PRICE}`, `order,${user},${product}:1,`);
  }
  const name = `takeover-${++batches}`;
  const stdin = `${rows.join('\n')}\n`;
  return { name, process: shop.start(['batch', 'run', '-', '--name', name, '--yes', '--json'], { stdin }) };
}

async function expectApplied({ process }: { readonly process: TestProcess }): Promise<void> {
  const { status, stdout, stderr } = await process.ended;
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(JSON.parse(stdout)).toMatchObject({ applied: 2 * ROUNDS * USERS, refused: 0, failed: 0, pending: 0 });
  await shop.expectSound();
}

async function startStandby(): Promise<TestProcess> {
  const worker = shop.start(['worker']);
  await worker.logged('standing by: another worker holds the lane');
  return worker;
}

/** Waits until `queue status` lists this number of workers, exactly one of which holds the lane. */
async function workersAre(count: number): Promise<void> {
  await eventually(`one of ${count} workers holds the lane`, async () => {
    const { laneHeld, workers } = await shop.ok<Status>(['queue', 'status']);
    const holders = workers.filter(({ holdsLane }) => holdsLane);
    return laneHeld && workers.length === count && holders.length === 1;
  });
}

async function someDecided(name: string): Promise<void> {
  await eventually('the batch is running', async () => {
    const [row] = await shop.sql<{ n: number }>(
      `SELECT COUNT(*) AS n FROM outcomes o JOIN requests r ON r.id = o.request_id
       JOIN batches b ON b.id = r.batch_id WHERE b.name = ?`,
      [name],
    );
    return (row?.n ?? 0) > 0;
  });
}

/** Kills the active worker in the middle of a file while another is on standby, and starts a third as the new standby. */
async function takeOver(run: number, [applying, standby]: readonly [TestProcess, TestProcess]) {
  const batch = startBatch();
  await someDecided(batch.name);
  const [{ pending = 0 } = {}] = await shop.sql<{ pending: number }>(
    'SELECT COUNT(*) AS pending FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id WHERE o.request_id IS NULL',
  );
  applying.signal('SIGKILL');
  const died = performance.now();
  await standby.logged('worker ready');
  const takeoverMs = Math.round(performance.now() - died);
  const third = await startStandby();
  await workersAre(2);
  await expectApplied(batch);
  const [{ ms = 0 } = {}] = await shop.sql<{ ms: number }>(
    `SELECT CAST(MAX(pause) / 1000 AS UNSIGNED) AS ms FROM (
       SELECT TIMESTAMPDIFF(MICROSECOND, LAG(o.decided_at) OVER (ORDER BY o.decided_at), o.decided_at) AS pause
       FROM outcomes o JOIN requests r ON r.id = o.request_id JOIN batches b ON b.id = r.batch_id WHERE b.name = ?
     ) AS pauses`,
    [batch.name],
  );
  const report = {
    run,
    requests: 2 * ROUNDS * USERS,
    pending,
    takeoverMs,
    longestPauseMs: Number(ms),
    audit: 'clean',
  };
  process.stderr.write(`failover worker, ${JSON.stringify(report)}\n`);
  expect(takeoverMs).toBeLessThan(TAKEN_OVER_MS);
  return [standby, third] as const;
}

it(
  'keeps the order of every user when a worker is killed under load and the next takes over',
  async () => {
    let workers = [await shop.startWorker(), await startStandby()] as const;
    for (let run = 1; run <= RUNS; run++) workers = await takeOver(run, workers);
    for (const worker of workers) expect((await worker.stop()).status).toBe(0);
  },
  RUNS * 180_000,
);

it('takes over from a frozen worker, which is on standby afterwards', async () => {
  const [frozen, standby] = [await shop.startWorker(), await startStandby()];
  const batch = startBatch();
  await someDecided(batch.name);
  frozen.signal('SIGSTOP');
  await expectApplied(batch);
  frozen.signal('SIGCONT');
  await frozen.logged('standing by: another worker holds the lane');
  await workersAre(2);
  await expectApplied(startBatch());
  for (const worker of [frozen, standby]) expect((await worker.stop()).status).toBe(0);
});

it('lists every worker, and a standby takes over when the active one ends', async () => {
  const [first, second, third] = [await shop.startWorker(), await startStandby(), await startStandby()];
  await workersAre(3);
  expect((await first.stop()).status).toBe(0);
  await Promise.any([second.logged('worker ready'), third.logged('worker ready')]);
  await workersAre(2);
  for (const worker of [second, third]) expect((await worker.stop()).status).toBe(0);
});

it('never sells more units of a product than there are, even with a standby worker', async () => {
  const last = await shop.product('Last ones', 1, 300);
  const rows = users.flatMap((user) => [
    `charge,${user},,50`,
    ...new Array<string>(50).fill(`order,${user},${last}:1,`),
  ]);
  const [first, second] = [await shop.startWorker(), await startStandby()];
  const { stdout } = await shop.run(['batch', 'run', '-', '--name', 'last-ones', '--json'], {
    stdin: `kind,user,items,amount\n${rows.join('\n')}\n`,
  });
  expect(JSON.parse(stdout)).toMatchObject({ applied: USERS + 300, refused: 50 * USERS - 300, failed: 0 });
  expect(await shop.stockOf(last)).toBe(0);
  await shop.expectSound();
  for (const worker of [first, second]) expect((await worker.stop()).status).toBe(0);
});
