import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ShopError } from '../domain/errors.ts';
import { type Config, loadConfig } from './config.ts';
import { localUrlsFile } from './local-urls.ts';

const DATABASE = 'mysql://shop:secret@db.example:3307/shop';
const REDIS = 'redis://:secret@cache.example:6380';

let folder: string;
let workingDirectory: string;

// `.env` is read from the working directory, so the tests run in a directory without such a file
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shop-config-'));
  workingDirectory = process.cwd();
  process.chdir(folder);
});

afterAll(() => {
  process.chdir(workingDirectory);
  rmSync(folder, { recursive: true });
});

function load(env: NodeJS.ProcessEnv, actor?: string): Config {
  return loadConfig({ actor }, { SHOP_DEV_DIR: join(folder, 'none'), ...env });
}

function refusal(load: () => unknown): ShopError {
  try {
    load();
  } catch (error) {
    if (error instanceof ShopError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

it('has a default for every setting', () => {
  const config = load({});
  expect(config).toMatchObject({
    databaseUrl: null,
    redisUrl: null,
    urlsGiven: 'none',
    prefix: 'shop',
    logLevel: 'info',
    rankingPeriodMs: 60_000,
    logPeriodMs: 60_000,
    metricsPort: null,
    metricsHost: '127.0.0.1',
    unknownVariables: [],
  });
  expect(config.actor).not.toBe('');
  expect(config.host).not.toBe('');
  expect(config.dev).toEqual({ directory: join(folder, 'none'), servers: 'auto', mysqld: null, redisServer: null });
  expect(Object.isFrozen(config) && Object.isFrozen(config.dev)).toBe(true);
});

it('keeps state in the XDG state folder, and ignores a relative path', () => {
  expect(load({ XDG_STATE_HOME: '/var/lib/ann' }).stateDirectory).toBe('/var/lib/ann/shop');
  const usual = join(homedir(), '.local/state/shop');
  expect([load({}), load({ XDG_STATE_HOME: 'state' })].map(({ stateDirectory }) => stateDirectory)).toEqual([
    usual,
    usual,
  ]);
});

it('treats an empty variable as unset', () => {
  expect(load({ SHOP_DATABASE_URL: '', SHOP_PREFIX: '', SHOP_ACTOR: '', SHOP_LOG_LEVEL: '' })).toEqual(load({}));
});

describe('a setting', () => {
  it('comes from the flags before the environment', () => {
    expect(load({ SHOP_ACTOR: 'from-environment' }, 'from-flag').actor).toBe('from-flag');
    expect(load({ SHOP_ACTOR: 'from-environment' }).actor).toBe('from-environment');
  });

  it('comes from the environment, then from .env, then from the local environment', () => {
    const directory = mkdtempSync(join(folder, 'local-'));
    const env = { SHOP_DEV_DIR: directory };
    writeFileSync(localUrlsFile(directory), JSON.stringify({ databaseUrl: 'mysql://a@local/s', redisUrl: REDIS }));
    expect(load(env)).toMatchObject({ databaseUrl: 'mysql://a@local/s', redisUrl: REDIS, urlsGiven: 'none' });
    const file = join(folder, '.env');
    writeFileSync(file, '# a comment\nSHOP_DATABASE_URL="mysql://a@dotenv/s"\nSHOP_PREFIX=\nSHOP_ACTOR=dotenv\n');
    try {
      expect(load(env)).toMatchObject({
        databaseUrl: 'mysql://a@dotenv/s',
        redisUrl: null,
        prefix: 'shop',
        actor: 'dotenv',
      });
      expect(load({ ...env, SHOP_DATABASE_URL: DATABASE })).toMatchObject({ databaseUrl: DATABASE, actor: 'dotenv' });
    } finally {
      rmSync(file);
    }
  });

  it('never combines the database of one shop with the queue of another', () => {
    const directory = mkdtempSync(join(folder, 'local-'));
    writeFileSync(
      localUrlsFile(directory),
      JSON.stringify({ databaseUrl: 'mysql://a@local/s', redisUrl: 'redis://local' }),
    );
    const env = { SHOP_DEV_DIR: directory };
    const one = load({ ...env, SHOP_DATABASE_URL: DATABASE });
    expect(one).toMatchObject({ databaseUrl: DATABASE, redisUrl: null, urlsGiven: 'one' });
    const both = load({ ...env, SHOP_DATABASE_URL: DATABASE, SHOP_REDIS_URL: REDIS });
    expect(both).toMatchObject({ databaseUrl: DATABASE, redisUrl: REDIS, urlsGiven: 'both' });
  });
});

it.each([
  ...['mysql://shop@localhost/shop', 'mariadb://shop:p%40ss@[::1]:3306/shop', DATABASE].map((url) => ({
    SHOP_DATABASE_URL: url,
  })),
  ...[
    'mysql://shop:pw@a:3306,b:3307,[::1]/shop',
    'mariadb://shop:p%40ss%2C@a,b/shop?ssl-mode=VERIFY_IDENTITY',
    'mysql://a,b/shop',
  ].map((url) => ({ SHOP_DATABASE_URL: url })),
  ...['redis://localhost', 'rediss://user:pw@host:6380/2', REDIS].map((url) => ({ SHOP_REDIS_URL: url })),
  ...[
    'redis+cluster://localhost',
    'redis+cluster://:pw@a:7000,b:7001,[::1]:7002/',
    'rediss+cluster://user:p%40ss%2C@a,b/0',
    'redis+sentinel://a:26379/my.master_1',
    'redis+sentinel://user:pw@a,b:26380,c/main/2?sentinel_username=watch&sentinel_password=p%40ss',
    'rediss+sentinel://:pw@a,b/main?ssl-mode=REQUIRED&sentinel_password=pw',
  ].map((url) => ({ SHOP_REDIS_URL: url })),
  { SHOP_PREFIX: 'A-z_9' },
  { SHOP_PREFIX: 'p'.repeat(32) },
  { SHOP_ACTOR: '한국어 🙂' },
  ...['Asia/Seoul', 'asia/kathmandu', 'America/Argentina/Buenos_Aires', 'UTC', 'Etc/GMT+9'].map((zone) => ({
    SHOP_TIME_ZONE: zone,
  })),
  ...['1s', '1000ms', '1500ms', '60s', '5m', '24h', '1d'].map((period) => ({ SHOP_RANKING_PERIOD: period })),
  ...['0', '9464', '65535'].map((port) => ({ SHOP_METRICS_PORT: port })),
  ...['0.0.0.0', '::1', 'fe80::1%eth0', 'localhost'].map((host) => ({ SHOP_METRICS_HOST: host })),
])('accepts %j', (env) => expect(() => load(env)).not.toThrow());

const SECRET = 'hunter2';

describe('TLS options of a URL', () => {
  let pem: string;
  beforeAll(() => {
    pem = join(folder, 'any.pem');
    writeFileSync(pem, '-----BEGIN CERTIFICATE-----\n');
  });
  const options = (text: string) => text.replaceAll('PEM', pem);

  it.each([
    'mysql://a@db.example/s?ssl-mode=DISABLED',
    'mysql://a@10.0.0.1/s?ssl-mode=REQUIRED',
    'mysql://a@10.0.0.1/s?ssl-ca=PEM',
    'mysql://a@10.0.0.1/s?ssl-mode=VERIFY_CA&ssl-ca=PEM',
    'mysql://a@db.example/s?ssl-mode=VERIFY_IDENTITY',
    'mysql://a@db.example/s?ssl-mode=REQUIRED&ssl-cert=PEM&ssl-key=PEM',
  ])('are accepted in %s', (url) => expect(() => load({ SHOP_DATABASE_URL: options(url) })).not.toThrow());

  it.each(['rediss://c?ssl-ca=PEM', 'rediss://10.0.0.1?ssl-mode=REQUIRED', 'rediss://c/1?ssl-cert=PEM&ssl-key=PEM'])(
    'are accepted in %s',
    (url) => expect(() => load({ SHOP_REDIS_URL: options(url) })).not.toThrow(),
  );

  it.each([
    ['mysql://a@h/s?tls=true', 'an unknown option'],
    ['mysql://a@h/s?ssl-mode=REQUIRED&ssl-mode=REQUIRED', 'more than once'],
    ['mysql://a@h/s?ssl-mode=PREFERRED', 'an unknown ssl-mode'],
    ['mysql://a@h/s?ssl-mode=required', 'an unknown ssl-mode'],
    ['mysql://a@h/s?ssl-mode=DISABLED&ssl-ca=PEM', 'DISABLED ignores'],
    ['mysql://a@h/s?ssl-mode=REQUIRED&ssl-ca=PEM', 'REQUIRED ignores'],
    ['mysql://a@h/s?ssl-mode=VERIFY_CA', 'must have an ssl-ca'],
    ['mysql://a@h/s?ssl-mode=REQUIRED&ssl-cert=PEM', 'together'],
    ['mysql://a@h/s?ssl-cert=PEM&ssl-key=PEM', 'must have an ssl-mode'],
    ['mysql://a@10.0.0.1/s?ssl-mode=VERIFY_IDENTITY', 'must have a host name'],
    ['mysql://a@h,10.0.0.1/s?ssl-mode=VERIFY_IDENTITY', 'must have a host name'],
    ['mysql://a@h,i/s?tls=true', 'an unknown option'],
    ['mysql://a@h/s?ssl-ca=/none/such.pem', "can't be read (ENOENT): /none/such.pem"],
    ['mysql://a@h/s?ssl-ca=', "can't be read"],
    ['mysql://a@h/s?ssl-ca=/dev/null', 'not a regular file'],
    ['mysql://a@h/s?ssl-ca=/etc/passwd', 'not a PEM file'],
    ['mysql://a@h/s?socket=run/mysqld.sock', 'not an absolute path'],
    ['mysql://a@h,i/s?socket=/run/mysqld.sock', 'several hosts'],
    ['mysql://a@h/s?socket=/a&socket=/b', 'more than once'],
    ['redis://c?socket=/run/redis.sock', 'an unknown option'],
    ['redis://c?ssl-ca=PEM', 'begin with rediss://'],
    ['rediss://c?ssl-mode=DISABLED', 'ssl-mode=DISABLED'],
    ['rediss://c?db=2', 'an unknown option'],
    ['redis+cluster://a,b?ssl-ca=PEM', 'begin with rediss'],
    ['rediss+cluster://a,b?sentinel_password=pw', 'an unknown option'],
    ['redis://a?sentinel_password=pw', 'an unknown option'],
    ['redis+sentinel://a/m?sentinel_password=pw&sentinel_password=pw', 'more than once'],
    ['redis+sentinel://a/m?sentinel_username=watch', 'must have a sentinel_password'],
    ['rediss+sentinel://a/m?ssl-mode=DISABLED&sentinel_password=pw', 'ssl-mode=DISABLED'],
  ])('are refused in %s', (url, problem) => {
    const setting = url.startsWith('mysql') ? 'SHOP_DATABASE_URL' : 'SHOP_REDIS_URL';
    const error = refusal(() => load({ [setting]: options(url) }));
    expect(error).toMatchObject({ code: 'CONFIG', details: { setting }, hint: expect.stringContaining('ssl-mode') });
    expect(error.message).toContain(problem);
  });
});

it.each([
  ['SHOP_DATABASE_URL', SECRET],
  ['SHOP_DATABASE_URL', `${SECRET}@localhost/shop`],
  ['SHOP_DATABASE_URL', `postgres://shop:${SECRET}@localhost/shop`],
  ['SHOP_DATABASE_URL', `mysql:///${SECRET}`],
  ['SHOP_DATABASE_URL', `mysql://shop:${SECRET}@localhost:99999/shop`],
  ['SHOP_DATABASE_URL', `mysql://shop:${SECRET}%zz@localhost/shop`],
  ['SHOP_DATABASE_URL', `mysql://shop:${SECRET}@localhost/%zz`],
  ['SHOP_DATABASE_URL', `mysql://shop:${SECRET}%ff@localhost/shop`],
  ['SHOP_DATABASE_URL', `mysql://shop:12@${SECRET}@a,b/shop`],
  ...[
    `mysql://shop:${SECRET}@a,/shop`,
    `mysql://shop:${SECRET}@,a/shop`,
    `mysql://shop:${SECRET}@a,b:x/shop`,
    `mysql://shop:${SECRET}@a,b`,
    `mysql://shop:${SECRET}@a,b/`,
    `mysql://shop:12/${SECRET}@a,b/shop`,
    `postgres://shop:${SECRET}@a,b/shop`,
  ].map((url): [string, string] => ['SHOP_DATABASE_URL', url]),
  ['SHOP_REDIS_URL', `http://:${SECRET}@localhost`],
  ['SHOP_REDIS_URL', `redis://:${SECRET}@`],
  ['SHOP_REDIS_URL', `redis://:${SECRET}%zz@localhost`],
  ['SHOP_REDIS_URL', `redis://:${SECRET}%ff@localhost`],
  ['SHOP_REDIS_URL', `redis://:${SECRET}@a,b`],
  ['SHOP_REDIS_URL', `:${SECRET}`],
  ['SHOP_REDIS_URL', `redis://cache:12?${SECRET}@host`],
  ['SHOP_REDIS_URL', `redis://cache:12?${SECRET}@host:6379`],
  ['SHOP_REDIS_URL', `redis://cache:12#${SECRET}@host`],
  ...[
    `redis+cluster://:${SECRET}@`,
    `redis+cluster://:${SECRET}@a:7000,`,
    `redis+cluster://:${SECRET}@a:7000,b:x`,
    `redis+cluster://:${SECRET}@a,:${SECRET}@b`,
    `redis+cluster://:${SECRET}@a:7000/1`,
    `redis+cluster://:${SECRET}@a:7000/name`,
    `redis+cluster://:12@${SECRET}@a:7000`,
    `redis+cluster://:12/${SECRET}@a:7000`,
    `redis+cluster://:12%zz${SECRET}@a`,
    `redis+cluster://:12#${SECRET}@a`,
    `redis+sentinel://:${SECRET}@a`,
    `redis+sentinel://:${SECRET}@a/`,
    `redis+sentinel://:${SECRET}@a/m/x`,
    `redis+sentinel://:${SECRET}@a/m/1/2`,
    `redis+sentinel://a/m?password=${SECRET}`,
    `redis+other://:${SECRET}@a`,
    `redis://:${SECRET}@a:7000,b:7001`,
  ].map((url): [string, string] => ['SHOP_REDIS_URL', url]),
  ['SHOP_DATABASE_URL', `mysql://a@localhost/shop?password=${SECRET}`],
  ['SHOP_DATABASE_URL', `mysql://a@localhost/shop?ssl-mode=${SECRET}`],
  ['SHOP_PREFIX', `${SECRET}:x`],
  ['SHOP_PREFIX', `{${SECRET}}`],
  ['SHOP_PREFIX', 'p'.repeat(33)],
  ['SHOP_ACTOR', `${SECRET}\u001b`],
  ['SHOP_ACTOR', '   '],
  ['SHOP_ACTOR', 'a'.repeat(129)],
  ['SHOP_LOG_LEVEL', SECRET],
  ...[SECRET, '+09:00', 'KST', 'Asia/Seoul ', 'Seoul', 'EST5EDT4', 'GMT+9', ':UTC', '../UTC'].map(
    (zone): [string, string] => ['SHOP_TIME_ZONE', zone],
  ),
  ...[SECRET, '0s', '999ms', '25h', '2d', '60', '-1m', '1.5m', '1 m', '1M', '1m\n', '1e3s', '__proto__'].map(
    (period): [string, string] => ['SHOP_RANKING_PERIOD', period],
  ),
  ...[SECRET, '-1', '65536', '80.5', '1e3', ' 80', '099999'].map((port): [string, string] => [
    'SHOP_METRICS_PORT',
    port,
  ]),
  ...[`http://${SECRET}`, 'a b', '[::1]'].map((host): [string, string] => ['SHOP_METRICS_HOST', host]),
  ['SHOP_LOG_PERIOD', '999ms'],
  ['SHOP_DEV_SERVERS', SECRET],
])('refuses a malformed %s without printing its value: %j', (setting, value) => {
  const error = refusal(() => load({ [setting]: value }));
  expect(error).toMatchObject({ code: 'CONFIG', details: { setting } });
  expect(error.message.startsWith(setting)).toBe(true);
  expect(JSON.stringify([error.message, error.hint, error.details, error.stack])).not.toContain(SECRET);
});

it.each(['a,b', 'a:3306,b:3306'])('refuses several hosts (%s) for a replica', (hosts) => {
  const url = `mysql://shop@${hosts}/shop`;
  const error = refusal(() => load({ SHOP_DATABASE_URL: url, SHOP_DATABASE_REPLICA_URL: url }));
  expect(error.message).toContain('SHOP_DATABASE_REPLICA_URL must be a URL like');
});

it.each(['', '   ', 'a\nb', '\u009b', 'a'.repeat(129)])('refuses an actor of %j', (actor) => {
  expect(refusal(() => load({}, actor))).toMatchObject({ code: 'INVALID_INPUT', details: { field: 'actor' } });
});

it("explains how to create the local environment again if its file can't be read", () => {
  const directory = mkdtempSync(join(folder, 'broken-'));
  for (const text of ['', '{', '[]', '{"databaseUrl": 1, "redisUrl": 2}']) {
    writeFileSync(localUrlsFile(directory), text);
    const error = refusal(() => load({ SHOP_DEV_DIR: directory }));
    expect(error.code).toBe('CONFIG');
    expect(error.hint).toContain('Remove this file, and run `shop dev up`');
  }
});

it('converts the period of the ranking to milliseconds', () => {
  const period = (text: string) => load({ SHOP_RANKING_PERIOD: text }).rankingPeriodMs;
  expect(['1s', '1500ms', '60s', '5m', '1d'].map(period)).toEqual([1_000, 1_500, 60_000, 300_000, 86_400_000]);
});
