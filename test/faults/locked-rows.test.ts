import type { Connection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { expectLedgerInOrder } from '../support/ledger.ts';
import { waitForRecovery } from '../support/recovery.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';

/** How long another session locks a row: much longer than the three attempts of a request take. */
const HELD_MS = 30_000;
const LIMIT_MS = 10_000;

let shop: TestShop;
let worker: TestProcess;
let other: Connection;
/** Creates two users and two products for each test. */
let [ann, bo, pen, ink] = [0, 0, 0, 0];

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
});

beforeEach(async () => {
  // the worker has at most two jobs, because a request that waits for a row must not block others
  worker = await shop.startWorker({ args: ['--concurrency', '2'] });
  [ann, bo] = [Number(await shop.userWith(10_000)), Number(await shop.userWith(10_000))];
  [pen, ink] = [await shop.product('Pen', 10, 1_000), await shop.product('Ink', 20, 1_000)];
  other = await shop.connection();
  // under READ COMMITTED the session locks only the rows that it names
  await other.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  await other.query('START TRANSACTION');
});

afterEach(async () => {
  other.destroy();
  await worker.kill();
  await recoveredBy(await shop.startWorker());
  expect(await shop.sql('SELECT DISTINCT attempts FROM outcomes')).toEqual([{ attempts: 1 }]);
  expect(await shop.sql('SELECT * FROM attempts')).toEqual([]);
  for (const user of [ann, bo]) await expectLedgerInOrder(shop, user);
});

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
});

async function recoveredBy(next: TestProcess): Promise<void> {
  await waitForRecovery(shop, 10, performance.now());
  expect((await next.stop()).status).toBe(0);
}

/** Records a request and returns its id. */
async function record(...args: readonly (string | number)[]): Promise<number> {
  const { requestId } = await shop.ok<{ requestId: number }>([...args.map(String), '--no-wait']);
  return requestId;
}

async function statusOf(...requests: readonly number[]): Promise<unknown[]> {
  return Promise.all(requests.map(async (id) => (await shop.ok(['request', 'show', String(id)])).status));
}

async function decidedWithin(limitMs: number, ...requests: readonly number[]): Promise<void> {
  await eventually(
    `requests ${requests} are decided`,
    async () => !(await statusOf(...requests)).includes('pending'),
    limitMs,
  );
}

function deferred(): Promise<void> {
  return worker.logged('another MySQL session has locked rows');
}

it('delays only requests that need a product locked for 30 s, and keeps the order of each user (fault 10)', async () => {
  await other.query('SELECT * FROM products WHERE id = ? FOR UPDATE', [pen]);
  const locked = performance.now();
  const orders = [await record('order', 'place', ann, pen)];
  await deferred();
  // The same user orders another product, and other users order this product. There are more of these requests than
  // concurrent jobs.
  orders.push(await record('charge', ann, 5), await record('order', 'place', ann, `${ink}:2`));
  for (let i = 0; i < 4; i++) {
    const user = await shop.created(['user', 'create', 'Cy']);
    orders.push(await record('charge', user, 100), await record('order', 'place', user, pen));
  }
  const [bag, cap] = [await shop.product('Bag', 1, 9), await shop.product('Cap', 1, 9)];
  const free = [await record('order', 'place', bo, bag), await record('charge', bo, 7)];
  await decidedWithin(LIMIT_MS, ...free);
  while (performance.now() - locked < HELD_MS) {
    const started = performance.now();
    await shop.ok(['order', 'place', String(bo), String(cap)]);
    expect(performance.now() - started).toBeLessThan(LIMIT_MS);
    await shop.ok(['product', 'restock', String(cap), '1']);
  }
  expect(await statusOf(...orders.filter((_, index) => index < 3 || index % 2 === 0))).not.toContain('applied');
  await other.query('ROLLBACK');
  await waitForRecovery(shop, 10, performance.now());
  expect(new Set(await statusOf(...orders))).toEqual(new Set(['applied']));
  // the log names a row once
  expect(worker.stderr.split('another MySQL session has locked rows')).toHaveLength(2);
  expect(worker.stderr).toContain(`product ${pen}`);
});

it('recognizes a row by its id or reference, and the rows of an order that is to be cancelled', async () => {
  await shop.sql('UPDATE users SET reference = ? WHERE id = ?', ['bo', bo]);
  await shop.sql('UPDATE products SET reference = ? WHERE id = ?', ['ink', ink]);
  const placed = await shop.ok<{ orderId: number }>(['order', 'place', String(ann), String(pen)]);
  await other.query('SELECT * FROM products WHERE id = ? FOR UPDATE', [ink]);
  const first = await record('order', 'place', bo, '@ink');
  await deferred();
  const behind = [
    await record('charge', '@bo', 1),
    await record('order', 'cancel', first),
    await record('order', 'place', ann, ink),
    await record('order', 'cancel', placed.orderId),
  ];
  const free = await record('charge', await shop.created(['user', 'create', 'Di']), 1);
  await decidedWithin(LIMIT_MS, free);
  expect(await statusOf(first, ...behind)).toEqual(Array(5).fill('pending'));
  await other.query('ROLLBACK');
  await decidedWithin(LIMIT_MS, first, ...behind);
  expect(await statusOf(first, ...behind)).toEqual(Array(5).fill('applied'));
});

it('exits on SIGTERM, and the next worker applies the waiting requests', async () => {
  await other.query('SELECT * FROM users WHERE id = ? FOR UPDATE', [ann]);
  const charge = await record('charge', ann, 3);
  await deferred();
  const stopped = await worker.stop();
  expect(stopped).toMatchObject({ status: 0 });
  expect(stopped.stderr).not.toContain('stopped with unfinished work');
  expect(await statusOf(charge)).toEqual(['pending']);
  worker = await shop.startWorker();
  await deferred();
  const free = await record('charge', bo, 3);
  await decidedWithin(LIMIT_MS, free);
  await other.query('ROLLBACK');
  await decidedWithin(LIMIT_MS, charge);
});

it('can be paused, and applies waiting requests only after the queue is resumed', async () => {
  await other.query('SELECT * FROM products WHERE id = ? FOR UPDATE', [pen]);
  const order = await record('order', 'place', ann, pen);
  await deferred();
  expect(await shop.ok(['queue', 'pause'])).toMatchObject({ paused: true, changed: true });
  await other.query('ROLLBACK');
  await worker.logged('the queue is paused');
  expect(await statusOf(order)).toEqual(['pending']);
  await shop.ok(['queue', 'resume']);
  await decidedWithin(LIMIT_MS, order);
});

it('defers at most ten thousand requests, and applies all of them once the row is free', async () => {
  await other.query('SELECT * FROM users WHERE id = ? FOR UPDATE', [ann]);
  const stdin = `kind,user,amount\n${`charge,${ann},1\n`.repeat(10_500)}`;
  await shop.ok(['batch', 'run', '-', '--name', 'many', '--no-wait'], { stdin });
  await worker.logged('too many requests wait for locked rows');
  const behind = await record('charge', bo, 1);
  await other.query('ROLLBACK');
  await waitForRecovery(shop, 10, performance.now());
  expect(await statusOf(behind)).toEqual(['applied']);
  expect(await shop.ok(['balance', String(ann)])).toMatchObject({ balance: 10_000 + 10_500 });
});

it('defers a request that waits for a row that no request names, and tries the request again', async () => {
  await shop.ok(['order', 'place', String(bo), String(pen)]);
  await other.query('SELECT * FROM hourly_sales WHERE product_id = ? FOR UPDATE', [pen]);
  const order = await record('order', 'place', ann, pen);
  await worker.logged('a request waits for another MySQL session');
  const free = await record('order', 'place', bo, ink);
  await decidedWithin(LIMIT_MS, free);
  expect(await statusOf(order)).toEqual(['pending']);
  await other.query('ROLLBACK');
  await decidedWithin(LIMIT_MS, order);
});
