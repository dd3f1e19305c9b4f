import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIGRATION_NAMES } from '../../src/db/migrations/index.ts';
import { TestShop } from '../support/shop.ts';

interface Status {
  applied: string[];
  pending: string[];
  unknown: string[];
  drift: string[] | null;
}

describe('migrations', () => {
  let shop: TestShop;

  beforeAll(async () => {
    shop = await TestShop.create({ migrated: false });
  });

  afterAll(() => shop.close());

  it('run each step once when twenty processes start at once, and produce the schema of the entities', async () => {
    expect(await shop.ok<Status>(['db', 'status'])).toMatchObject({
      applied: [],
      pending: MIGRATION_NAMES,
      drift: null,
    });
    const runs = await Promise.all(Array.from({ length: 20 }, () => shop.ok<{ applied: string[] }>(['db', 'migrate'])));
    expect(runs.flatMap(({ applied }) => applied)).toEqual(MIGRATION_NAMES);
    expect(await shop.sql('SELECT name FROM schema_migrations')).toEqual(MIGRATION_NAMES.map((name) => ({ name })));
    expect(await shop.ok<Status>(['db', 'status'])).toEqual({
      applied: MIGRATION_NAMES,
      pending: [],
      unknown: [],
      drift: [],
    });
  });

  it('resume after an interruption halfway', async () => {
    await shop.ok(['db', 'revert', '--yes']);
    // imitates an interrupted migration: MySQL commits each DDL statement by itself, so some tables exist, but the
    // migration is not recorded
    await shop.ok(['db', 'migrate']);
    await shop.sql('DELETE FROM schema_migrations');
    await shop.sql('DROP TABLE stock_movements');
    await shop.ok(['db', 'migrate']);
    expect(await shop.ok<Status>(['db', 'status'])).toMatchObject({ pending: [], drift: [] });
  });

  it.each([
    ['before the column is dropped', 'CancelledBatches1796000000000', []],
    ['after the column is dropped', 'CancelledBatches1796000000000', ['ALTER TABLE batches DROP COLUMN cancelled_at']],
    ['before an index is dropped', 'FilterIndexes1796100000000', []],
    ['after an index is dropped', 'FilterIndexes1796100000000', ['ALTER TABLE products DROP INDEX ix_products_name']],
  ])('migrate again after a revert was killed %s', async (_, name, done) => {
    const later = MIGRATION_NAMES.slice(MIGRATION_NAMES.indexOf(name) + 1);
    for (const reverted of later.toReversed()) {
      expect(await shop.ok(['db', 'revert', '--yes'])).toMatchObject({ reverted });
    }
    await shop.sql("UPDATE schema_migrations SET name = CONCAT('reverting ', name) WHERE name = ?", [name]);
    for (const statement of done) await shop.sql(statement);
    expect(await shop.ok<Status>(['db', 'status'])).toMatchObject({ pending: [name, ...later] });
    expect(await shop.ok(['db', 'migrate'])).toEqual({ applied: done.length === 0 ? later : [name, ...later] });
    expect(await shop.ok<Status>(['db', 'status'])).toMatchObject({ pending: [], drift: [] });
  });

  it.each([
    ['a missing check', 'ALTER TABLE orders DROP CONSTRAINT ck_orders_total', /ck_orders_total/],
    ['a changed check', 'ALTER TABLE orders ADD CONSTRAINT ck_orders_total CHECK (total >= 0)', /ck_orders_total/],
    ['a missing index', 'ALTER TABLE users DROP INDEX uq_users_reference', /uq_users_reference/],
    ['an added column', 'ALTER TABLE users ADD COLUMN nickname VARCHAR(20) NULL', /nickname/],
    ['a changed type', 'ALTER TABLE products MODIFY price INT NOT NULL', /price/],
  ])('report drift, such as %s', async (_name, statement, expected) => {
    await shop.sql(statement);
    const { drift } = await shop.ok<Status>(['db', 'status']);
    expect(drift?.join('\n')).toMatch(expected);
  });

  it('are reverted completely', async () => {
    for (const name of [...MIGRATION_NAMES].reverse()) {
      expect(await shop.ok(['db', 'revert', '--yes'])).toMatchObject({ reverted: name });
    }
    expect(await shop.ok(['db', 'revert', '--yes'])).toEqual({ reverted: null, rows: 0 });
    expect(await shop.sql('SHOW TABLES WHERE 1 = 1')).toHaveLength(1);
  });
});

describe('the schema', () => {
  let shop: TestShop;

  beforeAll(async () => {
    shop = await TestShop.create({ inProcess: true });
    await shop.ok(['db', 'seed']);
    await shop.sql(
      `INSERT INTO requests (id, idempotency_key, request_hash, kind, payload, actor, host, created_at)
       VALUES (1, 'Key', REPEAT('x', 32), 'charge', '{}', 'tester', 'test', UTC_TIMESTAMP(3)),
         (2, 'Order', REPEAT('x', 32), 'order', '{}', 'tester', 'test', UTC_TIMESTAMP(3))`,
    );
    await shop.sql(order(2, 'placed', 0));
  });

  afterAll(() => shop.close());

  const request = (key: string, kind = 'charge', payload = '{}') =>
    `INSERT INTO requests (idempotency_key, request_hash, kind, payload, actor, host, created_at)
     VALUES ('${key}', REPEAT('x', 32), '${kind}', '${payload}', 'tester', 'test', UTC_TIMESTAMP(3))`;
  const outcome = (status: string, code: string, attempts = 1) =>
    `INSERT INTO outcomes VALUES (1, '${status}', ${code}, ${attempts}, '{}', UTC_TIMESTAMP(3))`;

  const ledgerRow = (type: string, amount: number, orderId = 'NULL', balance = '1') =>
    `INSERT INTO point_transactions VALUES (1, 1, '${type}', ${amount}, ${balance}, 1, ${orderId}, UTC_TIMESTAMP(3))`;
  const stockRow = (type: string, quantity: number, requestId = '1') =>
    `INSERT INTO stock_movements VALUES (NULL, 1, '${type}', ${quantity}, 1, ${requestId}, UTC_TIMESTAMP(3))`;
  const order = (id: number, status: string, refunded: number) =>
    `INSERT INTO orders VALUES (${id}, 1, '${status}', 10, ${refunded}, UTC_TIMESTAMP(3))`;
  const line = (orderId: number, returned: number) =>
    `INSERT INTO order_lines VALUES (${orderId}, 1, 0, 3, ${returned}, 1)`;
  const activity = (after: string, requestId: string) =>
    `INSERT INTO activities VALUES (NULL, 'a', 'h', 'user.edit', 'user 1', NULL, ${after}, ${requestId}, NOW())`;

  it.each([
    ['a negative balance', 'UPDATE users SET balance = -1 WHERE id = 1'],
    ['a balance above the maximum', 'UPDATE users SET balance = 9007199254740992 WHERE id = 1'],
    ['a negative stock', 'UPDATE products SET stock = -1 WHERE id = 1'],
    ['a stock above the maximum', 'UPDATE products SET stock = 9007199254740992 WHERE id = 1'],
    ['a price of 0', 'UPDATE products SET price = 0 WHERE id = 1'],
    ['an empty name', "UPDATE users SET name = '' WHERE id = 1"],
    ['a duplicate reference', "UPDATE users SET reference = 'corner-cafe' WHERE id = 2"],
    ['a duplicate key', request('Key')],
    ['an unknown kind', request('k1', 'gift')],
    ['a payload that is not JSON', request('k2', 'charge', 'nonsense')],
    ['an outcome without a request', "INSERT INTO outcomes VALUES (99, 'applied', NULL, 1, '{}', UTC_TIMESTAMP(3))"],
    ['a refusal without a code', outcome('refused', 'NULL')],
    ['an applied outcome with a code', outcome('applied', "'INVALID_USER'")],
    ['a failed attempt without a request', "INSERT INTO attempts VALUES (99, 1, 'r', UTC_TIMESTAMP(3))"],
    ['a failed attempt after the third', "INSERT INTO attempts VALUES (1, 4, 'r', UTC_TIMESTAMP(3))"],
    ['a fourth attempt', outcome('applied', 'NULL', 4)],
    ['a charge that takes points', ledgerRow('charge', -1)],
    ['a charge that names an order', ledgerRow('charge', 1, '1')],
    ['a payment without an order', ledgerRow('payment', -1)],
    ['an adjustment by 0 points', ledgerRow('adjustment', 0)],
    ['an unknown kind of ledger row', ledgerRow('gift', 1)],
    ['a ledger row with a balance above the maximum', ledgerRow('charge', 1, 'NULL', '9007199254740992')],
    ['a sale that adds to the stock', stockRow('sale', 1)],
    ['an initial stock that names a request', stockRow('initial', 1)],
    ['a stock adjustment without a request', stockRow('adjustment', 1, 'NULL')],
    ['an order without a request', order(99, 'placed', 0)],
    ['an order with an unknown status', order(1, 'lost', 0)],
    ['a placed order with a refund', order(1, 'placed', 1)],
    ['a partially returned order without a refund', order(1, 'partially_returned', 0)],
    ['a partially returned order with a full refund', order(1, 'partially_returned', 10)],
    ['a cancelled order without a full refund', order(1, 'cancelled', 9)],
    ['a returned order without a full refund', order(1, 'returned', 0)],
    ['a line without an order', line(99, 0)],
    ['more units returned than ordered', line(2, 4)],
    ['a negative number of returned units', line(2, -1)],
    ['a blocked user without a reason', 'UPDATE users SET blocked_at = NOW() WHERE id = 1'],
    ['a withdrawal without a request', "INSERT INTO withdrawals VALUES (99, 'a', 'h', NOW())"],
    ['a second withdrawal', "INSERT INTO withdrawals VALUES (1, 'a', 'h', NOW()), (1, 'b', 'h', NOW())"],
    ['an activity whose new state is not JSON', activity("'nonsense'", 'NULL')],
    ['an activity about a missing request', activity('NULL', '99')],
  ])('rejects %s', async (_name, statement) => {
    await expect(shop.sql(statement)).rejects.toThrow();
  });

  it('distinguishes keys by case, and allows one outcome per request', async () => {
    await shop.sql(request('key'));
    await shop.sql(outcome('applied', 'NULL'));
    await expect(shop.sql(outcome('failed', "'CHARGE_FAILED'"))).rejects.toThrow(/Duplicate/);
  });

  it('stores references in any script, and distinguishes them by case and composition', async () => {
    const references = ['Stift', 'stift', '연필', '鉛筆-01', 'crayon/é', 'crayon/e\u0301', '𝒫', 'x'.repeat(64)];
    for (const reference of references) {
      await shop.sql("INSERT INTO products (reference, name, price, stock, created_at) VALUES (?, 'P', 1, 0, NOW())", [
        reference,
      ]);
    }
    const rows = await shop.sql<{ reference: string }>('SELECT reference FROM products WHERE reference IN (?)', [
      references,
    ]);
    expect(rows.map(({ reference }) => reference).sort()).toEqual([...references].sort());
  });

  it.each([['points-adjust', 'stock-adjust', 'return']])('stores the kinds %s, %s and %s', async (...kinds) => {
    for (const kind of kinds) await shop.sql(request(`kind-${kind}`, kind));
  });

  it('stores orders in each of their statuses', async () => {
    const statuses = [
      ['placed', 0],
      ['partially_returned', 9],
      ['returned', 10],
      ['cancelled', 10],
    ] as const;
    for (const [status, refunded] of statuses) {
      await shop.sql(request(`order-${status}`, 'order'));
      const [{ id } = { id: 0 }] = await shop.sql<{ id: number }>('SELECT MAX(id) AS id FROM requests');
      await shop.sql(order(id, status, refunded));
      await shop.sql(line(id, 3));
    }
  });

  it('stores times with milliseconds', async () => {
    const rows = await shop.sql<{ Field: string; Type: string }>('SHOW COLUMNS FROM orders WHERE Field = ?', [
      'created_at',
    ]);
    expect(rows).toMatchObject([{ Type: 'datetime(3)' }]);
  });
});
