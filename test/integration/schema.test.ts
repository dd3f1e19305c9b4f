import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../src/db/migrations/index.ts';
import { MIGRATION_NAMES } from '../../src/db/migrations/names.ts';
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

  it('are named where a command looks for them', () => {
    expect(MIGRATIONS.map((Migration) => new Migration().name)).toEqual(MIGRATION_NAMES);
  });

  it('apply each step once when twenty processes start at once, and leave what the entities say', async () => {
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

  it('go on where one was killed half way', async () => {
    await shop.ok(['db', 'revert', '--yes']);
    // DDL commits by itself: the tables made so far stay, the migration is not on record
    await shop.ok(['db', 'migrate']);
    await shop.sql('DELETE FROM schema_migrations');
    await shop.sql('DROP TABLE stock_movements');
    await shop.ok(['db', 'migrate']);
    expect(await shop.ok<Status>(['db', 'status'])).toMatchObject({ pending: [], drift: [] });
  });

  it.each([
    ['a missing column', 'ALTER TABLE orders DROP CONSTRAINT ck_orders_total', /ck_orders_total/],
    ['a changed check', 'ALTER TABLE orders ADD CONSTRAINT ck_orders_total CHECK (total >= 0)', /ck_orders_total/],
    ['a missing index', 'ALTER TABLE users DROP INDEX uq_users_reference', /uq_users_reference/],
    ['an added column', 'ALTER TABLE users ADD COLUMN nickname VARCHAR(20) NULL', /nickname/],
    ['a changed type', 'ALTER TABLE products MODIFY price INT NOT NULL', /price/],
  ])('show drift: %s', async (_name, statement, expected) => {
    await shop.sql(statement);
    const { drift } = await shop.ok<Status>(['db', 'status']);
    expect(drift?.join('\n')).toMatch(expected);
  });

  it('are taken back whole', async () => {
    for (const name of [...MIGRATION_NAMES].reverse()) {
      expect(await shop.ok(['db', 'revert', '--yes'])).toEqual({ reverted: name });
    }
    expect(await shop.ok(['db', 'revert', '--yes'])).toEqual({ reverted: null });
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
       VALUES (1, 'Key', REPEAT('x', 32), 'charge', '{}', 'tester', 'test', UTC_TIMESTAMP(3))`,
    );
  });

  afterAll(() => shop.close());

  const request = (key: string, kind = 'charge', payload = '{}') =>
    `INSERT INTO requests (idempotency_key, request_hash, kind, payload, actor, host, created_at)
     VALUES ('${key}', REPEAT('x', 32), '${kind}', '${payload}', 'tester', 'test', UTC_TIMESTAMP(3))`;
  const outcome = (status: string, code: string, attempts = 1) =>
    `INSERT INTO outcomes VALUES (1, '${status}', ${code}, ${attempts}, '{}', UTC_TIMESTAMP(3))`;

  it.each([
    ['a negative balance', 'UPDATE users SET balance = -1 WHERE id = 1'],
    ['a balance above the maximum', 'UPDATE users SET balance = 9007199254740992 WHERE id = 1'],
    ['a negative stock', 'UPDATE products SET stock = -1 WHERE id = 1'],
    ['a stock above the maximum', 'UPDATE products SET stock = 9007199254740992 WHERE id = 1'],
    ['a price of 0', 'UPDATE products SET price = 0 WHERE id = 1'],
    ['a name of nothing', "UPDATE users SET name = '' WHERE id = 1"],
    ['a reference twice', "UPDATE users SET reference = 'corner-cafe' WHERE id = 2"],
    ['a key twice', request('Key')],
    ['an unknown kind', request('k1', 'gift')],
    ['a payload that is no JSON', request('k2', 'charge', 'nonsense')],
    ['an outcome of no request', "INSERT INTO outcomes VALUES (99, 'applied', NULL, 1, '{}', UTC_TIMESTAMP(3))"],
    ['a refusal without a code', outcome('refused', 'NULL')],
    ['an applied outcome with a code', outcome('applied', "'INVALID_USER'")],
    ['a failed attempt of no request', "INSERT INTO attempts VALUES (99, 1, 'r', UTC_TIMESTAMP(3))"],
    ['a failed attempt after the third', "INSERT INTO attempts VALUES (1, 4, 'r', UTC_TIMESTAMP(3))"],
    ['a fourth attempt', outcome('applied', 'NULL', 4)],
    [
      'a ledger row of no user',
      "INSERT INTO point_transactions VALUES (NULL, 99, 'charge', 1, 1, 1, NULL, UTC_TIMESTAMP(3))",
    ],
    [
      'a charge that takes points',
      "INSERT INTO point_transactions VALUES (NULL, 1, 'charge', -1, 1, 1, NULL, UTC_TIMESTAMP(3))",
    ],
    [
      'a stock row of no product',
      "INSERT INTO stock_movements VALUES (NULL, 99, 'restock', 1, 1, 1, UTC_TIMESTAMP(3))",
    ],
    ['an order of no request', "INSERT INTO orders VALUES (NULL, 99, 1, 'placed', 1, UTC_TIMESTAMP(3))"],
    ['a used product deleted', 'DELETE FROM products WHERE id = 1'],
  ])('can not hold %s', async (_name, statement) => {
    await expect(shop.sql(statement)).rejects.toThrow();
  });

  it('keeps keys apart that differ in case, and one outcome a request', async () => {
    await shop.sql(request('key'));
    await shop.sql(outcome('applied', 'NULL'));
    await expect(shop.sql(outcome('failed', "'CHARGE_FAILED'"))).rejects.toThrow(/Duplicate/);
  });

  it('keeps milliseconds', async () => {
    const rows = await shop.sql<{ Field: string; Type: string }>('SHOW COLUMNS FROM orders WHERE Field = ?', [
      'created_at',
    ]);
    expect(rows).toMatchObject([{ Type: 'datetime(3)' }]);
  });
});
