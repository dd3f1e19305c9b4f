import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findLockedRows } from '../../src/domain/apply/lock-conflicts.ts';
import { openSession } from '../../src/domain/servers/connections.ts';
import { TestShop } from '../support/shop.ts';
import { TechnicalFailures } from '../support/technical-failures.ts';

const ACCOUNTS = ['migrate', 'worker', 'operator', 'catalogue', 'queue'] as const;
const WITHOUT_SCHEMA = ['worker', 'operator', 'catalogue', 'queue'] as const;
type Account = (typeof ACCOUNTS)[number];
type Rights = Readonly<Record<string, readonly string[]>>;

/**
 * Codes of the errors for a missing right on the database, a table or a column. `TRUNCATE` and `GRANT` have codes of
 * their own.
 */
const DENIED: ReadonlySet<number> = new Set([1044, 1142, 1143, 1370, 1227]);

let shop: TestShop;
let page: string;
let database: string;
const tag = randomBytes(4).toString('hex');
const passwordOf = (account: Account) => `${account}-${tag}`;

/** Runs the statements of docs/grants.md on this test's database, with other account names. */
async function runSql(account: Account): Promise<void> {
  const blocks = [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql = '']) => sql);
  const sql = blocks.find((block) => block.includes(`'shop_${account}'`));
  if (sql === undefined) throw new Error(`docs/grants.md has no statements for ${account}`);
  const own = sql
    .replaceAll(`'shop_${account}'`, `'${account}_${tag}'`)
    .replaceAll(`'${account}-password'`, `'${passwordOf(account)}'`)
    .replaceAll(/\bshop\./g, `${database}.`);
  expect(own).not.toMatch(/shop_(migrate|worker|operator|catalogue|queue)/);
  for (const statement of own.split(';').map((text) => text.trim())) if (statement !== '') await shop.sql(statement);
}

function urlOf(account: Account): string {
  const url = new URL(shop.databaseUrl);
  url.username = `${account}_${tag}`;
  url.password = passwordOf(account);
  return url.href;
}

const as = (account: Account, stdin = '') => ({ env: { SHOP_DATABASE_URL: urlOf(account) }, stdin });

const NO_DEFAULT = 1364;
const REQUEST_COLUMNS = [
  'idempotency_key',
  'request_hash',
  'kind',
  'payload',
  'reason',
  'actor',
  'host',
  'batch_id',
  'batch_line',
  'created_at',
];

/** Returns true if the server accepts the statement, which writes no row. */
type Probe = (statement: string) => Promise<boolean>;

/** Returns the kinds of statements with which the account may change the table. */
async function rightsOn(allowed: Probe, table: string, columns: readonly string[]): Promise<string[]> {
  const ways: readonly (readonly [name: string, statement: string])[] = [
    ['INSERT', `INSERT INTO ${table} SELECT * FROM ${table} WHERE 1 = 0`],
    ...columns.map(
      (name) => [`INSERT ${name}`, `INSERT INTO ${table} (${name}) SELECT ${name} FROM ${table} WHERE 1 = 0`] as const,
    ),
    ['DELETE', `DELETE FROM ${table} WHERE 1 = 0`],
    ...columns.map((name) => [`UPDATE ${name}`, `UPDATE ${table} SET ${name} = NULL WHERE 1 = 0`] as const),
    ['ALTER', `ALTER TABLE ${table} COMMENT 'x'`],
    ['INDEX', `CREATE INDEX ix_probe ON ${table} (${columns[0]})`],
    ['DROP', `TRUNCATE TABLE ${table}`],
  ];
  const found: string[] = [];
  for (const [name, statement] of ways) {
    // the right to insert whole rows applies to each column
    if (name.startsWith('INSERT ') && found.includes('INSERT')) continue;
    if (await allowed(statement)) found.push(name);
  }
  return found;
}

/** Finds out by trial which tables and columns an account may write. */
async function rightsOf(account: Account): Promise<Rights> {
  const tables = await shop.sql<{ name: string; columns: string }>(
    `SELECT TABLE_NAME AS name, GROUP_CONCAT(COLUMN_NAME ORDER BY ORDINAL_POSITION) AS columns
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() GROUP BY TABLE_NAME`,
  );
  const connection = await mysql.createConnection(urlOf(account));
  const allowed: Probe = async (statement) => {
    try {
      await connection.query(statement);
      return true;
    } catch (error) {
      if (!(error instanceof Error && 'errno' in error)) throw error;
      if (DENIED.has(Number(error.errno))) return false;
      // the server checks the rights before it reports a missing value, so the account has the right
      if (error.errno === NO_DEFAULT) return true;
      throw error;
    }
  };
  try {
    const rights: Record<string, string[]> = {};
    for (const { name, columns } of tables) {
      const found = await rightsOn(allowed, name, columns.split(','));
      if (found.length > 0) rights[name] = found;
    }
    expect(await allowed('CREATE TABLE probe (id INT)')).toBe(false);
    expect(await allowed("CREATE USER probe IDENTIFIED BY 'x'")).toBe(false);
    return rights;
  } finally {
    await connection.end();
  }
}

beforeAll(async () => {
  page = await readFile(new URL('../../docs/grants.md', import.meta.url), 'utf8');
  shop = await TestShop.create({ migrated: false, inProcess: true });
  database = new URL(shop.databaseUrl).pathname.slice(1);
  await runSql('migrate');
  expect(await shop.ok(['db', 'migrate'], as('migrate'))).toBeTruthy();
  for (const account of WITHOUT_SCHEMA) await runSql(account);
});

afterAll(async () => {
  for (const account of ACCOUNTS) await shop.sql(`DROP USER IF EXISTS '${account}_${tag}'@'%'`);
  await shop.close();
});

it('the migration account can migrate, revert, seed and compare the schema', async () => {
  await shop.ok(['db', 'revert', '--yes'], as('migrate'));
  await shop.ok(['db', 'migrate'], as('migrate'));
  expect(await shop.ok(['db', 'status'], as('migrate'))).toMatchObject({ pending: [], drift: [] });
  expect(await shop.ok(['db', 'seed'], as('migrate'))).toEqual({ users: 5, products: 8 });
});

it.each(WITHOUT_SCHEMA)("the %s account can't change the schema", async (account) => {
  const before = await shop.snapshot();
  expect(await shop.refused(['db', 'revert', '--yes'], as(account))).toMatchObject({ status: 78, code: 'CONFIG' });
  expect(await shop.snapshot()).toEqual(before);
});

describe('an account may write exactly the expected tables and columns:', () => {
  it('worker', async () => {
    expect(await rightsOf('worker')).toEqual({
      attempts: ['INSERT'],
      cart_lines: ['DELETE', 'UPDATE quantity'],
      hourly_sales: ['INSERT', 'UPDATE hour', 'UPDATE product_id', 'UPDATE quantity'],
      order_lines: ['INSERT', 'UPDATE returned'],
      orders: ['INSERT', 'UPDATE status', 'UPDATE refunded'],
      outcomes: ['INSERT'],
      point_transactions: ['INSERT'],
      products: ['UPDATE stock'],
      queue_state: ['UPDATE id', 'UPDATE prefix'],
      stock_movements: ['INSERT'],
      users: ['UPDATE balance'],
    });
  });

  it('operator', async () => {
    expect(await rightsOf('operator')).toEqual({
      activities: ['INSERT'],
      batch_exceptions: ['INSERT', 'DELETE'],
      batches: ['INSERT', 'UPDATE content_hash', 'UPDATE last_line', 'UPDATE replayed', 'UPDATE cancelled_at'],
      cart_lines: ['INSERT', 'DELETE', 'UPDATE quantity'],
      carts: ['INSERT', 'UPDATE created_at'],
      // the operator may insert all columns but the id
      requests: REQUEST_COLUMNS.map((column) => `INSERT ${column}`),
      queue_state: ['UPDATE id'],
      withdrawals: ['INSERT'],
    });
  });

  it('catalogue', async () => {
    expect(await rightsOf('catalogue')).toEqual({
      activities: ['INSERT', 'UPDATE state_after'],
      products: ['INSERT', 'UPDATE reference', 'UPDATE name', 'UPDATE price', 'UPDATE retired_at'],
      stock_movements: ['INSERT'],
      users: ['INSERT', 'UPDATE reference', 'UPDATE name', 'UPDATE blocked_at', 'UPDATE blocked_reason'],
    });
  });

  it('queue', async () => {
    expect(await rightsOf('queue')).toEqual({
      activities: ['INSERT', 'UPDATE state_after'],
      attempts: ['DELETE'],
      outcomes: ['DELETE'],
      queue_state: ['UPDATE prefix', 'UPDATE paused_at', 'UPDATE paused_by', 'UPDATE paused_host'],
      retries: ['INSERT'],
    });
  });
});

it('the worker can see which rows another session has locked', async () => {
  const session = await openSession(urlOf('worker'));
  expect(await findLockedRows(session, ['user 1', 'product 1', 'order 1', 'cart 1'])).toEqual(new Set());
  await session.close();
});

it('the accounts serve a whole shop: operators record requests, and the worker applies them', async () => {
  const worker = await shop.startWorker({
    env: { SHOP_DATABASE_URL: urlOf('worker'), SHOP_RANKING_PERIOD: '1s' },
  });
  const asOperator = (...args: string[]) => shop.ok(args, as('operator'));
  await asOperator('charge', '1', '100000');
  const { orderId } = await asOperator('order', 'place', '1', '1:2', '@ruler-30');
  await asOperator('order', 'return', String(orderId), '1');
  await asOperator('order', 'cancel', String(orderId));
  await asOperator('product', 'restock', '1', '5');
  await asOperator('cart', 'add', '1', '1:3', '2');
  await asOperator('cart', 'add', '1', '1:2');
  await asOperator('cart', 'remove', '1', '2');
  await asOperator('cart', 'checkout', '1');
  expect(await asOperator('cart', 'show', '1')).toMatchObject({ lines: [] });
  expect(await shop.refused(['order', 'place', '2', '1'], as('operator'))).toMatchObject({ status: 3 });

  const file = 'kind,user,items,amount\ncharge,2,,500\norder,2,1:1,\norder,2,nonsense,\n';
  const run = ['batch', 'run', '-', '--name', 'rights'];
  for (const replayed of [0, 2]) {
    const { status, stdout } = await shop.run([...run, '--json'], as('operator', file));
    expect(status).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject({ applied: 2, refused: 1, replayed });
  }
  const grown = await shop.run(
    [...run, '--json'],
    as('operator', file.replace('nonsense', '1').concat('charge,2,,1\n')),
  );
  expect(JSON.parse(grown.stdout)).toMatchObject({ total: 4, applied: 4, replayed: 2 });
  const other = await shop.refused(run, as('operator', file.replace('500', '5')));
  expect(other).toMatchObject({ status: 5, details: { lines: [2, 4, 5] } });
  for (const words of [
    'batch list',
    'batch show rights',
    'batch results rights',
    'user list',
    'user show 1',
    'product list',
    'product show 1',
    'product history 1',
    'balance 1',
    'balance history 1',
    'balance statement 1 --since 1h',
    'ledger list',
    'order list',
    'order show 2',
    'request list',
    'request show 1',
    'activity list',
    'report sales --by product',
    'report points --by day',
    'product top --fresh',
    'ranking refresh --lock-timeout 30s',
    'queue status',
    'queue failed',
    'audit',
  ])
    await asOperator(...words.split(' '));
  expect(await asOperator('db', 'status')).toMatchObject({ pending: [] });
  await asOperator('balance', 'adjust', '1', '--by', '-3', '--reason', 'charged twice');
  await asOperator('product', 'adjust', '1', '--to', '5', '--reason', 'count');
  for (const words of [
    'user create Ann',
    'user edit 1 --name Ann',
    'user block 1 --reason late',
    'product create Pen --price 1 --stock 1',
    'product edit 1 --price 5',
    'product reprice 1 5',
    'product retire 1',
  ]) {
    const refused = await shop.refused(words.split(' '), as('operator'));
    expect(refused, words).toMatchObject({
      status: 78,
      code: 'CONFIG',
      message: expect.stringMatching(/ refused the statement: .*denied/),
    });
  }

  const asCatalogue = (args: string, stdin = '') => shop.ok(args.split(' '), as('catalogue', stdin));
  await asCatalogue('user create Ann --reference ann');
  await asCatalogue('product create Pen --price 1 --stock 1 --reference pen');
  await asCatalogue('product reprice @pen 2');
  await asCatalogue('product edit @pen --name Pen2 --price 3');
  await asCatalogue('product retire @pen');
  await asCatalogue('product restore @pen');
  await asCatalogue('user edit 2 --name Bo');
  await asCatalogue('user block @ann --reason late');
  await asCatalogue('user unblock @ann');
  expect(await asCatalogue('user import -', 'reference,name\nann,Ann B\nbo,Bo\n')).toMatchObject({
    created: 1,
    updated: 1,
  });
  const products = 'reference,name,price,stock\npen,Pen,3,\ncup,Cup,1,4\n';
  expect(await asCatalogue('product import -', products)).toMatchObject({ created: 1, updated: 1 });
  expect(await shop.refused(['charge', '1', '5'], as('catalogue'))).toMatchObject({ status: 78, code: 'CONFIG' });

  const failures = await TechnicalFailures.on(shop);
  await failures.fail(13, 100);
  expect(await shop.refused(['charge', '1', '13', '--key', 'fails'], as('operator'))).toMatchObject({ status: 8 });
  await failures.end();
  for (const words of ['queue pause', 'queue retry fails']) {
    expect(await shop.refused(words.split(' '), as('operator')), words).toMatchObject({ status: 78, code: 'CONFIG' });
  }
  const asQueue = (...args: string[]) => shop.ok(['queue', ...args], as('queue'));
  await asQueue('pause');
  await asQueue('retry', 'fails');
  expect(await shop.refused(['charge', '1', '1', '--timeout', '1s'], as('operator'))).toMatchObject({ status: 75 });
  await asOperator('charge', '1', '1', '--key', 'withdrawn', '--no-wait');
  expect(await asOperator('request', 'cancel', 'withdrawn')).toMatchObject({ status: 'pending', withdrawn: true });
  await shop.run(
    ['batch', 'run', '-', '--name', 'stopped', '--no-wait'],
    as('operator', 'kind,user,amount\ncharge,2,1\n'),
  );
  expect(await asOperator('batch', 'cancel', 'stopped', '--yes')).toMatchObject({ withdrawn: 1 });
  await asQueue('resume');
  expect(await shop.decided('fails')).toMatchObject({ status: 'applied' });
  expect(await shop.decided('stopped:2')).toMatchObject({ status: 'refused', code: 'CANCELLED' });

  const { stderr, status } = await worker.stop();
  expect(status).toBe(0);
  // the sweep, the ranking and the lane must not have lacked a right either
  expect(
    stderr.replaceAll(/^.*(an attempt failed|failed after three attempts|the queue is paused).*$/gm, ''),
  ).not.toMatch(/denied|"level":"(warn|error)"/);
  expect(await shop.faults()).toEqual([]);
});
