import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { localUrlsFile } from './local-urls.ts';
import { type ReportedSetting, reportSettings } from './setting-report.ts';

const SECRET = 'hunter2';

let folder: string;
let workingDirectory: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shop-settings-'));
  workingDirectory = process.cwd();
  process.chdir(folder);
});

afterAll(() => {
  process.chdir(workingDirectory);
  rmSync(folder, { recursive: true });
});

/** Reports the settings of an environment, by name. */
function report(env: NodeJS.ProcessEnv, actor?: string): Record<string, Omit<ReportedSetting, 'setting'>> {
  const { settings } = reportSettings({ actor }, { SHOP_DEV_DIR: join(folder, 'none'), ...env });
  return Object.fromEntries(settings.map(({ setting, ...rest }) => [setting, rest]));
}

const NO_PROBLEM = { problem: null };

it('names the source of each value: a flag, the environment, .env, the local environment, or the default', () => {
  const local = mkdtempSync(join(folder, 'local-'));
  const urls = { databaseUrl: `mysql://shop:${SECRET}@127.0.0.1:1234/shop`, redisUrl: `redis://:${SECRET}@127.0.0.1` };
  writeFileSync(localUrlsFile(local), JSON.stringify(urls));
  const file = join(process.cwd(), '.env');
  writeFileSync(file, 'SHOP_PREFIX=from-file\nSHOP_LOG_LEVEL=warn\nSHOP_ACTOR=file\n');
  try {
    const env = { SHOP_DEV_DIR: local, SHOP_PREFIX: 'from-environment', SHOP_METRICS_PORT: '' };
    const settings = report(env, 'ann');
    expect(settings).toMatchObject({
      SHOP_ACTOR: { value: 'ann', source: 'flag', problem: null },
      SHOP_PREFIX: { value: 'from-environment', source: 'environment', problem: null },
      SHOP_LOG_LEVEL: { value: 'warn', source: file, problem: null },
      SHOP_DATABASE_URL: { value: 'mysql://shop:***@127.0.0.1:1234/shop', source: localUrlsFile(local) },
      SHOP_REDIS_URL: { value: 'redis://:***@127.0.0.1', source: localUrlsFile(local) },
      SHOP_REPLICA_LAG: { value: '1s', source: 'default', problem: null },
      SHOP_METRICS_PORT: { value: null, source: 'default', problem: null },
      SHOP_LANG: { value: 'en', source: 'default', problem: null },
      SHOP_DEV_DIR: { value: local, source: 'environment', problem: null },
    });
    expect(report(env).SHOP_ACTOR).toEqual({ value: 'file', source: file, ...NO_PROBLEM });
    // the database of one shop is never combined with the queue of another
    expect(report({ ...env, SHOP_REDIS_URL: 'redis://cache' })).toMatchObject({
      SHOP_DATABASE_URL: { value: null, source: 'default' },
      SHOP_REDIS_URL: { value: 'redis://cache', source: 'environment' },
    });
  } finally {
    rmSync(file);
  }
});

it.each([
  [
    'SHOP_DATABASE_URL',
    `mysql://shop:${SECRET}@h:3307/s?ssl-mode=REQUIRED`,
    'mysql://shop:***@h:3307/s?ssl-mode=REQUIRED',
  ],
  ['SHOP_DATABASE_URL', `mariadb://shop:1@${SECRET}@[::1]/s`, 'mariadb://shop:***@[::1]/s'],
  ['SHOP_DATABASE_URL', `mysql://shop:${SECRET}@a:3306,b,[::1]:3308/s`, 'mysql://shop:***@a:3306,b,[::1]:3308/s'],
  ['SHOP_DATABASE_URL', ` mysql://shop:${SECRET}\n@h/s`, 'mysql://shop:***@h/s'],
  ['SHOP_DATABASE_URL', 'mysql://shop@h/s', 'mysql://shop@h/s'],
  ['SHOP_REDIS_URL', `redis://:${SECRET}@h/2`, 'redis://:***@h/2'],
  ['SHOP_REDIS_URL', `rediss+cluster://u:${SECRET}@a,b:7001`, 'rediss+cluster://u:***@a,b:7001'],
  ['SHOP_REDIS_URL', 'redis+cluster://a,b', 'redis+cluster://a,b'],
  [
    'SHOP_REDIS_URL',
    `redis+sentinel://u:${SECRET}@a,b:26380/main/2?sentinel_username=w&sentinel%5Fpassword=${SECRET}`,
    'redis+sentinel://u:***@a,b:26380/main/2?sentinel_username=w&sentinel_password=***',
  ],
])('masks the passwords in %s=%j', (setting, given, shown) => {
  expect(report({ [setting]: given })[setting]).toEqual({ value: shown, source: 'environment', ...NO_PROBLEM });
});

it('masks the password of a replica', () => {
  const url = (host: string) => `mysql://shop:${SECRET}@${host}/s`;
  const settings = report({ SHOP_DATABASE_URL: url('a'), SHOP_DATABASE_REPLICA_URL: url('b') });
  expect(settings.SHOP_DATABASE_REPLICA_URL?.value).toBe('mysql://shop:***@b/s');
});

it('needs no folder for the local environment if URLs are set', () => {
  // a relative path has no meaning in a deleted folder, and without a home folder there is no default
  const deleted = mkdtempSync(join(folder, 'deleted-'));
  process.chdir(deleted);
  rmSync(deleted, { recursive: true });
  try {
    const problems = (env: NodeJS.ProcessEnv) =>
      Object.entries(report({ SHOP_DEV_DIR: 'relative', ...env })).filter(([, { problem }]) => problem !== null);
    expect(problems({}).map(([setting]) => setting)).toEqual(['SHOP_DEV_DIR']);
    expect(problems({ SHOP_DATABASE_URL: 'mysql://shop@h/s', SHOP_REDIS_URL: 'redis://h' })).toEqual([]);
  } finally {
    process.chdir(folder);
  }
});

it('shows every problem at once, without the malformed values, and the other settings as they are', () => {
  const malformed = {
    SHOP_DATABASE_URL: `mysql://shop:1?${SECRET}@h/s`,
    SHOP_DATABASE_REPLICA_URL: `http://${SECRET}`,
    SHOP_REDIS_URL: `redis://h?password=${SECRET}`,
    SHOP_LANG: SECRET,
    SHOP_LOG_LEVEL: SECRET,
    SHOP_LOG_PERIOD: SECRET,
  };
  const settings = report({ ...malformed, SHOP_PREFIX: 'mine' });
  const wrong = Object.entries(settings).filter(([, { problem }]) => problem !== null);
  expect(wrong.map(([setting]) => setting).sort()).toEqual(Object.keys(malformed).sort());
  for (const [setting, { value, source, problem }] of wrong) {
    expect({ value, source }).toEqual({ value: null, source: 'environment' });
    expect(String(problem)).toMatch(new RegExp(`^${setting} `));
  }
  expect(settings.SHOP_PREFIX).toEqual({ value: 'mine', source: 'environment', ...NO_PROBLEM });
  expect(JSON.stringify(settings)).not.toContain(SECRET);
});

it('shows that a replica belongs to another database', () => {
  const settings = report({ SHOP_DATABASE_URL: 'mysql://a@h/one', SHOP_DATABASE_REPLICA_URL: 'mysql://a@h/two' });
  expect(String(settings.SHOP_DATABASE_REPLICA_URL?.problem)).toContain('must name the same database');
});
