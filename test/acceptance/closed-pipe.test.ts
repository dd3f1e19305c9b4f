import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PROGRAM } from '../support/environment.ts';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create();
  // the rows are longer than the buffer of a pipe
  const rows = Array.from({ length: 1_000 }, () => ['x'.repeat(200), 0, new Date()]);
  await shop.sql('INSERT INTO users (name, balance, created_at) VALUES ?', [rows]);
});

afterAll(() => shop.close());

it.each(['json', 'tsv'])('ends without an error if the reader closes the pipe: %s', async (format) => {
  const child = spawn(process.execPath, [PROGRAM, 'user', 'list', '--limit', '1000', '-o', format], {
    env: { PATH: process.env.PATH, ...shop.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [status] = await once(child, 'close');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
