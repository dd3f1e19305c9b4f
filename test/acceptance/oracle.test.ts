import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExpectedRow, Oracle } from '../support/oracle.ts';
import { TestShop } from '../support/shop.ts';

/** Sales of a British shop in December 2010; the tests are skipped if the folder beside the repository is missing. */
const DATA = fileURLToPath(new URL('../../../shared/data/online-retail-2010-12/', import.meta.url));

describe.skipIf(!existsSync(DATA))('the real orders of a month', () => {
  let shop: TestShop;
  let folder: string;
  let oracle: Oracle;

  beforeAll(async () => {
    shop = await TestShop.create({ inProcess: true });
    folder = await mkdtemp(join(tmpdir(), 'shop-oracle-'));
    await shop.startWorker();
    oracle = new Oracle(await text('users'), await text('products'));
  });

  afterAll(async () => {
    expect(await shop.faults()).toEqual([]);
    await shop.close();
    await rm(folder, { recursive: true });
  });

  function file(name: string): string {
    return join(DATA, `${name}.csv`);
  }

  function text(name: string): Promise<string> {
    return readFile(file(name), 'utf8');
  }

  /** Runs a batch. Returns its totals and each row's outcome. */
  async function run(name: string) {
    const target = join(folder, `${name}.jsonl`);
    const { status, stdout } = await shop.run(['batch', 'run', file(name), '--results', target, '--json']);
    const lines = (await readFile(target, 'utf8')).trimEnd().split('\n');
    const rows = lines.map((line): ExpectedRow => {
      const { line: number, key, kind, status: outcome, code, balance } = JSON.parse(line);
      return { line: number, key, kind, status: outcome, code, balance };
    });
    return { status, totals: JSON.parse(stdout), rows };
  }

  /** Counts the rows by outcome. */
  function tally(rows: readonly ExpectedRow[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status, code } of rows) counts[code ?? status] = (counts[code ?? status] ?? 0) + 1;
    return counts;
  }

  it('end with the outcomes that the oracle computes', async () => {
    for (const name of ['user', 'product']) {
      const { created, refused } = await shop.ok<{ created: number; refused: number }>([
        name,
        'import',
        file(`${name}s`),
      ]);
      expect({ created, refused }).toEqual({ created: name === 'user' ? 885 : 2_411, refused: 0 });
    }
    const charges = { expected: oracle.run(await text('charges')), ...(await run('charges')) };
    expect(charges).toMatchObject({ status: 0, totals: { total: 885, applied: 885, refused: 0, replayed: 0 } });
    expect(charges.rows).toEqual(charges.expected);

    const orders = { expected: oracle.run(await text('orders')), ...(await run('orders')) };
    expect(orders.rows).toEqual(orders.expected);
    const { applied = 0, ...refused } = tally(orders.expected);
    // the data has some refusals of each kind, so that each rule is tested
    expect(Object.keys(refused).sort()).toEqual(['INSUFFICIENT_POINTS', 'INSUFFICIENT_STOCK']);
    const totals = { total: 1_400, applied, refused: 1_400 - applied, failed: 0, pending: 0, replayed: 0 };
    expect(orders).toMatchObject({ status: 6, totals });
  });

  it('leave the balances, stocks, orders and lines that the oracle computes', async () => {
    const users = await shop.sql<{ reference: string; balance: number }>('SELECT reference, balance FROM users');
    expect(new Map(users.map(({ reference, balance }) => [reference, balance]))).toEqual(oracle.balances);
    const products = await shop.sql<{ reference: string }>(
      `SELECT p.reference, p.name, p.price, p.stock, CAST(COALESCE(SUM(l.quantity), 0) AS SIGNED) AS sold
       FROM products p LEFT JOIN order_lines l ON l.product_id = p.id GROUP BY p.id`,
    );
    expect(new Map(products.map((product) => [product.reference, product]))).toEqual(oracle.products);
  });

  it('give the ranking that the oracle computes', async () => {
    const { items } = await shop.ok<{ items: unknown[] }>(['product', 'top', '--fresh']);
    const ids = await shop.sql<{ id: number; reference: string }>('SELECT id, reference FROM products');
    const idOf = new Map(ids.map(({ id, reference }) => [reference, id]));
    const expected = oracle.top(5).map(({ reference, name, price, sold }, index) => {
      return { rank: index + 1, productId: idOf.get(reference), name, price, sold };
    });
    expect(expected).toHaveLength(5);
    expect(items).toEqual(expected);
  });

  it('change nothing when they are run again', async () => {
    const before = await shop.snapshot();
    const { totals } = await run('orders');
    expect(totals).toMatchObject({ total: 1_400, replayed: 1_400, pending: 0 });
    expect(await shop.snapshot()).toEqual(before);
  });
});
