import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

const MIB = 1024 * 1024;

let shop: TestShop;
let folder: string;
let charged = 0;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  folder = await mkdtemp(join(tmpdir(), 'shop-broken-'));
  await shop.startWorker();
  await shop.created(['user', 'create', 'Ann', '--reference', 'ann']);
  await shop.created(['product', 'create', 'Pen', '--price', '1', '--stock', '100000', '--reference', 'pen']);
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
  await rm(folder, { recursive: true });
});

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** Returns the rows that a run has reported. On a slow machine, progress lines appear between them. */
function reportedRows(stderr: string): { line: number; code: string; reason: string }[] {
  return stderr.split('\n').flatMap((line) => (line.startsWith('{"row":') ? [JSON.parse(line).row] : []));
}

/** Runs a file with the given number of valid charges of one point; returns the reported rows. */
async function reported(path: string, good: number, bad: number): Promise<[number, string][]> {
  const { status, stdout, stderr } = await shop.run(['batch', 'run', path, '--json']);
  expect({ status, batch: JSON.parse(stdout) }).toMatchObject({
    status: bad === 0 ? 0 : 6,
    batch: { total: good + bad, applied: good, refused: bad, failed: 0, pending: 0 },
  });
  charged += good;
  expect(await shop.ok(['balance', '@ann'])).toMatchObject({ balance: charged });
  const rows = reportedRows(stderr);
  expect(rows.every(({ code }) => code === 'INVALID_INPUT')).toBe(true);
  return rows.map(({ line, reason }) => [line, reason]);
}

it('reports rows that are too long, and applies the rows between them', async () => {
  const long = 'x'.repeat(17 * MIB);
  const nearly = 'y'.repeat(MIB - 100);
  const path = await file(
    'long.csv',
    `kind,user,amount,key\ncharge,@ann,1,\n${long}\ncharge,@ann,1,\n"${nearly}",@ann,1,\ncharge,@ann,1,\ncharge,@ann,1,${long}`,
  );
  expect(await reported(path, 3, 3)).toEqual([
    [3, 'row is longer than 1 MiB'],
    [
      5,
      expect.stringMatching(
        /^kind must be order, charge, points-adjust, restock, stock-adjust, cancel or return, not "y{59}$/,
      ),
    ],
    [7, 'row is longer than 1 MiB'],
  ]);
});

it('accepts many of the largest allowed orders at once', async () => {
  const items = (from: number) =>
    Array.from({ length: 1_000 }, (_, index) => `@${'r'.repeat(58)}${from + index}:1000`).join(' ');
  const order = (from: number) => JSON.stringify({ user: '@ann', items: items(from), key: `largest-${from}` });
  const tooMany = JSON.stringify({ user: '@ann', items: `${items(100_000)} @pen` });
  // a product that is named a thousand times counts as one
  const same = JSON.stringify({ user: '@ann', items: '@pen '.repeat(1_000).trim(), key: 'same' });
  const path = await file(
    'largest.jsonl',
    [...Array.from({ length: 40 }, (_, n) => order(n + 1e5)), tooMany, same].join('\n'),
  );
  const { status, stdout, stderr } = await shop.run(['batch', 'run', path, '--name', 'largest', '--json']);
  expect({ status, batch: JSON.parse(stdout) }).toMatchObject({
    status: 6,
    batch: { total: 42, refused: 42, pending: 0 },
  });
  expect(reportedRows(stderr)).toMatchObject([
    { line: 41, reason: expect.stringMatching(/^items name 1001 products/) },
  ]);
  const rows = await shop.ok<{ code: string }[]>(['batch', 'results', 'largest', '--limit', '100']);
  expect(rows.map(({ code }) => code)).toEqual([
    ...Array.from({ length: 40 }, () => 'INVALID_PRODUCT'),
    'INVALID_INPUT',
    'INSUFFICIENT_POINTS',
  ]);
});

it('reports rows with 100,000 cells, and skips those whose cells are empty', async () => {
  const path = await file(
    'cells.csv',
    `kind,user,amount\ncharge,@ann,1\n${','.repeat(99_999)}x\n${','.repeat(99_999)}\ncharge,@ann,1\ncharge,@ann,"1\ncharge,@ann,1`,
  );
  expect(await reported(path, 3, 2)).toEqual([
    [3, 'row has 100000 cells, but the header has 3'],
    [6, 'row has a quote that is not closed'],
  ]);
});

it('reports lines that are not JSON objects, have unknown fields or are deeply nested', async () => {
  const good = '{"kind":"charge","user":"@ann","amount":1}';
  const bad = [
    'null',
    '[]',
    '{"kind":"charge"',
    '{"kind":"charge","user":"@ann","amount":1.5}',
    '{"kind":"charge","user":"@ann","amount":1,"__proto__":{"amount":1}}',
    `{"user":"@ann","items":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    '{"user":"@ann","items":[{"productId":"@pen","quantity":1,"price":0}]}',
    '{"user":"@ann","items":[["@pen",1]]}',
    '{"user":"@ann","items":[{"productId":"@pen:1","quantity":1}]}',
    '{"user":"@ann","items":[{"productId":"@pen","quantity":null}]}',
    '{"user":{"id":1},"items":"@pen"}',
    '{"kind":"charge","user":1,"user":"@ann","amount":1}',
    '{"kind":"charge","user":"@ann","amount":1,"key":"\\ud800"}',
    '\u001b[31m{}',
  ];
  const path = await file('bad.jsonl', bad.flatMap((row) => [row, good]).join('\r\n'));
  const rows = await reported(path, bad.length, bad.length);
  expect(rows.map(([line]) => line)).toEqual(bad.map((_, index) => 2 * index + 1));
  expect(rows).toContainEqual([23, 'row has fields that occur more than once: "user"']);
  const people = await shop.run(['batch', 'run', path]);
  expect(people.stderr.match(/^line /gm)).toHaveLength(bad.length);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters must not be printed
  expect(people.stderr.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f]/);
});

it.each<[string, string, string | Buffer, RegExp]>([
  ['an empty file', 'empty.csv', '', /is empty/],
  ['only white space', 'blank.csv', ' \n\n\t\r\n', /is empty/],
  [
    'invalid UTF-8 in the last row',
    'invalid.csv',
    Buffer.from('kind,user,amount\ncharge,@ann,1\ncharge,@ann,\xff\n', 'latin1'),
    /not UTF-8; the first invalid line is 3\. .*`--encoding`, such as cp949.* `iconv -f CP949 -t UTF-8 \S+invalid\.csv > utf8\.csv`/,
  ],
  ['UTF-16 without a byte-order mark', 'bare.csv', Buffer.from('kind,user,amount\ncharge,@ann,1\n', 'utf16le'), /NUL/],
  ['binary data', 'image.csv', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), /NUL|UTF-8/],
  [
    'a NUL byte in the last row',
    'nul.csv',
    'kind,user,amount\ncharge,@ann,1\ncharge,@ann\0,1\n',
    /NUL bytes; the first is on line 3/,
  ],
  [
    'an incomplete gzip file',
    'orders.csv.gz',
    Buffer.from('1f8b0800aabbccdd0003', 'hex'),
    /damaged or incomplete gzip file/,
  ],
  ['a letter', 'letter.txt', 'Dear Ann,\nplease charge me one point.\n', /unknown columns: "Dear Ann"/],
  ['100,000 columns', 'columns.csv', `kind,user,amount${',column'.repeat(99_997)}\ncharge,@ann,1\n`, /unknown columns/],
  ['a required column is missing', 'columns-2.csv', 'kind,amount\ncharge,1\n', /lacks columns: user/],
  ['the column of the kind is missing', 'columns-3.csv', 'user,amount\n@ann,1\n', /lacks columns: items or kind/],
  ['a column occurs twice', 'twice.csv', 'kind,user,user,amount\ncharge,@ann,@ann,1\n', /more than once: user/],
  ['the header is missing', 'bare-rows.csv', 'charge,@ann,1\n', /unknown columns/],
  [
    'an unclosed quote in the header',
    'open.csv',
    `kind,user,"amount\n${'charge,@ann,1\n'.repeat(10)}`,
    /header that has a quote/,
  ],
])('explains why a file is not a batch: %s', async (_, name, content, reason) => {
  const path = await file(name, content);
  const { status, stdout, stderr } = await shop.run(['batch', 'run', path]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^shop: file [^\n]*\n$/);
  expect(stderr).toMatch(reason);
  expect(stderr.length).toBeLessThan(500);
  expect(await shop.sql('SELECT * FROM batches WHERE last_line IS NULL')).toEqual([]);
  expect(await shop.sql('SELECT balance FROM users')).toEqual([{ balance: charged }]);
});
