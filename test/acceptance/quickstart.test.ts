import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inheritedEnvironment } from '../support/environment.ts';
import { type Result, TestShop } from '../support/shop.ts';

const QUICKSTART = fileURLToPath(new URL('../../bin/quickstart', import.meta.url));

let shop: TestShop;
let folder: string;
let worker: number | null = null;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shop-quickstart-'));
  shop = await TestShop.create({ migrated: false, inProcess: true });
});

afterAll(async () => {
  if (worker !== null) process.kill(worker);
  await shop.close();
  await rm(folder, { recursive: true });
});

/** Runs the quickstart with the URLs of this shop. */
function quickstart(env: Readonly<Record<string, string>> = {}): Promise<Result> {
  const options = { env: { ...inheritedEnvironment(), ...shop.env, SHOP_DEV_DIR: folder, ...env } };
  return new Promise((resolve) => {
    execFile(QUICKSTART, options, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

it('uses the servers of the given URLs, and can be run again', async () => {
  const { status, stdout, stderr } = await quickstart();
  worker = Number(/Started a worker: process (\d+)/.exec(stdout)?.[1]);
  expect({ status, worker }, stdout + stderr).toEqual({ status: 0, worker: expect.any(Number) });
  expect(stdout).toContain('Using the servers in SHOP_DATABASE_URL and SHOP_REDIS_URL');
  expect(stdout).not.toContain('dev down');
  expect(await shop.ok(['balance', '1'])).toMatchObject({ balance: 1_500 });

  const again = await quickstart();
  expect(again, again.stderr).toMatchObject({ status: 0, stdout: expect.not.stringContaining('Started a worker') });
  expect(await shop.ok(['balance', '1'])).toMatchObject({ balance: 1_500 });
  expect(await shop.ok(['queue', 'status'])).toMatchObject({ laneHeld: true, workers: [{}] });
});

it('changes nothing in a database that has other users', async () => {
  const other = await TestShop.create({ inProcess: true });
  try {
    await other.ok(['user', 'create', 'Ann']);
    const { status, stderr } = await quickstart(other.env);
    expect(status).toBe(78);
    expect(stderr).toContain('The database in SHOP_DATABASE_URL has other users.');
    expect(await other.ok(['user', 'list'])).toHaveLength(1);
    expect(await other.ok(['product', 'list'])).toEqual([]);
  } finally {
    await other.close();
  }
});

it('starts nothing if only one URL is set', async () => {
  const { status, stderr } = await quickstart({ SHOP_REDIS_URL: '' });
  expect(status).toBe(78);
  expect(stderr).toContain('SHOP_DATABASE_URL is set, so commands do not use local servers.');
});

it('prints the error if a server is unavailable', async () => {
  const { status, stderr } = await quickstart({ SHOP_DATABASE_URL: 'mysql://shop@127.0.0.1:1/shop' });
  expect(status).toBe(69);
  expect(stderr).toContain("MySQL can't be reached at 127.0.0.1:1");
});
