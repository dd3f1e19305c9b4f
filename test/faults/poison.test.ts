import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { waitForRecovery } from '../support/recovery.ts';
import { TestShop } from '../support/shop.ts';

const MAXIMUM = Number.MAX_SAFE_INTEGER;
const MOST = 1_000_000_000_000;

let shop: TestShop;
let folder: string;
let pen: number;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  folder = await mkdtemp(join(tmpdir(), 'shop-poison-'));
  await shop.startWorker();
  for (const name of ['ann', 'rich']) await shop.created(['user', 'create', name, '--reference', name]);
  pen = await shop.product('Pen', 5, 10, '--reference', 'pen');
});

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
  await rm(folder, { recursive: true });
});

interface Row {
  readonly status: string;
  readonly code: string | null;
  readonly balance: number | null;
  readonly reason: string | null;
}

/**
 * Runs rows as one batch that fits in one transaction; returns their outcomes. Reports the recovery under the number of
 * the fault.
 */
async function outcomes(row: number, name: string, rows: readonly string[]): Promise<Row[]> {
  const path = join(folder, `${name}.csv`);
  await writeFile(path, `kind,user,items,amount\n${rows.join('\n')}\n`);
  const started = performance.now();
  await shop.run(['batch', 'run', path, '--name', name]);
  await waitForRecovery(shop, row, started);
  // no request uses up an attempt because of other requests in the transaction
  const attempts = await shop.sql(
    'SELECT DISTINCT o.attempts FROM outcomes o JOIN requests r ON r.id = o.request_id WHERE r.idempotency_key LIKE ?',
    [`${name}:%`],
  );
  expect(attempts).toEqual([{ attempts: 1 }]);
  return shop.ok(['batch', 'results', name, '--limit', '1000']);
}

const applied = (balance: number) => ({ status: 'applied', code: null, balance });
const refused = (code: string, reason = expect.any(String)) => ({ status: 'refused', code, reason });

it('refuses only the requests of a file that would exceed a maximum', async () => {
  // the maximum charge is repeated until the balance is exactly full
  const fill = [...Array.from({ length: 9_007 }, () => MOST), MAXIMUM % MOST];
  const full = join(folder, 'full.csv');
  await writeFile(full, `kind,user,amount\n${fill.map((amount) => `charge,@rich,${amount}`).join('\n')}`);
  expect(await shop.ok(['batch', 'run', full])).toMatchObject({ total: 9_008, applied: 9_008 });
  expect(await shop.ok(['balance', '@rich'])).toMatchObject({ balance: MAXIMUM });

  expect(
    await outcomes(22, 'poison', [
      'charge,@ann,,100',
      'charge,@rich,,1',
      'charge,@ann,,1',
      'order,@rich,@pen,',
      'order,@ann,@pen:2,',
      'charge,@rich,,6',
      'charge,@rich,,5',
      `charge,@rich,,${MOST}`,
      'charge,@ann,,9',
    ]),
  ).toMatchObject([
    applied(100),
    refused('LIMIT_EXCEEDED'),
    applied(101),
    applied(MAXIMUM - 5),
    applied(91),
    refused('LIMIT_EXCEEDED'),
    applied(MAXIMUM),
    refused('LIMIT_EXCEEDED'),
    applied(100),
  ]);
  expect(await shop.stockOf(pen)).toBe(7);
});

it("applies a user's charge and order in the order of the file, whichever is first", async () => {
  for (const name of ['early', 'late']) await shop.created(['user', 'create', name, '--reference', name]);
  const cap = await shop.product('Cap', 50, 10, '--reference', 'cap');
  expect(
    await outcomes(23, 'both-ways', [
      'charge,@early,,50',
      'order,@late,@cap,',
      'order,@early,@cap,',
      'charge,@late,,50',
      'order,@early,@cap,',
      'order,@late,@cap,',
    ]),
  ).toMatchObject([
    applied(50),
    refused('INSUFFICIENT_POINTS'),
    applied(0),
    applied(50),
    refused('INSUFFICIENT_POINTS'),
    applied(0),
  ]);
  expect(await shop.stockOf(cap)).toBe(8);
});

it('adds the quantities of a product named twice in one order, even if earlier orders have left too little stock', async () => {
  await shop.created(['user', 'create', 'Twice', '--reference', 'twice']);
  const mug = await shop.product('Mug', 1, 10, '--reference', 'mug');
  expect(
    await outcomes(24, 'twice', [
      'charge,@twice,,100',
      `order,@twice,@mug:6 ${mug}:5,`,
      `order,@twice,@mug:3 ${mug}:3,`,
      'order,@twice,@mug:3 @mug:2,',
      'order,@twice,@mug:2 @mug:2,',
      'order,@twice,@mug,',
    ]),
  ).toMatchObject([
    applied(100),
    refused('INSUFFICIENT_STOCK', expect.stringContaining('11 requested, 10 left')),
    applied(94),
    refused('INSUFFICIENT_STOCK', expect.stringContaining('5 requested, 4 left')),
    applied(90),
    refused('INSUFFICIENT_STOCK', expect.stringContaining('1 requested, 0 left')),
  ]);
  expect(await shop.stockOf(mug)).toBe(0);
});
