import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PRELOAD = fileURLToPath(new URL('../support/preload/loaded.mjs', import.meta.url));
const DRIVERS = ['mysql2', 'ioredis', 'typeorm', 'bullmq', 'inquirer'];

let shop: TestShop;
let directory: string;

beforeAll(async () => {
  shop = await TestShop.create();
  directory = await mkdtemp(join(tmpdir(), 'shop-startup-'));
  await shop.created(['user', 'create', 'Ann']);
  await shop.ok(['ranking', 'refresh']);
});

afterAll(async () => {
  await shop.close();
  await rm(directory, { recursive: true, force: true });
});

/**
 * Returns the modules that a command loads: the packages in the loaded files of the bundle, and files that were
 * compiled again.
 */
async function loadedBy(args: readonly string[], language = 'en') {
  const report = join(directory, 'loaded.json');
  const env = { NODE_OPTIONS: `--import ${PRELOAD}`, TEST_LOADED: report, SHOP_LANG: language };
  expect((await shop.run(args, { env })).status).toBe(0);
  const loaded: { file: string; made: boolean }[] = JSON.parse(await readFile(report, 'utf8'));
  const packages = new Set<string>();
  for (const { file } of loaded) {
    const source = await readFile(file, 'utf8');
    for (const [, name] of source.matchAll(/^\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)\//gm)) packages.add(name ?? '');
  }
  return { packages, compiled: loaded.filter(({ made }) => !made) };
}

it.each([
  { args: ['--help'] },
  { args: ['order', '--help'] },
  { args: ['order', 'place', '--help'] },
  { args: ['--version'] },
])('loads no package except the command-line parser for: shop $args', async ({ args }) => {
  const { packages } = await loadedBy(args);
  expect([...packages]).toEqual(['commander']);
});

it('loads another language only when it is used, compiled like the rest', async () => {
  const { packages, compiled } = await loadedBy(['--help'], 'ko');
  expect([...packages].sort()).toEqual(['commander', 'es-hangul']);
  expect(compiled).toEqual([]);
});

it.each([
  { args: ['balance', '1'], drivers: ['mysql2'] },
  { args: ['order', 'list'], drivers: ['mysql2'] },
  { args: ['product', 'top'], drivers: ['ioredis'] },
])('loads no driver but $drivers for: shop $args', async ({ args, drivers }) => {
  const { packages } = await loadedBy(args);
  expect(DRIVERS.filter((driver) => packages.has(driver))).toEqual(drivers);
});

it.each([{ args: ['--help'] }, { args: ['balance', '1'] }, { args: ['user', 'list'] }])(
  'compiles no file again for: shop $args',
  async ({ args }) => {
    expect((await loadedBy(args)).compiled).toEqual([]);
  },
);

it.each([
  { state: 'missing', spoil: (file: string) => rm(file) },
  { state: 'cut short', spoil: async (file: string) => writeFile(file, (await readFile(file)).subarray(0, 500)) },
  { state: "another file's", spoil: (file: string) => cp(join(ROOT, 'dist/shop.cjs.code'), file) },
])('works if the compiled code is $state', async ({ spoil }) => {
  const copy = await mkdtemp(join(directory, 'copy-'));
  for (const part of ['bin', 'dist', 'package.json']) await cp(join(ROOT, part), join(copy, part), { recursive: true });
  const chunks = join(copy, 'dist/chunks');
  for (const name of await readdir(chunks)) if (name.endsWith('.code')) await spoil(join(chunks, name));
  const program = join(copy, 'bin/shop.js');
  expect(await shop.run(['balance', '1'], { program })).toEqual(await shop.run(['balance', '1']));
  expect((await shop.run(['--help'], { program })).stdout).toContain('Usage: shop');
});

it('works with Node.js flags that the code was not compiled for', async () => {
  const env = { NODE_OPTIONS: '--stack-trace-limit=7 --max-old-space-size=300' };
  expect(await shop.run(['balance', '1'], { env })).toEqual(await shop.run(['balance', '1']));
});
