import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { Connections } from '../../src/cli/connections.ts';
import { Context } from '../../src/cli/context.ts';
import { ENGLISH } from '../../src/cli/i18n/language.ts';
import type { Streams } from '../../src/cli/io.ts';
import { printList } from '../../src/cli/list.ts';
import { columns, listView } from '../../src/cli/output/view.ts';
import { phrase } from '../../src/domain/phrase.ts';
import { TestShop } from '../support/shop.ts';

/** More than one of the pages that `--all` reads. */
const ROWS = 1_500;

interface Stocked {
  readonly id: number;
  readonly stock: number;
}

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create();
  const products = Array.from({ length: ROWS }, (_, index) => [`Pen ${index}`, 1, index + 1, new Date()]);
  await shop.sql('INSERT INTO products (name, price, stock, created_at) VALUES ?', [products]);
  for (const [name, value] of Object.entries(shop.env)) vi.stubEnv(name, value);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await shop.close();
});

it('prints every row once, even if rows move to another place while they are read', async () => {
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  const connections = new Connections();
  const context = new Context(
    {
      streams: streams as unknown as Streams,
      connections,
      language: ENGLISH,
      inShell: false,
      openShell: () => {
        throw new Error('there is no shell');
      },
    },
    { output: 'jsonl' },
  );
  const printed = text(streams.stdout);
  const view = listView<Stocked>(phrase('No products.'), ...columns<Stocked>({ id: 'identifier', stock: 'count' }));
  await printList<Stocked, number>(context, { limit: undefined, after: undefined, all: true }, view, {
    read: async (server, { limit, after = 0 }) => {
      // the first product was read and moves to the end; the last one was not and moves to the start
      if (after > 0) await shop.sql('UPDATE products SET stock = ? - stock WHERE id IN (1, ?)', [ROWS + 1, ROWS]);
      const session = await server.session();
      return session.query<Stocked>(
        `SELECT id, stock FROM products
         WHERE stock > COALESCE((SELECT stock FROM products WHERE id = ?), 0) ORDER BY stock LIMIT ?`,
        [after, limit],
      );
    },
    positionOf: ({ id }) => id,
    moving: true,
  });
  streams.stdout.end();
  await connections.close();
  const ids = (await printed)
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as Stocked).id);
  expect(ids).toEqual(Array.from({ length: ROWS }, (_, index) => index + 1));
});
