import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { expectLedgerInOrder } from '../support/ledger.ts';
import { waitUntilDecided } from '../support/recovery.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.ok(['db', 'seed']);
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

/** Records charges one after another without waiting for outcomes. */
async function chargeManyTimes(user: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await shop.ok(['charge', user, '1', '--no-wait']);
}

it('continues after its connection is killed, and counts no attempt', async () => {
  const worker = await shop.startWorker();
  await shop.sql(`KILL ${await shop.laneConnection()}`);
  expect(await shop.ok(['charge', '1', '7'])).toMatchObject({ attempts: 1 });
  expect(worker.stderr).toContain('MySQL is unavailable or the lane was lost');
  expect((await worker.stop()).status).toBe(0);
});

it('applies a group once if its connection is lost in the middle of a transaction', async () => {
  const worker = await shop.startWorker();
  const lane = await shop.laneConnection();
  const other = await shop.connection();
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM users WHERE id = 2 FOR UPDATE');
  const charge = shop.start(['charge', '2', '9', '--json']);
  await shop.laneWaitsForLock();
  await shop.sql(`KILL ${lane}`);
  await other.query('ROLLBACK');
  await other.end();
  const { status, stdout } = await charge.ended;
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ balance: 9, attempts: 1 });
  expect((await worker.stop()).status).toBe(0);
});

it("hands the lane over in order when the active worker's connection is killed", async () => {
  const first = await shop.startWorker();
  const second = shop.start(['worker'], { env: { SHOP_LOG_LEVEL: 'debug' } });
  await second.logged('standing by');
  const load = chargeManyTimes('3', 12);
  await eventually('the first worker has applied some requests', () => first.stderr.includes('committed'));
  await first.kill();
  await load;
  await second.logged('worker ready');
  await waitUntilDecided(shop);
  await expectLedgerInOrder(shop, 3);
  expect(await shop.ok(['balance', '3'])).toMatchObject({ balance: 12 });
  expect((await second.stop()).status).toBe(0);
});

it('applies the active jobs of a killed worker in order, before jobs that were queued later', async () => {
  const first = await shop.startWorker();
  const other = await shop.connection();
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM users WHERE id = 3 FOR UPDATE');
  await chargeManyTimes('3', 1);
  await shop.laneWaitsForLock();
  await chargeManyTimes('3', 3);
  await first.kill();
  await other.query('ROLLBACK');
  await other.end();
  const second = await shop.startWorker();
  await waitUntilDecided(shop);
  await expectLedgerInOrder(shop, 3);
  expect(second.stderr).toContain('caught up with the pending requests');
  expect((await second.stop()).status).toBe(0);
});

it("takes the lane from a frozen worker, which then can't commit anything", async () => {
  const frozen = await shop.startWorker();
  const other: TestProcess = shop.start(['worker'], { env: { SHOP_LOG_LEVEL: 'debug' } });
  await other.logged('standing by');
  frozen.signal('SIGSTOP');
  await chargeManyTimes('4', 3);
  await other.logged('worker ready');
  await waitUntilDecided(shop);
  frozen.signal('SIGCONT');
  await frozen.logged('MySQL is unavailable or the lane was lost');
  await frozen.logged('standing by');
  await chargeManyTimes('4', 3);
  await waitUntilDecided(shop);
  expect(await shop.ok(['balance', '4'])).toMatchObject({ balance: 6 });
  await expectLedgerInOrder(shop, 4);
  for (const worker of [frozen, other]) expect((await worker.stop()).status).toBe(0);
});

it('drains on SIGTERM: applies the jobs that it has fetched, and leaves the others to the next worker', async () => {
  const worker = await shop.startWorker();
  const load = chargeManyTimes('5', 10);
  await eventually('some requests are applied', () => worker.stderr.includes('committed'));
  const { status, stderr } = await worker.stop();
  expect(status).toBe(0);
  expect(stderr).toContain('"msg":"stopped"');
  await load;
  const next = await shop.startWorker();
  await waitUntilDecided(shop);
  await expectLedgerInOrder(shop, 5);
  expect(await shop.ok(['balance', '5'])).toMatchObject({ balance: 10 });
  expect((await next.stop()).status).toBe(0);
});

it('exits within 10 s of SIGTERM during any kind of wait, and the next worker applies the rest', async () => {
  const worker = await shop.startWorker();
  const other = await shop.connection();
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM users WHERE id = 1 FOR UPDATE');
  const before = await shop.ok<{ balance: number }>(['balance', '1']);
  await shop.ok(['charge', '1', '1', '--no-wait']);
  await shop.laneWaitsForLock();
  const asked = Date.now();
  const { status } = await worker.stop();
  expect(Date.now() - asked).toBeLessThan(10_000);
  // a request that waits for a locked row is left to the next worker
  expect(status).toBe(0);
  await other.query('ROLLBACK');
  await other.end();
  const next = await shop.startWorker();
  await waitUntilDecided(shop);
  const after = await shop.ok<{ balance: number }>(['balance', '1']);
  expect(after.balance - before.balance).toBe(1);
  expect((await next.stop()).status).toBe(0);
});

it('numbers the ledger without gaps across workers, and stores the number of each row in its outcome', async () => {
  const rows = await shop.sql<{ id: number; named: number }>(
    `SELECT t.id, JSON_EXTRACT(o.details, '$.transactionId') AS named
     FROM point_transactions t JOIN outcomes o ON o.request_id = t.request_id ORDER BY t.id`,
  );
  expect(rows.length).toBeGreaterThan(20);
  expect(rows).toEqual(rows.map((_, index) => ({ id: index + 1, named: index + 1 })));
});
