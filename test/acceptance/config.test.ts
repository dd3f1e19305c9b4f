import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { runInProcess } from '../support/in-process.ts';
import { TestShop } from '../support/shop.ts';

const MISSPELT = { SHOP_DATABSE_URL: 'mysql://shop:hunter2@127.0.0.1/shop' };
const WARNING = 'SHOP_DATABSE_URL is not a setting and has no effect. Did you mean SHOP_DATABASE_URL?\n';

let shop: TestShop;
let directory: string;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.ok(['user', 'create', 'Ann']);
  directory = await mkdtemp(join(tmpdir(), 'shop-settings-'));
});

afterAll(async () => {
  await shop.close();
  await rm(directory, { recursive: true });
});

it('shows the settings; if one is malformed, also shows the problem and exits with 78', async () => {
  const shown = await shop.ok<{ setting: string }[]>(['config', 'show', '--actor', 'ann']);
  const row = (name: string, rows = shown) => rows.find(({ setting }) => setting === name);
  expect(row('SHOP_PREFIX')).toEqual({
    setting: 'SHOP_PREFIX',
    value: shop.prefix,
    source: 'environment',
    problem: null,
  });
  expect(row('SHOP_ACTOR')).toMatchObject({ value: 'ann', source: 'flag' });
  const password = new URL(shop.databaseUrl).password;
  if (password !== '') expect(JSON.stringify(shown)).not.toContain(password);

  const env = { ...shop.env, SHOP_LOG_LEVEL: 'hunter2' };
  const json = await shop.run(['config', 'show', '--json'], { env });
  expect(json).toMatchObject({ status: EXIT_CODES.CONFIG, stderr: '' });
  expect(row('SHOP_LOG_LEVEL', JSON.parse(json.stdout))).toMatchObject({ value: null, source: 'environment' });
  const table = await runInProcess(['config', 'show'], {
    env: { ...env, SHOP_LANG: 'en', NO_COLOR: '1' },
    columns: 80,
  });
  expect(table.stdout.replace(/\s+/g, ' ')).toContain(
    'SHOP_LOG_LEVEL has a value that is not allowed. Use one of trace,',
  );
  expect(json.stdout + table.stdout).not.toContain('hunter2');
});

it('warns once about an unknown variable, and names the nearest setting', async () => {
  const run = (args: readonly string[], stdin?: string) => shop.run(args, { env: MISSPELT, ...(stdin && { stdin }) });
  for (const args of [
    ['balance', '1'],
    ['user', 'list'],
    ['config', 'show'],
  ])
    expect(await run(args)).toMatchObject({ status: 0, stderr: WARNING });
  expect(await run(['shell'], 'balance 1\nuser list\n')).toMatchObject({ status: 0, stderr: WARNING });
  expect((await shop.run(['balance', '1'], { env: { SHOP_TAX: 'x' } })).stderr).toBe(
    'SHOP_TAX is not a setting and has no effect. List the settings with `shop config show`.\n',
  );
});

it('prints the warning about an unknown variable before the error that the variable causes', async () => {
  const env = { ...MISSPELT, SHOP_DATABASE_URL: '', SHOP_REDIS_URL: '', SHOP_DEV_DIR: directory };
  const { status, stderr } = await shop.run(['balance', '1'], { env });
  expect({ status, stderr }).toEqual({
    status: EXIT_CODES.CONFIG,
    stderr: expect.stringMatching(new RegExp(`^${WARNING.replaceAll('?', '\\?')}shop: No database is configured`)),
  });
});

it.each([
  ['--help'],
  ['--version'],
  ['completion', 'bash'],
  ['__complete', 'charge', ''],
  ['balance', '1', '--quiet'],
  ['balance', '1', '--json'],
  ['config', 'show', '-o', 'jsonl'],
])('prints no warning about an unknown variable with: %s %s %s', async (...args) => {
  expect(await shop.run(args, { env: MISSPELT })).toMatchObject({ status: 0, stderr: '' });
});
