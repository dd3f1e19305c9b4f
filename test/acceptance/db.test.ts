import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIGRATION_NAMES, MIGRATIONS } from '../../src/db/migrations/index.ts';
import { TestShop } from '../support/shop.ts';
import { KEYS } from '../support/terminal.ts';

const INITIAL = 'InitialSchema1795900000000';

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ migrated: false });
});

afterAll(async () => {
  await shop.close();
});

it('migrates, seeds and reverts, and reports the state at each step', async () => {
  const names = [...MIGRATION_NAMES];
  expect(await shop.ok(['db', 'status'])).toEqual({ applied: [], pending: names, unknown: [], drift: null });
  expect((await shop.run(['db', 'status'])).stdout).toBe(
    `state\tname\n${names.map((name) => `pending\t${name}\n`).join('')}`,
  );
  expect(await shop.ok(['db', 'migrate'])).toEqual({ applied: names });
  expect(await shop.ok(['db', 'status'])).toEqual({ applied: names, pending: [], unknown: [], drift: [] });
  // a second run changes nothing
  expect(await shop.ok(['db', 'migrate'])).toEqual({ applied: [] });
  expect((await shop.run(['db', 'migrate', '-o', 'table'])).stdout).toBe('Nothing to do: the schema is up to date.\n');

  const seeded = await shop.ok<{ users: number; products: number }>(['db', 'seed']);
  expect(seeded.users).toBeGreaterThan(0);
  expect(seeded.products).toBeGreaterThan(0);
  const before = await shop.snapshot();
  expect(before.users).toHaveLength(seeded.users);
  expect(before.products).toHaveLength(seeded.products);
  expect(await shop.ok(['db', 'seed'])).toEqual({ users: 0, products: 0 });
  expect(await shop.snapshot()).toEqual(before);
  expect(await shop.faults()).toEqual([]);

  // without a terminal, the prompt for confirmation can't be shown
  expect(await shop.refused(['db', 'revert'])).toMatchObject({
    code: 'INPUT_REQUIRED',
    status: 2,
    details: { missing: ['--yes'] },
  });
  expect(await shop.refused(['db', 'revert', '--no-input'])).toMatchObject({ code: 'INPUT_REQUIRED', status: 2 });
  expect(await shop.snapshot()).toEqual(before);

  for (const name of names.toReversed()) {
    const rows = name === INITIAL ? await countRows() : 0;
    expect(await shop.ok(['db', 'revert', '--yes'])).toEqual({ reverted: name, rows });
  }
  expect(await shop.ok(['db', 'status'])).toEqual({ applied: [], pending: names, unknown: [], drift: null });
  expect(await shop.ok(['db', 'revert', '--yes'])).toEqual({ reverted: null, rows: 0 });
});

/** Counts the rows of all tables except those that a migration itself fills. */
async function countRows(): Promise<number> {
  const tables = MIGRATIONS.flatMap((each) => new each().tables).filter((table) => table !== 'queue_state');
  const [count] = await shop.sql<{ rows: number }>(
    `SELECT ${tables.map((table) => `(SELECT COUNT(*) FROM ${table})`).join(' + ')} AS 'rows'`,
  );
  return count?.rows ?? 0;
}

/** Reverts all migrations except the first. */
async function revertToInitial(): Promise<void> {
  await shop.ok(['db', 'migrate']);
  for (const name of MIGRATION_NAMES.slice(1).toReversed()) {
    expect(await shop.ok(['db', 'revert', '--yes'])).toMatchObject({ reverted: name });
  }
}

it('counts the rows with a value in a column that a revert drops', async () => {
  await shop.ok(['db', 'migrate']);
  await shop.sql(
    "INSERT INTO batches (name, actor, host, replayed, created_at, cancelled_at) VALUES ('b', 't', 'h', 0, NOW(), NOW())",
  );
  const [, added, ...later] = MIGRATION_NAMES;
  for (const reverted of later.toReversed()) {
    expect(await shop.ok(['db', 'revert', '--yes'])).toEqual({ reverted, rows: 0 });
  }
  expect(await shop.ok(['db', 'revert', '--yes'])).toEqual({ reverted: added, rows: 1 });
  expect(await shop.ok(['db', 'migrate'])).toEqual({ applied: [added, ...later] });
  await shop.sql('DELETE FROM batches');
});

it('prompts before it deletes data, and shows the number of rows', async () => {
  await shop.ok(['db', 'migrate']);
  await shop.ok(['db', 'seed']);
  await revertToInitial();
  const before = await shop.snapshot();
  const terminal = shop.startOnTerminal(['db', 'revert']);
  await terminal.shows(`Rows that lose data: ${await countRows()}.`);
  terminal.type(KEYS.enter);
  expect((await terminal.ended).status).toBe(0);
  expect(terminal.screen).toContain('Nothing was done.');
  const error = await shop.refused(['db', 'revert']);
  expect(error).toMatchObject({
    code: 'INPUT_REQUIRED',
    status: 2,
    message: expect.stringContaining(`Rows that lose data: ${await countRows()}.`),
  });
  expect(await shop.snapshot()).toEqual(before);
});

it('changes nothing if a revert fails, and lets the operator migrate again or repeat the revert', async () => {
  await revertToInitial();
  await shop.sql('CREATE TABLE notes (user_id BIGINT NOT NULL, FOREIGN KEY (user_id) REFERENCES users (id))');
  const before = await shop.snapshot();
  const error = await shop.refused(['db', 'revert', '--yes']);
  expect(error).toMatchObject({
    status: 78,
    code: 'CONFIG',
    message: expect.stringMatching(new RegExp(`^${INITIAL} can't be reverted: .*(notes|foreign key)`, 'i')),
    hint: 'Remove the cause and run `shop db revert` again, or restore the schema with `shop db migrate`.',
    details: { migration: INITIAL },
  });
  expect(await shop.snapshot()).toEqual(before);
  await shop.ok(['db', 'migrate']);
  expect(await shop.snapshot()).toEqual(before);
  expect(await shop.ok(['db', 'status'])).toMatchObject({ pending: [], unknown: [] });
  await shop.sql('DROP TABLE notes');
  await revertToInitial();
  const rows = await countRows();
  expect(await shop.ok(['db', 'revert', '--yes'])).toMatchObject({ rows });
});

it('stops a revert while another session uses a table', async () => {
  await shop.ok(['db', 'migrate']);
  await shop.ok(['db', 'seed']);
  await revertToInitial();
  const before = await shop.snapshot();
  const other = await shop.connection();
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM users');
  expect(await shop.refused(['db', 'revert', '--yes'])).toMatchObject({
    status: 78,
    code: 'CONFIG',
    message: expect.stringMatching(/Lock wait timeout/),
  });
  await other.end();
  await shop.ok(['db', 'migrate']);
  expect(await shop.snapshot()).toEqual(before);
});

it('detects a schema that differs from the migrations', async () => {
  await shop.ok(['db', 'migrate']);
  await shop.sql('ALTER TABLE users ADD COLUMN nickname VARCHAR(10) NULL, DROP CONSTRAINT ck_users_balance');
  const { drift } = await shop.ok<{ drift: string[] }>(['db', 'status']);
  expect(drift.join('\n')).toContain('nickname');
  expect(drift.join('\n')).toContain('ck_users_balance');
});

describe('a database from a version before 0.2', () => {
  let old: TestShop;
  const migrations = ['InitialSchema1763800000000', 'CancelOrders1763900000000'];

  /** Creates the parts by which such a database is recognized: its migration record, and a table with a row. */
  beforeAll(async () => {
    old = await TestShop.create({ migrated: false });
    await old.sql('CREATE TABLE users (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(200) NOT NULL)');
    await old.sql("INSERT INTO users (name) VALUES ('Ann')");
    await old.sql(
      'CREATE TABLE schema_migrations (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, timestamp BIGINT NOT NULL, name VARCHAR(255) NOT NULL)',
    );
    await old.sql('INSERT INTO schema_migrations (timestamp, name) VALUES ?', [
      migrations.map((name) => [Number(/\d+/.exec(name)?.[0]), name]),
    ]);
  });

  afterAll(() => old.close());

  it.each([
    ['db', 'migrate'],
    ['db', 'revert', '--yes'],
    ['db', 'seed'],
    ['charge', '1', '5'],
    ['user', 'list'],
    ['worker'],
  ])('is refused by shop %s %s and stays unchanged', async (...args) => {
    expect(await old.refused(args)).toMatchObject({
      status: 78,
      code: 'CONFIG',
      message: 'The database was created by a version of shop before 0.2 and cannot be upgraded.',
      hint: expect.stringContaining('Use an empty database'),
      details: { schema: 'obsolete', migrations },
    });
    expect((await old.sql('SHOW TABLES')).length).toBe(2);
    expect(await old.sql('SELECT name FROM schema_migrations ORDER BY id')).toEqual(
      migrations.map((name) => ({ name })),
    );
    expect(await old.sql('SELECT * FROM users')).toEqual([{ id: 1, name: 'Ann' }]);
  });

  it('is reported by `db status` and `doctor`', async () => {
    expect(await old.ok(['db', 'status'])).toEqual({
      applied: [],
      pending: MIGRATION_NAMES,
      unknown: migrations,
      drift: null,
    });
    const { status, stdout } = await old.run(['doctor', '--json']);
    expect({ status, named: stdout.includes('created by a version of shop before 0.2') }).toEqual({
      status: 9,
      named: true,
    });
  });
});
