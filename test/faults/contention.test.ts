import { afterAll, beforeAll, expect, it } from 'vitest';
import { FaultShop } from '../support/fault-shop.ts';

let faults: FaultShop;

beforeAll(async () => {
  faults = await FaultShop.create();
});

afterAll(() => faults.close());

/** Records a sale, so that another session can lock the row of this hour. */
async function recordSale(name: string): Promise<number> {
  const { shop } = faults;
  const [{ id = 0 } = {}] = await shop.sql<{ id: number }>('SELECT id FROM products WHERE reference = ?', [
    `${name}-pen`,
  ]);
  await shop.sql(
    "INSERT INTO hourly_sales (hour, product_id, quantity) VALUES (DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%d %H:00:00'), ?, 0)",
    [id],
  );
  return id;
}

it('rolls back a partly written group if a lock wait times out (fault 10)', async () => {
  const load = await faults.load('lock-wait');
  const worker = await faults.startWorker();
  const product = await recordSale('lock-wait');
  const other = await faults.shop.connection();
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM hourly_sales WHERE product_id = ? FOR UPDATE', [product]);
  const before = await faults.outcomes();
  load.begin();
  await load.recorded();
  await worker.logged('Lock wait timeout');
  expect(await faults.outcomes()).toBeLessThan(before + 300);
  await other.query('ROLLBACK');
  await other.end();
  const freed = performance.now();
  await faults.waitForRecovery(10, freed);
  await faults.expectHealthy(load, worker);
});

it('rolls back a partly written group if it loses a deadlock (fault 9)', async () => {
  const load = await faults.load('deadlock');
  const worker = await faults.startWorker();
  const product = await recordSale('deadlock');
  await faults.shop.sql('CREATE TABLE changed (id INT PRIMARY KEY)');
  const other = await faults.shop.connection();
  await other.query('START TRANSACTION');
  // the server ends the transaction that has changed fewer rows
  await other.query('INSERT INTO changed VALUES ?', [Array.from({ length: 20_000 }, (_, index) => [index])]);
  await other.query('SELECT * FROM hourly_sales WHERE product_id = ? FOR UPDATE', [product]);
  const { release } = await faults.beginUntil(load, () => faults.mysql.hold('INSERT INTO hourly_sales'));
  const users = other.query("UPDATE users SET name = CONCAT(name, '') WHERE reference LIKE 'deadlock-%'");
  release();
  await worker.logged('Deadlock found');
  await users;
  await other.query('ROLLBACK');
  await other.end();
  const freed = performance.now();
  await faults.waitForRecovery(9, freed);
  await faults.expectHealthy(load, worker);
});
