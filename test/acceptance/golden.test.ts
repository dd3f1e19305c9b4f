import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import stringWidth from 'string-width';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FORMATS, type Format } from '../../src/cli/global-options.ts';
import { COMMANDS } from '../../src/commands/index.ts';
import { runInProcess } from '../support/in-process.ts';
import { TestShop } from '../support/shop.ts';
import { TechnicalFailures } from '../support/technical-failures.ts';

// golden/ has the output of every command in the five formats in a pipe, and on a terminal of 80 columns: one file per
// case, with a section per format. `npx vitest run test/acceptance/golden.test.ts -u` writes the files. The cases run
// in order, and each builds on the previous ones.

/** Commands without golden files, because their output depends on the machine or because they print none. */
const WITHOUT_GOLDEN_FILE = ['dev up', 'dev reset', 'doctor', 'worker', 'shell', 'completion'];

/** Output on a terminal, in English or Korean, or in a pipe in this format. */
type Rendering = Format | 'terminal' | 'korean';

const RENDERINGS: readonly Rendering[] = ['terminal', ...FORMATS];
const COLUMNS = 80;

interface Case {
  readonly args: readonly string[];
  readonly stdin?: string;
  /** Exit status, if it is not 0. */
  readonly status?: number;
  /** Name of the golden file, if it differs from that of the command. */
  readonly name?: string;
  /** Environment variables that replace those of the shop. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs before each format, to prepare the data that the command needs. */
  readonly before?: readonly string[];
}

const BATCH = [
  'kind,user,items,amount,key',
  'charge,@corner-cafe,,20000,november-charge',
  'order,@corner-cafe,@hb:4 2,,november-order',
  'order,2,@lamp:3,,november-refusal',
  'order,2,lamp,,november-mistake',
  '',
].join('\n');
const PENDING_BATCH = 'kind,user,amount\ncharge,1,5\ncharge,2,5\n';
const USERS = 'reference,name\ncorner-cafe,Corner Cafe\nさくら:1,a reference that is none\n';
const PRODUCTS = 'reference,name,price,stock\nhb,"Pencil ""HB"", soft",150,5000\n';
/** A charge of this amount fails permanently. */
const FAILING = '13';

/** Creates the data of the cases. A worker applies the requests and then stops. */
const HISTORY: readonly (readonly string[])[] = [
  ['user', 'create', 'Corner Cafe', '--reference', 'corner-cafe'],
  ['user', 'create', '미래문방구'],
  ['user', 'create', 'さくら書店 👩‍💻🇯🇵'],
  ['product', 'create', 'Pencil "HB", soft', '--price', '150', '--stock', '5000', '--reference', 'hb'],
  ['product', 'create', `${'연필'.normalize('NFD')} 🙂`, '--price', '1200', '--stock', '10'],
  ['product', 'create', '=1+1\tcafe\u0301 \u202eback', '--price', '18500', '--stock', '3', '--reference', 'lamp'],
  ['charge', '1', '1234567', '--key', 'charge-1'],
  ['order', 'place', '1', '2:2', '@hb:10', '@lamp', '--key', 'order-1'],
  ['order', 'place', '@corner-cafe', '@hb:1000', '--key', 'order-2'],
  ['order', 'cancel', '3', '--key', 'cancel-1'],
  ['product', 'restock', '@lamp', '40', '--key', 'restock-1'],
  ['cart', 'add', '1', '@hb:3', '2:1'],
  ['cart', 'checkout', '1', '--key', 'checkout-1'],
  ['cart', 'add', '1', '@hb:12', '@lamp'],
  ['user', 'create', 'Late Payer'],
  ['user', 'block', '4', '--reason', 'unpaid invoices'],
  ['product', 'create', 'Slate', '--price', '2500', '--stock', '3', '--reference', 'slate'],
  ['cart', 'add', '4', '@slate:2', '@hb'],
  ['product', 'retire', '@slate'],
];

/** Settings for `config show`, whose output is always the same. No server is contacted. */
const FIXED_SETTINGS = {
  SHOP_DATABASE_URL: 'mysql://shop_operator:secret@a.example:3306,b.example:3306/shop?ssl-mode=REQUIRED',
  SHOP_REDIS_URL: 'redis+sentinel://shop:secret@a.example,b.example/main?sentinel_password=secret',
  SHOP_PREFIX: 'shop',
  SHOP_MYSQLD: '/usr/sbin/mysqld',
  SHOP_REDIS_SERVER: '/usr/bin/redis-server',
};

const POINTS_ADJUST = ['balance', 'adjust', '1', '--by', '-500', '--reason', 'charged twice'];
const STOCK_ADJUST = ['product', 'adjust', '@lamp', '--to', '41', '--expect', '42', '--reason', '재고 실사'];

/** A period before the shop existed, so that its reports are always the same. */
const BEFORE_THE_SHOP = ['--since', '2025-12-30', '--until', '2026-01-02'];

/** Cases that print the same output each time. */
const SETTLED: readonly Case[] = [
  { args: ['user', 'show', '3'] },
  { args: ['user', 'show', '4'], name: 'user-show-blocked' },
  { args: ['user', 'list'] },
  { args: ['balance', '2'] },
  { args: ['balance', 'history', '1'] },
  { args: ['balance', 'history', '3'], name: 'balance-history-empty' },
  { args: ['balance', 'statement', '1', '--since', '1d'] },
  {
    args: ['balance', 'statement', '3', '--since', '2026-01-01T00:00:00Z', '--until', '2026-02-01T00:00:00Z'],
    name: 'balance-statement-empty',
  },
  { args: ['ledger', 'list'] },
  { args: ['product', 'show', '@hb'] },
  { args: ['product', 'show', '@slate'], name: 'product-show-retired' },
  { args: ['product', 'list'] },
  { args: ['product', 'list', '--retired'], name: 'product-list-retired' },
  { args: ['product', 'history', '@hb'] },
  { args: ['config', 'show'], env: FIXED_SETTINGS },
  { args: ['ranking', 'refresh'] },
  { args: ['product', 'top'] },
  { args: ['order', 'show', '2'] },
  { args: ['order', 'list'] },
  { args: ['cart', 'show', '1'] },
  { args: ['cart', 'show', '2'], name: 'cart-show-empty' },
  { args: ['cart', 'show', '4'], name: 'cart-show-retired' },
  { args: ['batch', 'list'] },
  { args: ['batch', 'show', 'november'] },
  { args: ['batch', 'results', 'november'] },
  { args: ['request', 'show', 'order-1'] },
  { args: ['request', 'show', 'charge-2'], name: 'request-show-failed' },
  { args: ['request', 'list'] },
  { args: ['report', 'sales', '--by', 'product'] },
  { args: ['report', 'sales', '--by', 'user', '--limit', '1'], name: 'report-sales-by-user' },
  { args: ['report', 'sales', '--by', 'day', ...BEFORE_THE_SHOP], name: 'report-sales-by-day' },
  { args: ['report', 'points', '--by', 'month', ...BEFORE_THE_SHOP] },
  { args: ['activity', 'list', '--actor', 'tester'] },
  { args: ['queue', 'status'] },
  { args: ['queue', 'failed'] },
  { args: ['queue', 'retry', '--all', '--dry-run'] },
  { args: ['audit'] },
  { args: ['db', 'status'] },
  { args: ['dev', 'status'] },
  { args: ['dev', 'down'] },
  { args: ['dev', 'logs'] },
  // the same key replays the same outcome
  { args: ['charge', '1', '1234567', '--key', 'charge-1'] },
  { args: ['charge', '1', '1234567', '--key', 'charge-1', '--no-wait'], name: 'charge-no-wait' },
  { args: ['order', 'place', '1', '2:2', '@hb:10', '@lamp', '--key', 'order-1'] },
  { args: ['order', 'cancel', '3', '--key', 'cancel-1'] },
  { args: ['order', 'return', '2', '2', '@hb:4', '--key', 'return-1'] },
  { args: ['product', 'restock', '@lamp', '40', '--key', 'restock-1'] },
  { args: [...POINTS_ADJUST, '--key', 'adjust-1'] },
  { args: [...STOCK_ADJUST, '--key', 'count-1'] },
  { args: ['cart', 'checkout', '1', '--key', 'checkout-1'] },
  { args: ['batch', 'run', '-', '--name', 'november'], stdin: BATCH, status: 6 },
];

/** Cases that change data, so a second run may print different output. */
const CHANGING: readonly Case[] = [
  { args: ['user', 'create', 'Ann'] },
  { args: ['user', 'edit', '4', '--name', 'Late Payer Ltd', '--reference', 'late'] },
  { args: ['user', 'block', '2', '--reason', 'unpaid invoices'] },
  { args: ['user', 'unblock', '2'] },
  { args: ['user', 'import', '-'], stdin: USERS, status: 6 },
  { args: ['product', 'create', 'Ruler', '--price', '1400', '--stock', '25000'] },
  { args: ['product', 'import', '-'], stdin: PRODUCTS },
  { args: ['product', 'edit', '@slate', '--name', 'Slate, large', '--price', '2600'] },
  { args: ['product', 'reprice', '2', '1250'] },
  { args: ['product', 'retire', '2'] },
  { args: ['product', 'restore', '2'] },
  { args: ['cart', 'add', '3', '2'] },
  { args: ['cart', 'remove', '1', '@hb'] },
  {
    args: ['request', 'cancel', 'charge-3', '--no-wait'],
    before: ['charge', '1', '5', '--key', 'charge-3', '--no-wait'],
  },
  { args: ['batch', 'run', '-', '--name', 'late', '--no-wait'], stdin: PENDING_BATCH, name: 'batch-run-no-wait' },
  { args: ['batch', 'cancel', 'late', '--yes'] },
  { args: ['queue', 'pause'] },
  { args: ['queue', 'resume'] },
  { args: ['db', 'seed'], before: ['db', 'seed'] },
  { args: ['db', 'revert', '--yes'], before: ['db', 'migrate'] },
  { args: ['db', 'migrate'], before: ['db', 'revert', '--yes'] },
];

let shop: TestShop;
let directory: string;

beforeAll(async () => {
  shop = await TestShop.create();
  directory = await mkdtemp(join(tmpdir(), 'shop-golden-'));
  await shop.whileWorking(async () => {
    for (const args of HISTORY) await printed({ args });
    await printed({ args: ['batch', 'run', '-', '--name', 'november'], stdin: BATCH, status: 6 });
    const failures = await TechnicalFailures.on(shop);
    await failures.fail(FAILING, 100);
    await printed({ args: ['charge', '1', FAILING, '--key', 'charge-2'], status: 8 });
    await shop.sql('DROP TRIGGER fail_some');
    await shop.sql('DROP TABLE failing, tries');
    await printed({ args: ['order', 'return', '2', '2', '@hb:4', '--key', 'return-1'] });
    await printed({ args: [...POINTS_ADJUST, '--key', 'adjust-1'] });
    await printed({ args: [...STOCK_ADJUST, '--key', 'count-1'] });
  });
  // values whose width may differ from run to run would change the width of a column
  await shop.sql("UPDATE requests SET host = 'till-1.example'");
  await shop.sql("UPDATE activities SET host = 'till-1.example'");
  await shop.sql(`UPDATE batches SET created_at = (
    SELECT MAX(decided_at) - INTERVAL 1500000 MICROSECOND FROM outcomes JOIN requests ON id = request_id
    WHERE batch_id IS NOT NULL)`);
});

afterAll(async () => {
  await shop.close();
  await rm(directory, { recursive: true, force: true });
});

/** Runs a command, checks its exit status and returns its output. */
async function printed({ args, stdin, env: more, status = 0 }: Case, rendering: Rendering = 'json'): Promise<string> {
  const env = {
    ...shop.env,
    SHOP_DEV_DIR: join(directory, 'dev'),
    TZ: 'Asia/Seoul',
    LC_ALL: 'C.UTF-8',
    NO_COLOR: '1',
    ...more,
    SHOP_LANG: rendering === 'korean' ? 'ko' : 'en',
  };
  const result =
    rendering === 'terminal' || rendering === 'korean'
      ? await runInProcess(args, { env, stdin, columns: COLUMNS })
      : await runInProcess([...args, '-o', rendering], { env, stdin });
  expect(result, args.join(' ')).toMatchObject({ status });
  return result.stdout;
}

/** Replaces the values that differ from run to run by placeholders of the same width. */
function withPlaceholders(text: string): string {
  const [header = ''] = text.split('\n');
  const timed = text
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2000-01-01T00:00:00.000Z')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '2000-01-01 09:00:00')
    .replace(/^(shop queue +)\d\d:\d\d:\d\d/gm, '$109:00:00')
    .replace(/^((?:SECONDS|초) +|.*"seconds":)[\d.]+/gm, '$11.5')
    .replace(/, [\d.]+( s|초)$/gm, ', 1.5$1')
    .replaceAll(hostname(), 'HOST')
    .replaceAll(directory, 'DIRECTORY');
  const names = header.split(/[\t,]/);
  const seconds = names.indexOf('seconds');
  if (seconds === -1) return timed;
  // the columns after `seconds` contain no delimiters
  const after = `(?:[\\t,][^\\t,\\n]*){${names.length - 1 - seconds}}`;
  return timed.replace(new RegExp(`[\\d.]+(${after})$`, 'gm'), '1.5$1');
}

function expectWidth(text: string): void {
  expect(text.split('\n').filter((line) => stringWidth(line) > COLUMNS)).toEqual([]);
}

/** Checks that all formats have the same data, as far as they can be compared. */
function expectSameData({ csv, tsv, json, jsonl }: Readonly<Record<Rendering, string>>): void {
  const rows = (text: string, delimiter: string): string[][] =>
    parse(text, { delimiter, quote: delimiter === ',' ? '"' : false });
  // a backslash is an escape in tab-separated values, and a quote precedes a formula in CSV
  const comparable = (cells: string[][]) => cells.map((row) => row.map((cell) => cell.replace(/^'/, '')));
  if (!/[\\\t]/.test(csv)) expect(comparable(rows(csv, ','))).toEqual(rows(tsv, '\t'));
  const data: unknown = JSON.parse(json);
  const lines = jsonl.split('\n').filter((line) => line !== '');
  const entries = lines.map((line): unknown => JSON.parse(line));
  expect(entries).toEqual(Array.isArray(data) ? data : [data]);
}

it.each([...SETTLED, ...CHANGING])('prints the golden output: shop $args', async (shown) => {
  const command = shown.args.slice(0, 2).filter((word) => /^[a-z]+$/.test(word));
  const texts: Partial<Record<Rendering, string>> = {};
  // the case runs once per format, and must leave the same data each time
  const renderings: readonly Rendering[] = SETTLED.includes(shown) ? [...RENDERINGS, 'korean'] : RENDERINGS;
  for (const rendering of renderings) {
    if (shown.before !== undefined) await printed({ args: shown.before });
    const text = withPlaceholders(await printed(shown, rendering));
    texts[rendering] = text;
    if (rendering === 'terminal' || rendering === 'korean') expectWidth(text);
  }
  const sections = Object.entries(texts).map(([rendering, text]) => `== ${rendering} ==\n${text}`);
  await expect(sections.join('\n')).toMatchFileSnapshot(`../golden/${shown.name ?? command.join('-')}.txt`);
  if (SETTLED.includes(shown)) expectSameData(texts as Record<Rendering, string>);
});

it('prints the golden output: shop doctor', async () => {
  const env = shop.env;
  const inFormat = async (...more: string[]) => (await runInProcess(['doctor', ...more], { env })).stdout;
  const names = (await inFormat('-o', 'csv')).split('\n').map((line) => line.split(',').slice(0, 2));
  expect((await inFormat('-o', 'tsv')).split('\n').map((line) => line.split('\t').slice(0, 2))).toEqual(names);
  const { checks } = JSON.parse(await inFormat('--json')) as { checks: { name: string; ok: boolean }[] };
  expect(new Set(names.slice(1, -1).map(([name]) => name))).toEqual(new Set(checks.map(({ name }) => name)));
  expectWidth((await runInProcess(['doctor'], { env, columns: COLUMNS })).stdout);
});

it('every command has a golden file', async () => {
  const kept = [...SETTLED, ...CHANGING].map(({ args }) => args);
  const lacksGoldenFile = (command: string) =>
    !WITHOUT_GOLDEN_FILE.includes(command) &&
    !kept.some((args) => command.split(' ').every((word, index) => args[index] === word));
  expect((await allCommands()).filter(lacksGoldenFile)).toEqual([]);
});

/** Lists all commands, as words. */
async function allCommands(): Promise<string[]> {
  const commands: string[] = [];
  for (const { name, load } of COMMANDS) {
    const loaded = await load();
    if ('run' in loaded) commands.push(name);
    commands.push(...(loaded.commands ?? []).map((command) => `${name} ${command.name}`));
  }
  return commands;
}
