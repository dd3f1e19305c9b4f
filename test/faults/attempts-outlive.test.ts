import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { FaultShop, LANE_BEGIN } from '../support/fault-shop.ts';
import type { TestProcess } from '../support/shop.ts';
import { TechnicalFailures } from '../support/technical-failures.ts';

const AMOUNT = 13;
const ALWAYS = 100;

let faults: FaultShop;
let failures: TechnicalFailures;
let user: string;
let pen: string;

beforeAll(async () => {
  faults = await FaultShop.create();
  const { shop } = faults;
  failures = await TechnicalFailures.on(shop);
  user = await shop.whileWorking(() => shop.userWith(500));
  pen = String(await shop.product('Pen', AMOUNT, 10));
});

beforeEach(() => failures.end());

afterAll(() => faults.close());

/**
 * Resolves when a failed attempt of the lane has been logged and the next transaction is about to begin. That
 * transaction is the next attempt or, after the last attempt, records the failure.
 */
async function attemptFailed(): Promise<void> {
  const rollback = await faults.mysql.hold('ROLLBACK');
  const next = faults.mysql.hold(LANE_BEGIN);
  rollback.release();
  await next;
}

/** Reads the stored attempts of a request. */
async function storedAttempts(key: string): Promise<number[]> {
  const rows = await faults.shop.sql<{ attempt: number }>(
    `SELECT a.attempt FROM attempts a JOIN requests r ON r.id = a.request_id
     WHERE r.idempotency_key = ? AND a.reason = 'a failure made by the test' ORDER BY 1`,
    [key],
  );
  return rows.map(({ attempt }) => attempt);
}

async function expectSound(worker: TestProcess): Promise<void> {
  expect((await worker.stop()).status).toBe(0);
  await faults.shop.expectSound();
}

const charge = () => ['charge', user, String(AMOUNT)];
const order = () => ['order', 'place', user, pen];

it.each([
  ['a charge whose worker dies after the first attempt', charge, 1, 'CHARGE_FAILED'],
  ['an order whose worker dies after the first attempt', order, 1, 'PAYMENT_FAILED'],
  ['a charge whose workers die after the first and the second attempt', charge, 2, 'CHARGE_FAILED'],
  ['an order whose workers die after each attempt', order, 3, 'PAYMENT_FAILED'],
])('makes three attempts in all for %s', async (name, command, deaths, code) => {
  const { shop } = faults;
  const key = name.replaceAll(/\W+/g, '-');
  await failures.fail(AMOUNT, ALWAYS);
  const before = await shop.snapshot();
  await shop.ok([...command(), '--key', key, '--no-wait']);
  let died = performance.now();
  for (let attempt = 1; attempt <= deaths; attempt++) {
    const failed = attemptFailed();
    const worker = shop.start(['worker'], { env: { SHOP_DATABASE_URL: faults.mysql.url } });
    await failed;
    died = performance.now();
    await worker.kill();
    faults.mysql.cut();
  }
  const next = await faults.startWorker();
  await faults.waitForRecovery('attempts', died);
  expect(await shop.refused([...command(), '--key', key])).toMatchObject({ status: 8, code, details: { attempts: 3 } });
  expect(await failures.tries()).toBe(3);
  expect(await storedAttempts(key)).toEqual([1, 2, 3]);
  expect(await shop.snapshot()).toEqual(before);
  await expectSound(next);
});

it('applies a request in the third attempt if a killed worker has made one attempt', async () => {
  const { shop } = faults;
  await failures.fail(AMOUNT, 2);
  await shop.ok([...charge(), '--key', 'third', '--no-wait']);
  const failed = attemptFailed();
  const worker = shop.start(['worker'], { env: { SHOP_DATABASE_URL: faults.mysql.url } });
  await failed;
  await worker.kill();
  faults.mysql.cut();
  const next = await faults.startWorker();
  expect(await shop.decided('third')).toMatchObject({ status: 'applied', attempts: 3 });
  expect(await storedAttempts('third')).toEqual([1, 2]);
  await expectSound(next);
});

it('counts attempts in memory if neither the attempts nor the failure can be stored', async () => {
  const { shop } = faults;
  await failures.fail(AMOUNT, ALWAYS);
  const refuse = (table: string) =>
    shop.sql(`CREATE TRIGGER refuse_${table} BEFORE INSERT ON ${table} FOR EACH ROW
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no room for this'`);
  await refuse('attempts');
  await refuse('outcomes');
  await shop.ok([...charge(), '--key', 'unwritten', '--no-wait']);
  const worker = await faults.startWorker();
  await worker.logged('the failure could not be stored');
  // the sweep finds the request again
  await shop.sql('DROP TRIGGER refuse_outcomes');
  expect(await shop.decided('unwritten')).toMatchObject({ status: 'failed', code: 'CHARGE_FAILED', attempts: 3 });
  await shop.sql('DROP TRIGGER refuse_attempts');
  expect(worker.stderr).toContain('the failed attempt could not be stored');
  expect(await failures.tries()).toBe(3);
  expect(await storedAttempts('unwritten')).toEqual([]);
  await expectSound(worker);
});
