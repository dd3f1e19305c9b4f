import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

/** A fixed seed, so that a failure can be reproduced. */
const SEED = 20_261_124;
const ROWS = 1_500;

let shop: TestShop;
let folder: string;

beforeAll(async () => {
  shop = await TestShop.create();
  folder = await mkdtemp(join(tmpdir(), 'shop-hostile-'));
  await shop.startWorker();
  await shop.created(['user', 'create', 'Ann', '--reference', 'ann']);
  await shop.product('Pen', 1, 1_000_000_000, '--reference', 'pen');
});

afterAll(async () => {
  await shop.close();
  await rm(folder, { recursive: true });
});

/** Numbers, and texts that look like numbers. */
const number = fc.constantFrom<unknown>(
  ...['1', '7', 5, 12, '1000000', '-1', '0', '1.5', '1e3', '1e400', '9007199254740992', 2 ** 53, '', ' ', '5 ', '\t5'],
  ...[
    '05',
    '+5',
    '0x10',
    '1_000',
    '１',
    '٣',
    'NaN',
    'Infinity',
    '\u0000',
    '5\u0000',
    '\ud800',
    '\udc00\ud800',
    '\u202e5',
  ],
  ...[-1, 0, 1.5, 1e308, true, null, [5], { amount: 5 }, "1'; DROP TABLE users; --", '1 OR 1=1', '__proto__'],
);
const user = fc.constantFrom<unknown>(
  ...[
    '@ann',
    '@ann',
    '@ann',
    1,
    '1',
    '@',
    '@@ann',
    '@ANN',
    'ann',
    '@a b',
    '1 OR 1=1',
    '',
    ' 1',
    '@\ud83d',
    '\u001b[2J',
  ],
);
const items = fc.constantFrom<unknown>(
  ...[
    '@pen',
    '@pen:2 @pen',
    '1:3',
    '1:1000000',
    '1:1000001',
    '1:0',
    '1:-1',
    '1:1.5',
    '@pen;2',
    '99',
    '',
    ' ',
    '1:1 1:1 1:1',
  ],
  ...[
    [{ productId: 1 }],
    [{ productId: '@pen', quantity: '2' }],
    [{ productId: 1, price: 0 }],
    [[1, 2]],
    [null],
    {},
    1,
  ],
);
const key = fc.constantFrom<unknown>(
  ...[
    '1',
    'a:b:c',
    'A',
    'a',
    'k'.repeat(128),
    'k'.repeat(129),
    '',
    ' ',
    'a b',
    'é',
    '\u0000',
    '\ud800',
    '__proto__',
    null,
  ],
);
const anyRow: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('charge'), user, amount: number }) },
  { weight: 4, arbitrary: fc.record({ user, items }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('charge'), user, amount: number, key }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('order', 'Charge', 'cancel', ''), user, items, amount: number }),
  },
  { weight: 1, arbitrary: fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { maxKeys: 3 }) },
);

/** Writes a value as a CSV cell, sometimes in a form that no spreadsheet writes. */
function cell(value: unknown): string {
  const text = value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : value;
  // a file with a NUL byte is refused as a whole
  return String(text).replaceAll('\0', '');
}

it.each([
  ['jsonl', (rows: readonly Record<string, unknown>[]) => rows.map((row) => JSON.stringify(row)).join('\n')],
  [
    'csv',
    (rows: readonly Record<string, unknown>[]) =>
      // the rows have all kinds of quotes, line breaks and widths
      `kind,user,items,amount,key\n${rows
        .map((row, index) => {
          const cells = ['kind', 'user', 'items', 'amount', 'key'].map((column) => cell(row[column]));
          return index % 10 === 0 ? cells.join(',') : stringify([cells], { record_delimiter: '' });
        })
        .join('\n')}`,
  ],
] as const)('gives each row of a hostile file an outcome and a reason: %s', async (format, write) => {
  const rows = fc.sample(anyRow, { numRuns: ROWS, seed: SEED });
  const path = join(folder, `hostile.${format}`);
  await writeFile(path, write(rows));
  const { status, stdout, stderr } = await shop.run(['batch', 'run', path, '--name', format, '--json']);
  expect({ status, stderr }).toMatchObject({ status: 6, stderr: expect.not.stringContaining('"error"') });
  const totals = JSON.parse(stdout);
  expect(totals).toMatchObject({ failed: 0, pending: 0 });
  expect(totals.total).toBe(totals.applied + totals.refused);
  // each outcome occurs many times
  expect(Math.min(totals.applied, totals.refused)).toBeGreaterThan(50);

  let seen = 0;
  for (let after: readonly string[] = []; ; ) {
    const page = await shop.ok<Row[]>(['batch', 'results', format, '--limit', '1000', ...after]);
    seen += page.length;
    for (const { status, key, reason } of page) {
      expect(key === null || /^[A-Za-z0-9._:-]{1,128}$/.test(key)).toBe(true);
      expect(reason).toEqual(status === 'applied' ? null : expect.stringMatching(/^[^\r\n]+$/));
    }
    const last = page.at(-1);
    if (last === undefined) break;
    after = ['--after', String(last.line)];
  }
  expect(seen).toBe(totals.total);
  expect(await shop.faults()).toEqual([]);
  expect(await shop.ok(['audit'])).toMatchObject({ ok: true });
});

interface Row {
  readonly line: number;
  readonly key: string | null;
  readonly status: string;
  readonly reason: string | null;
}
