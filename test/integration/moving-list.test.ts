import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PROGRAM } from '../support/environment.ts';
import { TestShop } from '../support/shop.ts';

/** More than one of the pages that `--all` reads. */
const ROWS = 1_500;

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create();
  // a page of these names is more than a pipe holds
  const name = '펜'.repeat(200);
  const products = Array.from({ length: ROWS }, (_, index) => [name, 1, index + 1, new Date()]);
  await shop.sql('INSERT INTO products (name, price, stock, created_at) VALUES ?', [products]);
});

afterAll(() => shop.close());

it('prints every row once, even if rows move to another place while they are read', async () => {
  const args = ['product', 'list', '--sort', 'stock', '--all', '-o', 'jsonl'];
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH: process.env.PATH, ...shop.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'readable');
  // the command waits for the reader of its first page; the first product was read and moves to the end, and the last one was
  // not and moves to the start
  await shop.sql('UPDATE products SET stock = ? - stock WHERE id IN (1, ?)', [ROWS + 1, ROWS]);
  const ids = (await text(child.stdout))
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: number }).id);
  expect(ids).toEqual(Array.from({ length: ROWS }, (_, index) => index + 1));
});
