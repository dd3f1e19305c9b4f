import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACTIONS } from '../../src/domain/activities/actions.ts';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;

// these tests need no tables
beforeAll(async () => {
  shop = await TestShop.create({ migrated: false, inProcess: true });
});

afterAll(async () => {
  await shop.close();
});

it.each([
  { args: ['--bogus'], says: "Unknown option '--bogus'" },
  { args: ['user', 'list', '--bogus'], says: "Unknown option '--bogus'" },
  { args: ['bogus'], says: 'Unknown command `bogus`' },
  {
    args: ['user', 'bogus'],
    says: 'Unknown command `user bogus`; available: create, show, list, edit, block, unblock, import',
  },
  { args: ['user', 'show', '1', '2'], says: 'Unexpected argument "2"; quote names that contain spaces' },
  { args: ['balance', '1', '2'], says: 'Unexpected argument "2"; quote' },
  { args: ['user', 'list', '1'], says: 'Unexpected argument "1".' },
  { args: ['charge', '1', '5', '6'], says: 'Unexpected argument "6"; quote' },
  { args: ['user', 'list', '--limit'], says: 'needs a value' },
  {
    args: ['product', 'create', 'Pen', '--price', '--stock', '5'],
    says: '--price needs a value, but is followed by the option --stock',
  },
])('refuses a wrong command line: shop $args', async ({ args, says }) => {
  const error = await shop.refused(args);
  expect(error).toMatchObject({ code: 'INVALID_INPUT', status: 2, hint: expect.stringContaining('--help') });
  expect(error.message).toContain(says);
  const { status, stdout, stderr } = await shop.run(args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^shop: [^\n]+\n$/);
});

it.each([
  { args: ['user', 'list', '--limit'], message: "Option '--limit <n>' needs a value." },
  { args: ['user', 'list', '--limit', '--quiet'], message: "Option '--limit <n>' needs a value." },
  { args: ['order', 'list', '--limit', '5', '--since'], message: "Option '--since <time>' needs a value." },
  {
    args: ['user', 'show', '1', '2'],
    message: 'Unexpected argument "2"; quote names that contain spaces.',
  },
  {
    args: ['charge', '1', '5', '6', '7'],
    message: 'Unexpected argument "6"; quote names that contain spaces.',
  },
  { args: ['charge', '-1', '--bogus', '--', '--other'], message: "Unknown option '--bogus'." },
])('explains for shop $args: $message', async ({ args, message }) => {
  const reason = `${message[0]?.toLowerCase()}${message.slice(1)}`;
  expect(await shop.refused(args)).toMatchObject({ message, details: { field: 'arguments', reason } });
});

it('suggests all commands that may be meant', async () => {
  const { hint } = await shop.refused(['dv']);
  expect(hint).toBe('Did you mean one of db, dev? See `shop --help`.');
});

it('names an option with its short name', async () => {
  const { stderr } = await shop.run(['user', 'list', '-o']);
  expect(stderr).toBe("shop: Option '-o, --output <format>' needs a value. See `shop --help`.\n");
});

it('suggests a command if `help` names an unknown one', async () => {
  const { status, message, hint } = await shop.refused(['help', 'orde']);
  expect({ status, message, hint }).toEqual({
    status: 2,
    message: 'Unknown command `orde`.',
    hint: 'Did you mean order? See `shop --help`.',
  });
});

it.each([
  { args: ['chrage', '1', '5'], message: 'Unknown command `chrage`.', meant: 'charge', help: 'shop' },
  {
    args: ['user', 'list', '--limt', '5'],
    message: "Unknown option '--limt'.",
    meant: '--limit',
    help: 'shop user list',
  },
  {
    args: ['order', 'show', '1', '--jsno'],
    message: "Unknown option '--jsno'.",
    meant: '--json',
    help: 'shop order show',
  },
  {
    args: ['user', 'list', '-o', 'jsn'],
    message: '--output must be one of table, json, jsonl, csv, tsv.',
    meant: 'json',
    help: 'shop user list',
  },
  {
    args: ['activity', 'list', '--action', 'cart ad'],
    message: `--action must be one of ${ACTIONS.join(', ')}.`,
    meant: 'cart add',
    help: 'shop activity list',
  },
  {
    args: ['order', 'list', '--status', 'Plced'],
    message: '--status must be one of placed, partially_returned, returned, cancelled.',
    meant: 'placed',
    help: 'shop order list',
  },
])('suggests $meant for: shop $args', async ({ args, message, meant, help }) => {
  const error = await shop.refused(args);
  const hint = `Did you mean ${meant}? See \`${help} --help\`.`;
  expect(error).toMatchObject({ code: 'INVALID_INPUT', status: 2, message, hint });
});

it.each([
  { args: ['user', 'create'], missing: ['<name>'] },
  { args: ['user', 'show'], missing: ['<user>'] },
  { args: ['charge'], missing: ['<user>', '<amount>'] },
  { args: ['charge', '1'], missing: ['<amount>'] },
  { args: ['charge', 'x', '--timeout', 'y'], missing: ['<amount>'] },
  { args: ['balance'], missing: ['<user>'] },
  { args: ['order', 'place'], missing: ['<user>', '<items...>'] },
  { args: ['order', 'place', '1'], missing: ['<items...>'] },
  { args: ['order', 'place', '1', '--no-input'], missing: ['<items...>'] },
  { args: ['product', 'create', 'Pen', '--stock', '1'], missing: ['--price <points>'] },
  { args: ['product', 'create', 'Pen', '--price', '1'], missing: ['--stock <units>'] },
  { args: ['product', 'restock', '1'], missing: ['<quantity>'] },
  { args: ['balance', 'statement', '1'], missing: ['--since <time>'] },
  { args: ['balance', 'adjust', '1', '--by', '5'], missing: ['--reason <text>'] },
  { args: ['balance', 'adjust', '1', '--reason', 'x'], missing: ['--by <points>'] },
  { args: ['balance', 'adjust'], missing: ['<user>', '--by <points>', '--reason <text>'] },
  { args: ['balance', 'adjust', 'x'], missing: ['--by <points>', '--reason <text>'] },
  { args: ['product', 'adjust', '--by', '5', '--reason', 'x'], missing: ['<product>'] },
  { args: ['request', 'show'], missing: ['<key>'] },
  { args: ['request', 'cancel'], missing: ['<key>'] },
  { args: ['batch', 'cancel'], missing: ['<batch>'] },
])('names missing arguments in: shop $args', async ({ args, missing }) => {
  const error = await shop.refused(args);
  expect(error).toMatchObject({ code: 'INPUT_REQUIRED', status: 2, details: { missing } });
  expect(error.message).toBe(`Missing: ${missing.join(', ')}.`);
});

it.each(['user', 'product', 'order', 'request', 'db', 'dev'])('requires a subcommand after: shop %s', async (group) => {
  const { status, stdout, stderr } = await shop.run([group]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(`Usage: shop ${group}`);
  // programs get an error in JSON
  expect(await shop.refused([group])).toMatchObject({
    code: 'INPUT_REQUIRED',
    status: 2,
    details: { missing: ['<command>'] },
  });
});

it.each([['charge'], ['order'], ['order', 'place'], []])(
  'prints the output of --help for `help %s %s`',
  async (...command) => {
    const [asked, option] = [await shop.run(['help', ...command]), await shop.run([...command, '--help'])];
    expect(asked).toEqual(option);
    expect(asked).toMatchObject({ status: 0, stderr: '' });
  },
);

it('prints help and version on standard output', async () => {
  const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(await shop.run(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  const help = await shop.run(['order', 'place', '--help']);
  expect({ status: help.status, stderr: help.stderr }).toEqual({ status: 0, stderr: '' });
  for (const part of [
    'Usage: shop order place <user> <items...>',
    '--key',
    '--no-wait',
    '--timeout',
    '--json',
    '$ shop',
  ])
    expect(help.stdout).toContain(part);
  const all = await shop.run([]);
  expect(all.status).toBe(0);
  expect(all.stdout).toContain('Commands:');
});

it('starts no servers and migrates nothing if a URL is set', async () => {
  for (const [env, setting] of [
    [{}, 'SHOP_DATABASE_URL'],
    [{ SHOP_REDIS_URL: '' }, 'SHOP_DATABASE_URL'],
    [{ SHOP_DATABASE_URL: '' }, 'SHOP_REDIS_URL'],
  ] as const) {
    const error = await shop.refused(['dev', 'up'], { env });
    expect(error).toMatchObject({ status: 78, code: 'CONFIG', details: { setting } });
    expect(error.hint).toContain('shop db migrate');
  }
  expect(await shop.sql('SHOW TABLES')).toEqual([]);
});

it.each([
  { args: ['user', 'block', '1'], missing: ['--reason <text>'] },
  { args: ['user', 'edit', '1'], missing: ['--name <name>', '--reference <reference>'] },
  { args: ['product', 'edit', '1'], missing: ['--name <name>', '--price <points>', '--reference <reference>'] },
])('names the missing input of shop $args', async ({ args, missing }) => {
  const error = await shop.refused(args);
  expect(error).toMatchObject({ code: 'INPUT_REQUIRED', status: 2, details: { missing } });
  expect(error.message).toContain(missing.join(', '));
});
