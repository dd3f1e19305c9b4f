import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Audit } from '../../src/domain/audit/audit.ts';
import { CHECK_NAMES } from '../../src/domain/audit/check.ts';
import {
  audit,
  broken,
  EXIT_FAULT_FOUND,
  failing,
  NOWHERE,
  result,
  shop,
  useAuditedShop,
  withIds,
} from '../support/audited-shop.ts';
import { TestShop } from '../support/shop.ts';

useAuditedShop();

it('finds no fault in an intact shop, and lists what it has checked', async () => {
  const answer = await audit();
  expect(answer.checks.flatMap(({ faults }) => faults)).toEqual([]);
  expect(answer.ok).toBe(true);
  const count = async (table: string) =>
    (await shop.sql<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n ?? 0;
  expect(result(answer, 'balances').checked).toBe(5);
  expect(result(answer, 'ledger-chain').checked).toBe(await count('point_transactions'));
  expect(result(answer, 'outcomes').checked).toBe((await count('requests')) + (await count('attempts')));
  expect(result(answer, 'payments').checked).toBe(await count('requests'));
  expect(result(answer, 'hourly-sales').checked).toBe(await count('hourly_sales'));
  for (const { checked } of answer.checks) expect(checked).toBeGreaterThan(0);
});

it('accepts JSON in an equivalent notation', async () => {
  const answer = await broken(
    `UPDATE requests SET payload = '{ "amount": 10000, "user": "@ann" }' WHERE id = :charge1`,
    `UPDATE requests SET payload = CONCAT('{"items": [{"quantity": 2, "product": "@ink"}], "user": ', :bob, '}') WHERE id = :order2`,
    `UPDATE requests SET payload = CONCAT('{ "order" : ', :order4Order, ' }') WHERE id = :cancel4`,
    `UPDATE requests SET payload = '{ "quantity": 5, "product": "@pen" }' WHERE id = :restock`,
    `UPDATE requests SET payload = '{ "amount": 50, "user": "@fay" }' WHERE id = :goodwill`,
    `UPDATE requests SET payload = '{ "expect": 12, "to": 13, "product": "@lamp" }' WHERE id = :count`,
    `UPDATE outcomes SET details = '{ "balance": 10000, "amount": 10000, "userId": 1, "transactionId": 1, "more": true }' WHERE request_id = :charge1`,
  );
  expect(answer.checks.flatMap(({ faults }) => faults)).toEqual([]);
});

it.each([
  ['point_transactions', 'user_id', ''],
  ['orders', 'user_id', ''],
  ['order_lines', 'product_id', 'position = 1'],
  ['stock_movements', 'product_id', 'request_id = :order2'],
  ['hourly_sales', 'product_id', 'product_id = :pen'],
  ['requests', 'batch_id', 'id = :charge1'],
  ['batch_exceptions', 'batch_id', ''],
  ['batch_exceptions', 'request_id', ''],
  ['attempts', 'request_id', 'request_id = :failed'],
  ['carts', 'user_id', 'user_id = :ann'],
  ['cart_lines', 'cart_id', ''],
  ['cart_lines', 'product_id', ''],
  ['outcomes', 'request_id', 'request_id = :charge1'],
  ['point_transactions', 'request_id', 'request_id = :charge1'],
  ['withdrawals', 'request_id', 'request_id = :pending'],
  ['activities', 'request_id', 'request_id = :pending'],
  ['order_lines', 'order_id', 'order_id = :order1Order'],
])('finds a value of %s.%s that refers to a missing row', async (table, column, where) => {
  const [{ n } = { n: 0 }] = await shop.sql<{ n: number }>(
    withIds(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where || 'TRUE'}`),
  );
  expect(n).toBeGreaterThan(0);
  const answer = await broken(`UPDATE ${table} SET ${column} = ${NOWHERE} WHERE ${where || 'TRUE'}`);
  const { faults } = result(answer, 'references');
  expect(faults.reduce((sum, { rows }) => sum + Number(rows), 0)).toBe(n);
  for (const fault of faults) expect(fault).toMatchObject({ table, column, missing: NOWHERE });
});

it('finds an order whose request is missing', async () => {
  const answer = await broken(
    `UPDATE order_lines SET order_id = ${NOWHERE} WHERE order_id = :order1Order`,
    `UPDATE orders SET id = ${NOWHERE} WHERE id = :order1Order`,
  );
  const { faults } = result(answer, 'references');
  expect(faults).toEqual([expect.objectContaining({ table: 'orders', column: 'id', missing: NOWHERE, rows: 1 })]);
});

it('lists a hundred faults per check, and only counts the others', async () => {
  const answer = await broken(
    `INSERT INTO users (name, balance, created_at)
     SELECT 'Rich', 1, NOW() FROM requests a CROSS JOIN requests b LIMIT 130`,
  );
  expect(failing(answer)).toEqual(['balances']);
  const { found, faults } = result(answer, 'balances');
  expect(found).toBe(130);
  expect(new Set(faults.map(({ userId }) => userId)).size).toBe(100);
});

it('prints one check or fault per line', async () => {
  const env = { LC_ALL: 'C.UTF-8' };
  const clean = await shop.run(['audit', '-o', 'table'], { env });
  expect(clean.status).toBe(0);
  expect(clean.stdout.split('\n')[0]).toBe('✓ Balances are the sums of their ledger rows (rows checked: 5)');
  expect(clean.stdout.trimEnd().split('\n')).toHaveLength(CHECK_NAMES.length + 2);
  expect(clean.stdout).toMatch(/\n\n16 checks passed\.\n$/);

  await shop.sql('UPDATE users SET balance = balance + 1000');
  try {
    const table = await shop.run(['audit', '-o', 'table'], { env });
    expect(table.status).toBe(EXIT_FAULT_FOUND);
    expect(table.stdout).toMatch(/^✗ User \d has a balance of 1447, but the ledger rows add up to 447,/m);
    expect(table.stdout).toMatch(/\n\n15 checks passed, 1 failed\.\n$/);
    const { status, stdout } = await shop.run(['audit', '-o', 'tsv']);
    expect(status).toBe(EXIT_FAULT_FOUND);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('name\tok\tchecked\tfaults\tfault');
    expect(lines).toHaveLength(1 + CHECK_NAMES.length + 4);
    expect(lines[1]).toMatch(/^balances\tfalse\t5\t5\tUser /);
    expect(lines.at(-1)).toMatch(/^references\ttrue\t\d+\t0$/);
    const row = await shop.run(['audit', '-o', 'jsonl']);
    expect(JSON.parse(row.stdout)).toMatchObject({ ok: false });
  } finally {
    await shop.sql('UPDATE users SET balance = balance - 1000');
  }
});

describe('the audit of a new shop', () => {
  let other: TestShop;

  beforeAll(async () => {
    other = await TestShop.create();
  });

  afterAll(async () => {
    await other.close();
  });

  it('finds no fault while the shop is empty', async () => {
    const answer = await other.ok<Audit>(['audit']);
    expect(answer.ok).toBe(true);
    expect(answer.checks).toEqual(CHECK_NAMES.map((name) => ({ name, ok: true, checked: 0, found: 0, faults: [] })));
  });

  it('finds no fault while a worker keeps applying requests', async () => {
    await other.ok(['db', 'seed']);
    await other.sql(
      `INSERT INTO requests (idempotency_key, request_hash, kind, payload, actor, host, created_at)
       WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 990)
       SELECT CONCAT(kind, n, '-', again), REPEAT('x', 32), kind, payload, 'tester', 'here', NOW() FROM numbers
       CROSS JOIN (SELECT 1 AS again UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5
         UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9 UNION SELECT 10) repeated
       CROSS JOIN (
         SELECT 'charge' AS kind, '{"user":1,"amount":700}' AS payload
         UNION SELECT 'order', '{"user":"@corner-cafe","items":[{"product":1,"quantity":1},{"product":2,"quantity":1}]}'
         UNION SELECT 'restock', '{"product":"@pencil-hb","quantity":1}'
       ) kinds`,
    );
    const pending = async () => {
      const [row] = await other.sql<{ n: number }>(
        'SELECT COUNT(*) AS n FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id WHERE o.request_id IS NULL',
      );
      return row?.n ?? 0;
    };
    expect(await pending()).toBe(29_700);
    const worker = other.startWorker();
    // number of audits during which the worker wrote rows
    let during = 0;
    for (let before = await pending(); before > 0; ) {
      expect(await other.ok<Audit>(['audit'])).toMatchObject({ ok: true });
      const after = await pending();
      if (after > 0 && after < before) during++;
      before = after;
    }
    await worker;
    expect(during).toBeGreaterThan(0);
    expect(await other.ok<Audit>(['audit'])).toMatchObject({ ok: true });
  });
});
