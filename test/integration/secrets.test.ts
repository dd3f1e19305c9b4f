import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLines } from '../support/dev.ts';
import { noServersOfOwn, OwnServers } from '../support/own-servers.ts';
import { TestShop } from '../support/shop.ts';

const WRONG = 'hunter2-is-not-the-password';
const COMMANDS = [
  ['charge', '1', '5', '--json'],
  ['charge', '1', '5', '--verbose'],
  ['dev', 'up', '--verbose'],
  ['db', 'migrate', '--verbose'],
];
const WORKER = ['worker', '--json', '--verbose'];

describe.skipIf(noServersOfOwn !== null)(`passwords are never printed: ${noServersOfOwn ?? 'own servers'}`, () => {
  let servers: OwnServers;
  let shop: TestShop;
  let secrets: string[];

  beforeAll(async () => {
    servers = await OwnServers.start();
    shop = await TestShop.create({ servers: servers.urls, inProcess: true });
    await shop.ok(['db', 'seed']);
    secrets = [WRONG, new URL(shop.databaseUrl).password, new URL(shop.redisUrl).password];
    for (const secret of secrets) expect(secret.length).toBeGreaterThan(12);
  });

  afterAll(async () => {
    if (servers === undefined) return;
    try {
      expect(await shop.faults()).toEqual([]);
      await shop.close();
    } finally {
      await servers.remove();
    }
  });

  function expectNoSecret(text: string): void {
    for (const secret of secrets) expect(text).not.toContain(secret);
  }

  const surroundings = (change: Record<string, string>) => ({
    SHOP_LOG_LEVEL: 'trace',
    SHOP_DEV_DIR: join(servers.directory, 'dev'),
    ...change,
  });

  type Change = Partial<Pick<URL, 'username' | 'password' | 'hostname' | 'port' | 'search'>>;
  const changed = (url: string, change: Change) => Object.assign(new URL(url), change).href;
  const mysql = (change: Change) => ({ SHOP_DATABASE_URL: changed(shop.databaseUrl, change) });
  const redis = (change: Change) => ({ SHOP_REDIS_URL: changed(shop.redisUrl, change) });

  it.each([
    ['a wrong password of MySQL', () => mysql({ password: WRONG }), 78],
    ['a wrong user', () => mysql({ username: 'nobody' }), 78],
    ['a wrong password of Redis', () => redis({ password: WRONG }), 78],
    ['a MySQL that is not there', () => mysql({ port: '9' }), 69],
    ['a Redis that is not there', () => redis({ port: '9' }), 69],
    ['a host that is not there', () => mysql({ hostname: 'no-such-host.invalid' }), 69],
    ['TLS that MySQL can not prove', () => mysql({ search: `ssl-ca=${import.meta.filename}` }), 78],
    ['a URL that is none', () => ({ SHOP_DATABASE_URL: `mysql://root:${WRONG}@:x/` }), 78],
    ['a password with a question mark', () => ({ SHOP_REDIS_URL: `redis://cache:12?${WRONG}@host` }), 78],
    ['a password with a hash', () => ({ SHOP_REDIS_URL: `redis://cache:12#${WRONG}@host` }), 78],
    ['a password that is no text', () => ({ SHOP_DATABASE_URL: `mysql://root:%ff${WRONG}@localhost/shop` }), 78],
    ['an unknown option', () => mysql({ search: `password=${WRONG}` }), 78],
    ['an ssl-mode that is none', () => mysql({ search: `ssl-mode=${WRONG}` }), 78],
  ] as const)('by %s', async (_name, change, expected) => {
    const env = surroundings(change());
    for (const args of COMMANDS) {
      const { status, stdout, stderr } = await shop.run(args, { env });
      if (args[0] === 'charge') expect(status, stderr).toBe(expected);
      expectNoSecret(stdout + stderr);
    }
    const { stdout, stderr } = await shop.start(WORKER, { env }).ended;
    expectNoSecret(stdout + stderr);
  });

  it('if Redis does not use TLS', async () => {
    const env = surroundings({ SHOP_REDIS_URL: shop.redisUrl.replace('redis:', 'rediss:') });
    // the commands run at the same time, because each waits for a response to its TLS handshake
    const ended = await Promise.all([...COMMANDS, WORKER].map((args) => shop.start(args, { env }).ended));
    for (const { stdout, stderr } of ended) expectNoSecret(stdout + stderr);
  });

  it('by a worker whose access to Redis and MySQL is revoked while it runs, at any log level', async () => {
    const { env } = await shop.account(['ALL', '*']);
    const account = new URL(env.SHOP_DATABASE_URL ?? '');
    secrets.push(account.password);
    const admin = new Redis(shop.redisUrl);
    const password = new URL(shop.redisUrl).password;
    const worker = await shop.startWorker({ env: { ...env, SHOP_LOG_LEVEL: 'trace', SHOP_RANKING_PERIOD: '1s' } });
    expectNoSecret(commandLines().join('\n'));
    try {
      await admin.config('SET', 'requirepass', 'another-password-of-redis');
      await admin.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await worker.logged('WRONGPASS');
    } finally {
      await admin.config('SET', 'requirepass', password);
      admin.disconnect();
    }
    await shop.sql(`ALTER USER '${account.username}'@'%' IDENTIFIED BY 'another-password-of-mysql'`);
    const sessions = await shop.sql<{ id: number }>(
      'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = ?',
      [account.username],
    );
    for (const { id } of sessions) await shop.sql(`KILL ${id}`).catch(() => {});
    await worker.logged('using password');
    await shop.sql(`ALTER USER '${account.username}'@'%' IDENTIFIED BY '${account.password}'`);
    expect(await shop.ok(['charge', '1', '5'])).toMatchObject({ amount: 5 });
    const { stdout, stderr } = await worker.stop();
    expectNoSecret(stdout + stderr);
  });
});
