import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { RUNS } from '../failover/failover.ts';
import { eventually } from '../support/eventually.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';

const LANES = 4;
const USERS = 12;
/** Of each user: a charge of the price and an order for it, again and again. Out of order, one of them would be refused. */
const ROUNDS = 400;
const PRICE = 50;
/** A lane of a worker that has died is to be taken over in 5 s; machines may be slow. */
const TAKEN_OVER_MS = 15_000;

interface Status {
  readonly pending: number;
  readonly workers: readonly { readonly name: string; readonly lanes: readonly number[] }[];
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
  await shop.ok(['queue', 'lanes', String(LANES)]);
});

beforeEach(async () => {
  await shop.disconnected();
});

afterAll(() => shop.close());

/** A file whose rows are applied if each user's are in order; the users take turns. */
function startBatch(): { readonly name: string; readonly process: TestProcess } {
  const rows = ['kind,user,items,amount'];
  for (let round = 0; round < ROUNDS; round++) {
    for (const user of users) rows.push(`charge,${user},,${PRICE}`, `order,${user},${product}:1,`);
  }
  const name = `lanes-${++batches}`;
  const stdin = `${rows.join('\n')}\n`;
  return { name, process: shop.start(['batch', 'run', '-', '--name', name, '--json'], { stdin }) };
}

async function expectApplied({ process }: { readonly process: TestProcess }): Promise<void> {
  const { status, stdout, stderr } = await process.ended;
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(JSON.parse(stdout)).toMatchObject({ applied: 2 * ROUNDS * USERS, refused: 0, failed: 0, pending: 0 });
  await shop.expectSound();
}

/** How many lanes each worker has, when all have one. */
async function shares(...counts: readonly number[]): Promise<void> {
  await eventually(`the lanes are held ${counts}`, async () => {
    const { workers } = await shop.ok<Status>(['queue', 'status']);
    const held = workers.map(({ lanes }) => lanes.length).sort((a, b) => b - a);
    return JSON.stringify(held) === JSON.stringify(counts);
  });
}

async function someDecided(name: string): Promise<void> {
  await eventually('the batch is under way', async () => {
    const [row] = await shop.sql<{ n: number }>(
      `SELECT COUNT(*) AS n FROM outcomes o JOIN requests r ON r.id = o.request_id
       JOIN batches b ON b.id = r.batch_id WHERE b.name = ?`,
      [name],
    );
    return (row?.n ?? 0) > 0;
  });
}

/** Kills one of two workers in the middle of a file, and starts another. Answers the other two. */
async function failOver(run: number, [first, second]: readonly [TestProcess, TestProcess]) {
  await shares(2, 2);
  const batch = startBatch();
  await someDecided(batch.name);
  const [{ inHand = 0 } = {}] = await shop.sql<{ inHand: number }>(
    'SELECT COUNT(*) AS inHand FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id WHERE o.request_id IS NULL',
  );
  first.signal('SIGKILL');
  const died = performance.now();
  await shares(4);
  const takeoverMs = Math.round(performance.now() - died);
  const third = await shop.startWorker();
  await shares(2, 2);
  await expectApplied(batch);
  // within each lane: the others go on meanwhile
  const [{ ms = 0 } = {}] = await shop.sql<{ ms: number }>(
    `SELECT CAST(MAX(pause) / 1000 AS UNSIGNED) AS ms FROM (
       SELECT TIMESTAMPDIFF(MICROSECOND,
         LAG(o.decided_at) OVER (PARTITION BY MOD(r.slot, ?) ORDER BY o.decided_at), o.decided_at) AS pause
       FROM outcomes o JOIN requests r ON r.id = o.request_id JOIN batches b ON b.id = r.batch_id WHERE b.name = ?
     ) AS pauses`,
    [LANES, batch.name],
  );
  const told = { run, requests: 2 * ROUNDS * USERS, inHand, takeoverMs, longestPauseMs: Number(ms), audit: 'clean' };
  process.stderr.write(`failover lanes, ${JSON.stringify(told)}\n`);
  expect(takeoverMs).toBeLessThan(TAKEN_OVER_MS);
  return [second, third] as const;
}

it(
  'are spread evenly, taken over when a worker is killed under load, and given to one that joins',
  async () => {
    let workers = [await shop.startWorker(), await shop.startWorker()] as const;
    for (let run = 1; run <= RUNS; run++) workers = await failOver(run, workers);
    for (const worker of workers) expect((await worker.stop()).status).toBe(0);
  },
  RUNS * 180_000,
);

it('are taken over from a worker that is frozen, which gets its share back when it thaws', async () => {
  const [frozen, other] = [await shop.startWorker(), await shop.startWorker()];
  await shares(2, 2);
  const batch = startBatch();
  await someDecided(batch.name);
  frozen.signal('SIGSTOP');
  await expectApplied(batch);
  frozen.signal('SIGCONT');
  await shares(2, 2);
  await expectApplied(startBatch());
  for (const worker of [frozen, other]) expect((await worker.stop()).status).toBe(0);
});

it('stand by where there are more workers than lanes, and come in when one ends', async () => {
  await shop.ok(['queue', 'lanes', '2']);
  const [first, second] = [await shop.startWorker(), await shop.startWorker()];
  const third = shop.start(['worker']);
  await third.logged('standing by: other workers have the lanes');
  await shares(1, 1, 0);
  expect((await first.stop()).status).toBe(0);
  await third.logged('worker ready');
  await shares(1, 1);
  for (const worker of [second, third]) expect((await worker.stop()).status).toBe(0);
  await shop.ok(['queue', 'lanes', String(LANES)]);
});

it("are changed in number between two files, with each user's requests in order", async () => {
  const [first, second] = [await shop.startWorker(), await shop.startWorker()];
  const batch = startBatch();
  await someDecided(batch.name);
  // waits for the end of it
  const changed = shop.ok(['queue', 'lanes', '3', '--timeout', '120s']);
  await expectApplied(batch);
  expect(await changed).toEqual({ lanes: 3, changed: true });
  await expectApplied(startBatch());
  await shares(2, 1);
  await shop.ok(['queue', 'lanes', String(LANES)]);
  for (const worker of [first, second]) expect((await worker.stop()).status).toBe(0);
});

it('sell no more of a product than there is, whoever asks for it', async () => {
  const last = await shop.product('Last ones', 1, 300);
  const rows = users.flatMap((user) => [
    `charge,${user},,50`,
    ...new Array<string>(50).fill(`order,${user},${last}:1,`),
  ]);
  const [first, second] = [await shop.startWorker(), await shop.startWorker()];
  await shares(2, 2);
  const { stdout } = await shop.run(['batch', 'run', '-', '--name', 'last-ones', '--json'], {
    stdin: `kind,user,items,amount\n${rows.join('\n')}\n`,
  });
  expect(JSON.parse(stdout)).toMatchObject({ applied: USERS + 300, refused: 50 * USERS - 300, failed: 0 });
  expect(await shop.stockOf(last)).toBe(0);
  await shop.expectSound();
  for (const worker of [first, second]) expect((await worker.stop()).status).toBe(0);
});
