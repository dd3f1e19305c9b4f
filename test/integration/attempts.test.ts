import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { reportRecovery } from '../support/recovery.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';
import { TechnicalFailures } from '../support/technical-failures.ts';

/** Charges of this amount fail for a technical reason in the database. */
const POISON = '13';

let shop: TestShop;
let worker: TestProcess;
let failures: TechnicalFailures;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.ok(['db', 'seed']);
  failures = await TechnicalFailures.on(shop);
  worker = await shop.startWorker();
});

beforeEach(() => failures.end());

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

it('applies a request whose first two attempts failed', async () => {
  await failures.fail(POISON, 2);
  const before = await shop.ok<{ balance: number }>(['balance', '1']);
  expect(await shop.ok(['charge', '1', POISON])).toMatchObject({ attempts: 3, balance: before.balance + 13 });
});

it('reports CHARGE_FAILED after three attempts, with nothing changed, and replays it', async () => {
  await failures.fail(POISON, 100);
  const before = await shop.snapshot();
  const first = await shop.refused(['charge', '1', POISON, '--key', 'fails']);
  expect(first).toMatchObject({ status: 8, code: 'CHARGE_FAILED', details: { attempts: 3 } });
  expect(await failures.tries()).toBe(3);
  expect(await shop.refused(['charge', '1', POISON, '--key', 'fails'])).toEqual({
    ...first,
    details: { ...first.details, replayed: true },
  });
  expect(await shop.snapshot()).toEqual(before);
  expect(await shop.ok(['request', 'show', 'fails'])).toMatchObject({
    status: 'failed',
    code: 'CHARGE_FAILED',
    attempts: 3,
  });
});

it('reports PAYMENT_FAILED for an order', async () => {
  await shop.ok(['charge', '2', '1000']);
  await failures.fail('150', 100);
  const before = await shop.snapshot();
  expect(await shop.refused(['order', 'place', '2', '1'])).toMatchObject({ status: 8, code: 'PAYMENT_FAILED' });
  expect(await shop.snapshot()).toEqual(before);
});

it('fails only the request that causes the error; the requests around it keep their order and attempts', async () => {
  await failures.fail(POISON, 100);
  expect((await worker.stop()).status).toBe(0);
  const amounts = ['1', '2', '3', POISON, '4', '5', '6', '7', POISON, '8'];
  const keys = amounts.map((_, i) => `neighbour-${i}`);
  for (const [i, amount] of amounts.entries()) {
    await shop.ok(['charge', '3', amount, '--no-wait', '--key', keys[i] ?? '']);
  }
  worker = await shop.startWorker();
  const outcomes = await Promise.all(
    keys.map((key) =>
      eventually(`${key} is decided`, async () => {
        const request = await shop.ok(['request', 'show', key]);
        return request.status !== 'pending' && request;
      }),
    ),
  );
  expect(outcomes.map(({ status, attempts }) => [status, attempts])).toEqual(
    amounts.map((amount) => (amount === POISON ? ['failed', 3] : ['applied', 1])),
  );
  const ledger = await shop.sql<{ amount: number }>(
    'SELECT amount FROM point_transactions WHERE user_id = 3 ORDER BY id',
  );
  expect(ledger.map(({ amount }) => String(amount))).toEqual(amounts.filter((amount) => amount !== POISON));
  expect(worker.stderr).toMatch(/"requests":(?!1,)\d+,"msg":"a group of requests failed"/);
});

it('counts the earlier failed attempts of a request that did not fit into the previous transaction', async () => {
  expect((await worker.stop()).status).toBe(0);
  // the order has more lines than one transaction takes; its products need not exist
  const items = Array.from({ length: 1_000 }, (_, index) => String(1_000_001 + index));
  for (let order = 0; order < 4; order++) await shop.ok(['order', 'place', '3', ...items, '--no-wait']);
  const { requestId } = await shop.ok<{ requestId: number }>(['charge', '3', POISON, '--no-wait']);
  await shop.sql("INSERT INTO attempts VALUES (?, 1, 'before', NOW()), (?, 2, 'before', NOW())", [
    requestId,
    requestId,
  ]);
  await failures.fail(POISON, 100);
  worker = await shop.startWorker();
  expect(await shop.decided(String(requestId))).toMatchObject({ status: 'failed', attempts: 3 });
  expect(await failures.tries()).toBe(1);
});

it('waits for a row that another session has locked, and applies the request afterwards', async () => {
  const other = await shop.connection();
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM users WHERE id = 4 FOR UPDATE');
  const charge = shop.start(['charge', '4', '10', '--json']);
  // a lock timeout undoes only one statement, so the lane rolls back the rest itself
  await worker.logged('Lock wait timeout');
  await other.query('COMMIT');
  await other.end();
  const { status, stdout } = await charge.ended;
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ balance: 10 });
});

it('decides with the changes that another session makes during the wait', async () => {
  const { requestId } = await shop.ok<{ requestId: number }>(['charge', '4', '1000']);
  const [{ stock = 0 } = {}] = await shop.sql<{ stock: number }>('SELECT stock FROM products WHERE id = 5');
  const other = await shop.connection();
  await other.query('START TRANSACTION');
  await other.query('UPDATE products SET stock = stock + 7 WHERE id = 5');
  await other.query("INSERT INTO stock_movements VALUES (NULL, 5, 'restock', 7, ?, ?, UTC_TIMESTAMP(3))", [
    stock + 7,
    requestId,
  ]);
  const order = shop.start(['order', 'place', '4', '5:2', '--json']);
  await shop.laneWaitsForLock();
  await other.query('COMMIT');
  await other.end();
  const written = performance.now();
  expect((await order.ended).status).toBe(0);
  await reportRecovery(11, performance.now() - written);
  expect(await shop.sql('SELECT stock FROM products WHERE id = 5')).toEqual([{ stock: stock + 5 }]);
  expect(await shop.faults()).toEqual([]);
});

it('applies the request again after the lane has lost a deadlock', async () => {
  // the lane locks users before products; this session locks them in the opposite order
  const other = await shop.connection();
  await other.query('START TRANSACTION');
  // the server ends the transaction that has changed fewer rows
  await other.query("UPDATE products SET name = CONCAT(name, '') WHERE id > 1");
  await other.query('SELECT * FROM products WHERE id = 8 FOR UPDATE');
  await shop.ok(['charge', '5', '5000']);
  const order = shop.start(['order', 'place', '5', '8', '--json']);
  await shop.laneWaitsForLock();
  await other.query('UPDATE users SET name = CONCAT(name, ?) WHERE id = 5', ['!']).catch(() => {});
  await other.query('COMMIT');
  await other.end();
  const { status, stdout } = await order.ended;
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ total: 2300, balance: 2700 });
});
