import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { Connections } from '../../src/cli/connections.ts';
import { Context } from '../../src/cli/context.ts';
import { ENGLISH } from '../../src/cli/i18n/language.ts';
import type { Streams } from '../../src/cli/io.ts';
import { list } from '../../src/commands/product/list.ts';
import { TestShop } from '../support/shop.ts';

/** More than one of the pages that `--all` reads of a sorted list. */
const ROWS = 21_000;
/** Many products have the same price. */
const PRICES = 3;

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create();
  // servers limit a recursion to a thousand rows
  await shop.sql(
    `INSERT INTO products (id, name, price, stock, created_at)
     WITH RECURSIVE d AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM d WHERE i < 209),
       n AS (SELECT a.i * 100 + b.i + 1 AS i FROM d a JOIN d b ON b.i < 100)
     SELECT i, CONCAT('Pen ', LPAD(i, 6, '0')), 1 + i % ?, i, '2026-01-01' FROM n WHERE i <= ? ORDER BY i`,
    [PRICES, ROWS],
  );
  for (const [name, value] of Object.entries(shop.env)) vi.stubEnv(name, value);
});

afterEach(() => vi.restoreAllMocks());

afterAll(async () => {
  vi.unstubAllEnvs();
  await shop.close();
});

/** Starts to print sorted products, and waits for the first output. More products are left than the reader buffers. */
async function started(sort: 'name' | 'stock' | 'price') {
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
    () => ({ words: ['shop', 'product', 'list'], args: [], options: { '--sort': sort, '--all': true } }),
  );
  const filter = { search: undefined, stockBelow: undefined, retired: false, sort };
  const page = { limit: undefined, after: undefined, all: true };
  const run = async () => {
    try {
      await list.run(context, [], { ...filter, ...page });
    } finally {
      streams.stdout.end();
      await connections.close();
    }
  };
  const ended = run();
  await Promise.race([once(streams.stdout, 'readable'), ended]);
  return { stdout: streams.stdout, ended };
}

it.each(['price', 'stock', 'name'] as const)(
  'prints every product once, sorted by %s, even if products move meanwhile',
  async (sort) => {
    const sorted = await shop.sql<{ id: number }>(`SELECT id FROM products ORDER BY ${sort}, id`);
    const { stdout, ended } = await started(sort);
    // the products are now in the opposite order
    await shop.sql('UPDATE products SET price = ? - price, stock = ? - stock, name = REVERSE(name)', [
      PRICES + 1,
      ROWS,
    ]);
    const [printed] = await Promise.all([text(stdout), ended]);
    const ids = printed
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: number }).id);
    expect(ids).toEqual(sorted.map(({ id }) => id));
  },
);

it('closes the snapshot with an error if nobody reads the list', async () => {
  const { stdout, ended } = await started('stock');
  const now = performance.now();
  vi.spyOn(performance, 'now').mockReturnValue(now + 60_000);
  stdout.resume();
  await expect(ended).rejects.toMatchObject({
    code: 'OUTPUT_FAILED',
    message: 'The list is incomplete: the receiving program has read nothing for 60 s.',
  });
});
