import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../src/dev/ports.ts';
import { TestShop } from '../support/shop.ts';

const SECRET = 'hunter2-hunter2';

let shop: TestShop;
let closedPort: number;
let empty: string;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.ok(['user', 'create', 'Ann']);
  closedPort = await freePort();
  empty = await mkdtemp(join(tmpdir(), 'shop-nothing-'));
});

// no test in this file records a request
afterEach(async () => {
  expect(await shop.sql('SELECT id FROM requests')).toEqual([]);
});

afterAll(async () => {
  await rm(empty, { recursive: true });
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

function changed(url: string, change: Partial<Pick<URL, 'port' | 'hostname' | 'password' | 'pathname'>>): string {
  return Object.assign(new URL(url), change).href;
}

/** Runs a charge in a changed environment, once per error format, and expects the same code and status in each. */
async function charge(env: Record<string, string>) {
  const args = ['charge', '1', '5'];
  const error = await shop.refused(args, { env });
  const people = await shop.run([...args, '--verbose'], { env });
  expect(people).toMatchObject({ status: error.status, stdout: '' });
  const secrets = [SECRET, new URL(shop.databaseUrl).password, new URL(shop.redisUrl).password];
  const printed = JSON.stringify(error) + people.stderr;
  for (const secret of secrets.filter((text) => text !== '')) expect(printed).not.toContain(secret);
  expect(people.stderr).toContain(error.message);
  return error;
}

it("reports the address at which MySQL can't be reached", async () => {
  const env = { SHOP_DATABASE_URL: changed(shop.databaseUrl, { hostname: '127.0.0.1', port: String(closedPort) }) };
  const error = await charge(env);
  expect(error).toMatchObject({ code: 'UNAVAILABLE', status: 69 });
  expect(error.message).toContain(`MySQL can't be reached at 127.0.0.1:${closedPort}`);
  for (const args of [['user', 'list'], ['balance', '1'], ['db', 'migrate'], ['db', 'status'], ['worker']]) {
    expect(await shop.refused(args, { env })).toMatchObject({ code: 'UNAVAILABLE', status: 69 });
  }
});

it('connects to MySQL by its socket', async (test) => {
  const [server] = await shop.sql<{ data: string; path: string }>('SELECT @@datadir AS data, @@socket AS path');
  // the socket path of the test servers is relative to their data directory
  const socket = resolve(server?.data ?? '', server?.path ?? '');
  test.skip(!existsSync(socket), 'the server is not on this machine');
  const url = (path: string) => `${changed(shop.databaseUrl, { hostname: 'nowhere.invalid' })}?socket=${path}`;
  const env = { SHOP_DATABASE_URL: url(socket) };
  expect(await shop.ok(['balance', '1'], { env })).toMatchObject({ balance: 0 });
  expect(await shop.ok<unknown[]>(['user', 'list'], { env })).toHaveLength(1);
  const error = await charge({ SHOP_DATABASE_URL: url('/none/mysqld.sock') });
  expect(error).toMatchObject({ code: 'UNAVAILABLE', status: 69 });
  expect(error.message).toContain("MySQL can't be reached at /none/mysqld.sock");
});

it.each([
  ['SHOP_DATABASE_URL', (sign: string) => `mysql://shop:1${sign}${SECRET}@127.0.0.1/shop`],
  ['SHOP_REDIS_URL', (sign: string) => `redis://shop:1${sign}${SECRET}@127.0.0.1:6379`],
])('explains how to escape characters in the password of %s', async (setting, url) => {
  for (const sign of ['#', '/', '?', '%']) {
    const error = await charge({ [setting]: url(sign) });
    expect(error).toMatchObject({ code: 'CONFIG', status: 78, details: { setting } });
    expect(error.hint).toContain('write % as %25, # as %23, / as %2F, ? as %3F');
  }
});

it("reports that Redis can't be reached, and records nothing", async () => {
  const env = { SHOP_REDIS_URL: changed(shop.redisUrl, { hostname: '127.0.0.1', port: String(closedPort) }) };
  const error = await charge(env);
  expect(error).toMatchObject({ code: 'UNAVAILABLE', status: 69 });
  expect(error.message).toContain(`Redis can't be reached at 127.0.0.1:${closedPort}`);
  expect(await shop.refused(['worker'], { env })).toMatchObject({ code: 'UNAVAILABLE', status: 69 });
  // commands that do not need Redis work without it
  expect(await shop.ok(['balance', '1'], { env })).toMatchObject({ balance: 0 });
});

it('reports that MySQL refuses the password, and does not print the password', async () => {
  const error = await charge({ SHOP_DATABASE_URL: changed(shop.databaseUrl, { password: SECRET }) });
  expect(error).toMatchObject({ code: 'CONFIG', status: 78, details: { setting: 'SHOP_DATABASE_URL' } });
  expect(error.message).toMatch(/^MySQL at \S+ refused the connection: Access denied /);
});

it('reports that Redis refuses the password, and does not print the password', async () => {
  const error = await charge({ SHOP_REDIS_URL: changed(shop.redisUrl, { password: SECRET }) });
  expect(error).toMatchObject({ code: 'CONFIG', status: 78, details: { setting: 'SHOP_REDIS_URL' } });
  expect(error.message).toMatch(/^Redis at \S+ responded with an error: WRONGPASS /);
});

it('reports that the database does not exist', async () => {
  const error = await charge({ SHOP_DATABASE_URL: changed(shop.databaseUrl, { pathname: '/shop_not_there' }) });
  expect(error).toMatchObject({ code: 'CONFIG', status: 78, details: { setting: 'SHOP_DATABASE_URL' } });
  expect(error.message).toContain('shop_not_there');
});

it.each([
  ['SHOP_DATABASE_URL', `mysql:/${SECRET}@nowhere`],
  ['SHOP_DATABASE_URL', `postgres://shop:${SECRET}@127.0.0.1/shop`],
  ['SHOP_DATABASE_URL', SECRET],
  ['SHOP_DATABASE_URL', `mysql://shop:${SECRET}%zz@127.0.0.1/shop`],
  ['SHOP_REDIS_URL', `http://:${SECRET}@127.0.0.1`],
  ['SHOP_PREFIX', `${SECRET}:{}`],
  ['SHOP_ACTOR', `${SECRET}\n`.repeat(20)],
  ['SHOP_LOG_LEVEL', SECRET],
])('names a malformed %s, and does not print its value: %j', async (setting, value) => {
  const error = await charge({ [setting]: value });
  expect(error).toMatchObject({ code: 'CONFIG', status: 78, details: { setting } });
  expect(error.message).toContain(setting);
});

it('explains what to do if nothing is configured', async () => {
  const nothing = { SHOP_DATABASE_URL: '', SHOP_REDIS_URL: '', SHOP_DEV_DIR: empty };
  const error = await charge(nothing);
  expect(error).toMatchObject({ code: 'CONFIG', status: 78, details: { setting: 'SHOP_DATABASE_URL' } });
  expect(error.hint).toContain('shop dev up');
  expect(await charge({ ...nothing, SHOP_DATABASE_URL: shop.databaseUrl })).toMatchObject({
    code: 'CONFIG',
    status: 78,
    details: { setting: 'SHOP_REDIS_URL' },
  });
});

it.each([
  ['SHOP_DATABASE_URL', {}],
  ['SHOP_REDIS_URL', { SHOP_DATABASE_URL: '' }],
])('starts no local servers while %s is set', async (setting, env) => {
  const error = await shop.refused(['dev', 'up'], { env: { ...env, SHOP_DEV_DIR: empty } });
  expect(error).toMatchObject({ code: 'CONFIG', status: 78, details: { setting } });
});

it('explains that a database without tables must be migrated', async () => {
  const bare = await TestShop.create({ migrated: false });
  const env = { SHOP_DATABASE_URL: bare.databaseUrl };
  for (const args of [['user', 'list'], ['balance', '1'], ['charge', '1', '5'], ['db', 'seed'], ['worker']]) {
    const error = await shop.refused(args, { env });
    expect(error).toMatchObject({ code: 'CONFIG', status: 78 });
    expect(error.hint).toContain('shop db migrate');
  }
  expect(await bare.sql('SHOW TABLES')).toEqual([]);
  await bare.close();
});

it('changes nothing in a database that is newer than the program', async () => {
  await shop.sql(
    "INSERT INTO schema_migrations (timestamp, name) VALUES (9999999999999, 'FromTheFuture9999999999999')",
  );
  try {
    const error = await charge({});
    expect(error).toMatchObject({ code: 'CONFIG', status: 78 });
    expect(error.message).toContain('FromTheFuture9999999999999');
    for (const args of [['user', 'create', 'Bo'], ['worker'], ['db', 'migrate'], ['db', 'revert', '--yes']]) {
      expect(await shop.refused(args)).toMatchObject({ code: 'CONFIG', status: 78 });
    }
    expect(await shop.ok(['db', 'status'])).toMatchObject({ unknown: ['FromTheFuture9999999999999'], drift: null });
  } finally {
    await shop.sql('DELETE FROM schema_migrations WHERE timestamp = 9999999999999');
  }
});
