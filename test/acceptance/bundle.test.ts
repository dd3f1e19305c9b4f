import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;
let directory: string;

beforeAll(async () => {
  shop = await TestShop.create();
  // the folder has only the files of the container image, and no parent folder has node_modules
  directory = await mkdtemp(join(tmpdir(), 'shop-bundle-'));
  const root = fileURLToPath(new URL('../..', import.meta.url));
  for (const part of ['bin', 'dist', 'package.json']) {
    await cp(join(root, part), join(directory, part), { recursive: true });
  }
});

afterAll(async () => {
  await shop.close();
  await rm(directory, { recursive: true, force: true });
});

it('runs without node_modules, and prints nothing but the requested data', async () => {
  const program = join(directory, 'bin/shop.js');
  const worker = shop.start(['worker'], { program });
  await worker.logged('worker ready');
  for (const args of [
    ['db', 'seed'],
    ['db', 'status'],
    ['user', 'list'],
    ['charge', '1', '5'],
    ['balance', '1'],
  ]) {
    const { status, stderr } = await shop.run([...args, '--json'], { program });
    expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: '' });
  }
  const { status, stderr } = await worker.stop();
  expect(status).toBe(0);
  for (const line of stderr.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
});
