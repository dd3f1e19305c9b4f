import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inheritedEnvironment, PROGRAM } from '../support/environment.ts';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;
let folder: string;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  folder = await mkdtemp(join(tmpdir(), 'shop-files-'));
  await shop.startWorker();
  await shop.created(['user', 'create', 'T', '--reference', 't-u1']);
  await shop.created(['user', 'create', 'T2', '--reference', 't-u2']);
  await shop.created(['product', 'create', 'Base', '--price', '10', '--stock', '1000', '--reference', 't-base']);
  await shop.created(['product', 'create', 'Base 2', '--price', '10', '--stock', '1000', '--reference', 't-base2']);
  await shop.ok(['charge', '@t-u1', '100000']);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

const sample = (name: string) => fileURLToPath(new URL(`../cases/${name}`, import.meta.url));

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

type Row = readonly [reference: string, name: string, price: number, stock: number];
type Refused = readonly [line: number, reason: string | RegExp];

interface Outcome {
  readonly status: number | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly refused: readonly (readonly [number, string])[];
}

async function run(...args: string[]): Promise<Outcome> {
  const { status, stdout, stderr } = await shop.run([...args, '--json']);
  if (stdout === '') throw new Error(stderr);
  const rows = stderr.split('\n').flatMap((line) => (line.startsWith('{"row":') ? [JSON.parse(line).row] : []));
  return { status, data: JSON.parse(stdout), refused: rows.map(({ line, reason }) => [line, reason]) };
}

async function products(references: readonly string[]): Promise<Row[]> {
  if (references.length === 0) return [];
  const rows = await shop.sql<{ reference: string; name: string; price: number; stock: number }>(
    'SELECT reference, name, price, stock FROM products WHERE reference IN (?) ORDER BY id',
    [references],
  );
  return rows.map(({ reference, name, price, stock }) => [reference, name, price, stock]);
}

const plain = (text: string) =>
  `price must be a whole number from 1 to 1,000,000,000,000 in plain digits, such as 1200, not "${text}"`;
const NO_REFERENCE =
  'reference must be 1 to 64 characters (letters, digits and . _ - + / # @ & %; no @ at the beginning), not';

const MORE_REFUSED = '1,001 more rows were refused. Add `--results refused.csv` to write all refused rows to a file.';

interface ImportCase {
  readonly file: string;
  readonly options?: readonly string[];
  readonly created?: readonly Row[];
  readonly updated?: readonly Row[];
  readonly refused?: readonly Refused[];
}

const IMPORTS: readonly ImportCase[] = [
  {
    file: 'semicolon.csv',
    created: [
      ['t-a1', 'Mug blue', 1200, 10],
      ['t-a2', 'Mug red', 1300, 10],
    ],
  },
  { file: 'sep-comma.csv', created: [['t-b1', 'Mug blue', 1200, 10]] },
  { file: 'cp949.csv', options: ['--encoding', 'cp949'], created: [['t-k1', '파란 머그컵', 1200, 10]] },
  {
    file: 'cp949-korean-header.csv',
    options: ['--encoding', 'cp949', '--map', 'reference=참조,name=이름,price=가격,stock=재고'],
    created: [['t-kh1', '머그', 100, 10]],
  },
  { file: 'utf16le-unicode-text.txt', created: [['h2-u1', 'Müsli bowl', 900, 10]] },
  { file: 'tab.tsv', created: [['t-t1', 'Tab bowl', 900, 10]] },
  {
    file: 'thousands.csv',
    refused: [
      [2, plain('1,299')],
      [3, plain('12 000')],
      [4, plain('12\\u00a0000')],
      [5, plain('1\\u202f299')],
      [6, 'price must be a whole number from 1 to 1,000,000,000,000, not "1.299"'],
    ],
  },
  {
    file: 'decimals.csv',
    created: [
      ['t-d1', 'Pen', 150, 10],
      ['t-d2', 'Pen 2', 150, 10],
    ],
    refused: [
      [4, plain('150,00')],
      [5, plain('$150')],
      [6, plain('₩150')],
    ],
  },
  {
    file: 'exponent.csv',
    refused: [
      [2, 'reference is a number that a spreadsheet has shortened, so digits are lost: "8.80123E+12"'],
      [3, 'reference is a number that a spreadsheet has shortened, so digits are lost: "8.80123E12"'],
      [4, plain('1E+06')],
    ],
  },
  {
    file: 'apostrophe.csv',
    refused: [
      [2, `reference begins with an apostrophe, which spreadsheets put before text; remove the apostrophe: "'00123"`],
      [3, 'row has a formula (="...") where a value is expected'],
      [4, 'reference is a spreadsheet formula instead of a value: "=\\"00125\\""'],
    ],
  },
  { file: 'header-case.csv', created: [['t-h1', 'Mug', 100, 10]] },
  { file: 'header-spaces.csv', created: [['t-h2', 'Mug', 100, 10]] },
  {
    file: 'extra-columns.csv',
    options: ['--map', 'reference=SKU,price="Regular price"'],
    created: [['t-x1', 'Mug', 100, 10]],
  },
  { file: 'trailing-comma-rows.csv', created: [['t-r1', 'Mug', 100, 10]] },
  {
    file: 'bom-middle.csv',
    created: [
      ['t-m1', 'Mug', 100, 10],
      ['t-m2', 'Mug', 100, 10],
    ],
    refused: [[3, 'row repeats the header']],
  },
  {
    file: 'cr-only.csv',
    created: [
      ['t-q1', 'Mug', 100, 10],
      ['t-q2', 'Mug', 100, 10],
    ],
  },
  {
    file: 'nbsp-ref.csv',
    created: ['t-z1', 't-z2', 't-z3', 't-z4'].map((reference) => [reference, 'Mug', 100, 10]),
  },
  {
    file: 'fullwidth.csv',
    refused: [
      [2, plain('１２００')],
      [3, `${NO_REFERENCE} "ｈ２-f2"`],
    ],
  },
  {
    file: 'backslash-quotes.csv',
    created: [
      ['t-s2', '19" monitor', 100, 10],
      ['t-s3', '“smart” mug', 100, 10],
    ],
    refused: [[2, 'row has text after a closing quote']],
  },
  {
    file: 'quoted-newline.csv',
    created: [['t-v1', 'Mug\r\nbig', 100, 10]],
    refused: [
      [4, 'price must be a whole number from 1 to 1,000,000,000,000, not "x"'],
      [6, 'price must be a whole number from 1 to 1,000,000,000,000, not "y"'],
    ],
  },
  { file: 'short-rows.csv', refused: [[2, 'stock is required for a new product']] },
  {
    file: 'same-ref-twice.csv',
    created: [
      ['t-i1', 'Mug new', 120, 10],
      ['H2-i1', 'Other case', 100, 10],
    ],
    updated: [],
  },
  { file: 'ctrlz.csv', created: [['t-cz1', 'Mug', 100, 10]] },
  {
    file: 'crlf-mixed.csv',
    created: ['t-mx1', 't-mx2', 't-mx3'].map((reference) => [reference, 'Mug', 100, 10]),
  },
  { file: 'price-only.csv', updated: [['t-base', 'Base', 11, 1000]] },
];

describe('a product file', () => {
  it.each(IMPORTS)(
    'is imported as expected: $file',
    async ({ file: name, options = [], created = [], updated, refused = [] }) => {
      const path = sample(`product-${name}`);
      const outcome = await run('product', 'import', path, ...options);
      expect(outcome.refused).toEqual(refused);
      expect(outcome).toMatchObject({
        status: refused.length > 0 ? 6 : 0,
        data: { created: created.length, refused: refused.length },
      });
      const expected = [...created, ...(updated ?? [])];
      expect(await products(expected.map(([reference]) => reference))).toEqual(expected);
      const again = await run('product', 'import', path, ...options);
      expect(again.data).toMatchObject({ created: 0, refused: refused.length });
    },
  );

  it('keeps a name if its cell is blank', async () => {
    await run('product', 'import', sample('product-price-only.csv'));
    const outcome = await run('product', 'import', sample('product-blank-name.csv'));
    expect(outcome).toEqual({
      status: 0,
      data: expect.objectContaining({ created: 0, updated: 0, unchanged: 1, refused: 0 }),
      refused: [],
    });
    expect(await products(['t-base'])).toEqual([['t-base', 'Base', 11, 1000]]);
  });

  it.each([
    [
      'cp949.csv',
      /^file is not UTF-8; the first invalid line is 2\./,
      /`--encoding`, such as cp949.*`iconv -f CP949 -t UTF-8 \S+ > utf8\.csv`/,
    ],
    [
      'cp949-korean-header.csv',
      /^file is not UTF-8; the first invalid line is 1\./,
      /`--encoding`, such as cp949.*iconv/,
    ],
    [
      'extra-columns.csv',
      /^file has unknown columns: "Type", "SKU", "Published"/,
      /`--map 'reference="SKU",price="Regular price"'`/,
    ],
    ['title-row.csv', /^file seems to have its header on line 3; delete the lines above the header\.$/, /./],
    ['html-table.xls', /^file is HTML or XML, not CSV\.$/, /save it as "CSV UTF-8/],
    ['xlsx-as.csv', /^file is a workbook or an archive, not text\.$/, /save it as "CSV UTF-8/],
  ])('causes one error that says what to do, and changes nothing: %s', async (name, message, hint) => {
    const before = await shop.snapshot();
    const error = await shop.refused(['product', 'import', sample(`product-${name}`)]);
    expect(error).toMatchObject({ status: 2, code: 'INVALID_INPUT', details: { field: 'file' } });
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    expect(await shop.snapshot()).toEqual(before);
  });

  it('with more than 20 refused rows causes 20 messages, and one with the number of the others', async () => {
    const path = await file('many.csv', `reference,name\n${'a b,x\n'.repeat(1_021)}`);
    const { stderr } = await shop.run(['user', 'import', path]);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(21);
    expect(lines.slice(-2)).toEqual([`line 21: ${NO_REFERENCE} "a b"`, MORE_REFUSED]);
    const dry = await shop.run(['product', 'import', path, '--dry-run']);
    expect(dry.stderr.split('\n').at(-3)).toBe(MORE_REFUSED);
  });
});

it('a user file is imported even if its header is capitalized or the file is compressed', async () => {
  expect(await run('user', 'import', sample('user-header.csv'))).toMatchObject({ status: 0, data: { created: 1 } });
  const path = await file('users.csv.gz', gzipSync('Reference;Name\nt-uu1;Ann\nt-uu2;Bo\n'));
  expect(await run('user', 'import', path)).toMatchObject({ status: 0, data: { created: 1, unchanged: 1 } });
});

describe('the output of a list', () => {
  const NAMES = [
    '19" monitor',
    '"a","b"',
    'C:\\new\\\\table',
    'two\nlines\tand a tab',
    '=1+1',
    '김치, 삼겹살; 1',
    '\u001b[31m',
    ' blanks at both ends\u00a0',
    '\u202eturned',
  ];

  it('is not imported again as new entries if references were added to it', async () => {
    const own = await TestShop.create({ inProcess: true });
    await own.created(['user', 'create', 'Corner Cafe']);
    const { stdout } = await own.run(['user', 'list', '-o', 'csv']);
    const edited = await file('users-with-references.csv', stdout.replace('\n1,,', '\n1,cafe,'));
    const before = await own.snapshot();
    const { status, stderr } = await own.run(['user', 'import', edited]);
    expect([status, stderr]).toEqual([
      6,
      "line 2: id 1 has no reference yet; set it with `shop user edit 1 --reference 'cafe'`, or leave id empty to create another one\n",
    ]);
    expect(await own.snapshot()).toEqual(before);
  });

  it.each(['csv', 'tsv', 'json', 'jsonl'])('can be imported again without changes: %s', async (format) => {
    const own = await TestShop.create({ inProcess: true });
    for (const [index, name] of NAMES.entries()) {
      const reference = ['--reference', `@l+${index}`.slice(1)];
      await own.created(['user', 'create', name, ...reference]);
      await own.created(['product', 'create', name, '--price', '5', '--stock', '5', ...reference]);
      await own.created(['user', 'create', name]);
      await own.created(['product', 'create', name, '--price', '5', '--stock', '5']);
    }
    for (const id of ['1', '2']) {
      await own.ok(['user', 'block', id, '--reason', 'fraud, "twice"']);
      await own.ok(['product', 'retire', id]);
    }
    const before = await own.snapshot();
    for (const [kind, ...options] of [['user'], ['user', '--all'], ['product'], ['product', '--all']] as const) {
      const { stdout } = await own.run([kind, 'list', ...options, '-o', format]);
      for (const args of [
        [kind, 'import', '-'],
        [kind, 'import', await file(`list.${format}`, stdout)],
      ]) {
        expect(await own.run([...args, '-o', 'csv'], { stdin: stdout })).toEqual({
          status: 0,
          stdout: `created,updated,unchanged,refused,stockIgnored\n0,0,${2 * NAMES.length},0,0\n`,
          stderr: '',
        });
      }
    }
    expect(await own.snapshot()).toEqual(before);
    await own.close();
  });
});

describe('an unusual file', () => {
  const ROWS = 'reference,name,price,stock\nodd,Odd,1,1\n';
  const utf16 = Buffer.from(`\ufeff${ROWS}`, 'utf16le');
  const packed = gzipSync(ROWS);

  it.each<[string, string | Buffer, RegExp]>([
    ['blank.csv', '\ufeff', /is empty/],
    ['nul.csv', Buffer.alloc(9), /has NUL bytes/],
    ['no-line-break.csv', 'x'.repeat(3_000_000), /has a header that is longer than 1 MiB/],
    [
      'wide.csv',
      Array.from({ length: 10_000 }, (_, n) => `c${n}`).join(),
      /has unknown columns: "c0".* and 9,995 more/,
    ],
    ['open-quote.csv', `"${ROWS}`, /has a header that has a quote that is not closed/],
    ['twice.csv', 'reference,name,Name\nodd,Odd,Odd\n', /has columns that occur more than once: name/],
    ['cut.csv.gz', packed.subarray(0, -9), /is a damaged or incomplete gzip file/],
    ['more.csv.gz', Buffer.concat([packed, Buffer.from('more')]), /is a damaged or incomplete gzip file/],
    ['layers.csv.gz', gzipSync(packed), /is compressed/],
    ['file.zst', Buffer.from('28b52ffd0400', 'hex'), /is compressed/],
    ['file.csv.bz2', Buffer.from('425a68393141592653', 'hex'), /is compressed/],
    ['half-unit.csv', utf16.subarray(0, -1), /is not valid utf-16le text/],
    ['half-pair.csv', Buffer.concat([utf16, Buffer.from('00d8', 'hex')]), /is not valid utf-16le text/],
    ['bare-utf-16.csv', Buffer.from(ROWS, 'utf16le'), /has NUL bytes/],
    [
      'nul-later.csv',
      `${ROWS}odd-2,O\0dd,1,1\n`,
      /has NUL bytes; the first is on line 3\. .*`tr -d '\\000' < \S+ > clean\.csv`/,
    ],
    [
      'mixed.csv',
      Buffer.concat([Buffer.from(ROWS), Buffer.from('c7d1', 'hex')]),
      /is not UTF-8; the first invalid line is 3/,
    ],
    [
      'overlong.csv',
      Buffer.concat([Buffer.from(ROWS), Buffer.from('c0af', 'hex')]),
      /is not UTF-8; the first invalid line is 3/,
    ],
    ['surrogate.csv', Buffer.concat([Buffer.from(ROWS), Buffer.from('eda080', 'hex')]), /is not UTF-8/],
    ['page.csv', '%PDF-1.7\n%âãÏÓ\n', /has unknown columns/],
    ['book.csv', '<?xml version="1.0"?><Workbook/>', /is HTML or XML/],
    [
      'names.csv',
      '__proto__,constructor,reference,name\n1,2,odd,Odd\n',
      /has unknown columns: "__proto__", "constructor"/,
    ],
    ['cut.json', '[{"reference":"odd","name":"Odd"}', /is a JSON array without a closing ]/],
    ['brace.json', '[{"reference":"odd","name":"Odd"}}', /is a JSON array without a closing ]/],
    ['more.json', '[]more', /is a JSON array with text after its end/],
    ['deep.json', '['.repeat(100_000), /is a JSON array without a closing ]/],
    ['text.json', '"odd"', /has unknown columns: "odd"/],
  ])('causes one error, and nothing is imported: %s', async (name, content, reason) => {
    const path = await file(name, content);
    for (const options of [[], ['--dry-run']]) {
      const { status, stdout, stderr } = await shop.run(['user', 'import', path, ...options]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^shop: file [^\n]*\n$/);
      expect(stderr).toMatch(reason);
      expect(stderr.length).toBeLessThan(1_000);
    }
    expect(await shop.sql("SELECT id FROM users WHERE reference = 'odd'")).toEqual([]);
  });

  it.each([
    [['--map', ''], '--map'],
    [['--map', 'sku=reference'], '--map'],
    [['--map', 'reference=a,name=a'], '--map'],
    [['--map', 'reference=a,reference=b'], '--map'],
    [['--map', 'reference=name,name=Name'], 'file'],
    [['--map', 'name=Title'], 'file'],
    [['--delimiter', ';;'], '--delimiter'],
    [['--delimiter', '"'], '--delimiter'],
    [['--encoding', 'none'], '--encoding'],
    [['--encoding', 'hex'], '--encoding'],
    [['--encoding', ''], '--encoding'],
    [['--format', 'xml'], '--format'],
  ])('causes one error with the options %j', async (options, field) => {
    const path = await file('plain.csv', 'reference,name\nodd,Odd\n');
    for (const command of ['user', 'product'])
      expect(await shop.refused([command, 'import', path, ...options])).toMatchObject({
        status: 2,
        details: { field },
      });
  });

  it('may be in UTF-32, and may consist of a header only', async () => {
    const units = Array.from(`\ufeff${ROWS}`, (character) => {
      const unit = Buffer.alloc(4);
      unit.writeUInt32LE(character.codePointAt(0) ?? 0);
      return unit;
    });
    const path = await file('utf-32.csv', Buffer.concat(units));
    expect(await run('product', 'import', path)).toMatchObject({ status: 0, data: { created: 1 } });
    await file('utf-32.csv', '\ufeffreference,name,price,stock\n');
    expect(await run('product', 'import', path)).toMatchObject({ status: 0, data: { created: 0, unchanged: 0 } });
  });
});

describe('a hint suggests which columns to map', () => {
  it.each([
    ['product', 'ID,Type,SKU,Name,Stock,Sale price,Regular price', 'reference="SKU",price="Regular price"'],
    [
      'product',
      'Handle,Title,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Price',
      'reference="Variant SKU",name="Title",price="Variant Price",stock="Variant Inventory Qty"',
    ],
    ['product', '상품코드,자체 상품코드,상품명,판매가', 'reference="자체 상품코드",name="상품명",price="판매가"'],
    ['product', 'refernce,name,price', 'reference="refernce"'],
    ['product', 'reference,name,colour', 'reference="reference"'],
    ['product', 'a,b', 'reference="...",name="..."'],
    ['user', 'First Name,Email', 'reference="Email",name="First Name"'],
    ['batch', 'Customer ID,Basket', 'user="Customer ID",items="Basket"'],
    ['batch', 'Customer ID,What', 'user="Customer ID",items="..."'],
    ['batch', '종류,회원,금액', 'kind="종류",user="회원",amount="금액"'],
    ['batch', 'id,sku,title', 'user="...",items="..."'],
    ['batch', 'Customer and items', 'user="Customer and items",items="..."'],
    ['product', 'Item No.,Description,Price,Quantity', 'reference="Item No.",name="Description",stock="Quantity"'],
    ['product', 'SKU,Description,Product Name,Price', 'reference="SKU",name="Product Name"'],
    ['user', 'Customer No,Name,ID', 'reference="Customer No"'],
    ['user', '고객번호,고객명', 'reference="고객번호",name="고객명"'],
    ['batch', 'Order ID,Customer Name,Customer No.,Basket', 'user="Customer No.",items="Basket"'],
    ['batch', 'kind,Order ID,Memo', 'reason="Memo",order="Order ID"'],
    ['batch', '종류,회원,금액,키,비고', 'kind="종류",user="회원",reason="비고",amount="금액",key="키"'],
  ])('in a %s file with %s', async (kind, header, map) => {
    const path = await file('foreign.csv', `${header}\n`);
    const { hint } = await shop.refused([kind, kind === 'batch' ? 'run' : 'import', path]);
    expect(hint).toBe(`Name the columns to read, for example with \`--map '${map}'\`; other columns are then ignored.`);
    if (!map.includes('...')) await shop.ok([kind, kind === 'batch' ? 'run' : 'import', path, '--map', map]);
  });

  it.each([
    ['product', 'PX-1,Pen,100,5', 'reference,name,price,stock'],
    ['product', 'PX-1;Pen;₩1,200;5', 'reference;name;price;stock'],
    ['user', 'ann@example.com,Ann', 'reference,name'],
    ['batch', '1,3:2 7', 'user,items'],
    ['batch', 'charge,@t-u1,500', 'kind,user,amount'],
  ])('or which header to add to a %s file that begins with %s', async (kind, row, header) => {
    const path = await file('no-header.csv', `${row}\n`);
    const { hint } = await shop.refused([kind, kind === 'batch' ? 'run' : 'import', path]);
    expect(hint).toBe(
      `The file seems to have no header. Add a first line with the names of its columns, such as \`${header}\`.`,
    );
  });

  it('or which separator to name', async () => {
    const path = await file('pipes.csv', 'reference|name\npiped|Piped\n');
    expect((await shop.refused(['user', 'import', path])).hint).toBe(
      "If the columns are separated by |, add `--delimiter '|'`.",
    );
    expect(await shop.ok(['user', 'import', path, '--delimiter', '|'])).toMatchObject({ created: 1 });
  });

  it('or another format if the file is a table', async () => {
    const { stdout } = await shop.run(['product', 'list', '-o', 'table']);
    expect((await shop.refused(['product', 'import', await file('table.txt', stdout)])).hint).toBe(
      'If this is a table that `shop` printed, print the list again with `-o csv`.',
    );
  });
});

describe('the results of an import', () => {
  const HEADER = 'reference,name,price,stock';

  interface Result {
    readonly line: number;
    readonly reference: string | null;
    readonly action: string;
    readonly id: number | null;
    readonly reason: string | null;
    readonly note: string | null;
  }

  async function results(path: string): Promise<Result[]> {
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line));
  }

  it('list each row with its action, its id, and the reason if it was refused or partly ignored', async () => {
    const target = join(folder, 'results.jsonl');
    const rows = ['t-res-1,One,5,5', 't-res-1,One,6,7', 't-res-1,One,6,', ',x,1,1', 't-res-1,Two,x,1', 't-base,,,9'];
    const path = await file('results.csv', `${HEADER}\n${rows.join('\n')}\n"t-res-3,a`);
    const note = (stock: number) => `An import does not change these stored values: stock ${stock}.`;
    const expected = (id: number | null, base: number) => [
      { line: 2, reference: 't-res-1', action: 'created', id, reason: null, note: null },
      {
        line: 3,
        reference: 't-res-1',
        action: 'updated',
        id,
        reason: null,
        note: `Previous values: price 5. ${note(5)}`,
      },
      { line: 4, reference: 't-res-1', action: 'unchanged', id, reason: null, note: null },
      { line: 5, reference: null, action: 'refused', id: null, reason: 'reference is missing', note: null },
      // a refused row has no id, even if the file creates its reference
      {
        line: 6,
        reference: 't-res-1',
        action: 'refused',
        id: null,
        reason: 'price must be a whole number from 1 to 1,000,000,000,000, not "x"',
        note: null,
      },
      { line: 7, reference: 't-base', action: 'unchanged', id: base, reason: null, note: note(1000) },
      {
        line: 8,
        reference: null,
        action: 'refused',
        id: null,
        reason: 'row has a quote that is not closed',
        note: null,
      },
    ];
    const { id: base } = await shop.ok<{ id: number }>(['product', 'show', '@t-base']);
    expect((await run('product', 'import', path, '--dry-run', '--results', target)).status).toBe(6);
    expect(await results(target)).toEqual(expected(null, base));
    expect((await run('product', 'import', path, '--results', target)).data).toMatchObject({ stockIgnored: 2 });
    const { id } = await shop.ok<{ id: number }>(['product', 'show', '@t-res-1']);
    expect(await results(target)).toEqual(expected(id, base));
  });

  it('list every row of a long file, in each format', async () => {
    const path = await file(
      'long.csv',
      `reference,name\n${Array.from({ length: 1_200 }, (_, n) => `=long-${n},L\n`).join('')}${Array.from({ length: 1_200 }, (_, n) => `+long-${n},L\n`).join('')}`,
    );
    const written = [];
    for (const ending of ['csv', 'tsv', 'jsonl']) {
      const target = join(folder, `long-results.${ending}`);
      const people = await shop.run(['user', 'import', path, '--results', target]);
      expect(people.stderr).toContain(
        `\n1,180 more rows were refused. All refused rows will be written to ${target}.\n`,
      );
      const text = await readFile(target, 'utf8');
      const lines = text.replace(/\n$/, '').split('\n');
      written.push(lines.slice(ending === 'jsonl' ? 0 : 1));
    }
    const [csv = [], tsv = [], jsonl = []] = written;
    expect([csv.length, tsv.length, jsonl.length]).toEqual([2_400, 2_400, 2_400]);
    expect(csv.at(-1)).toMatch(/^2401,'\+long-1199,created,\d+,,$/);
    expect(tsv.at(-1)).toMatch(/^2401\t\+long-1199\tunchanged\t\d+\t\t$/);
    expect(JSON.parse(jsonl.at(-1) ?? '')).toMatchObject({ line: 2401, reference: '+long-1199', action: 'unchanged' });
  });

  it("cause an error before anything is imported if they can't be written", async () => {
    const path = await file('fresh.csv', 'reference,name\nt-fresh,F\n');
    const before = await shop.snapshot();
    for (const place of [path, join(folder, 'results.xlsx'), join(folder, 'nowhere', 'r.csv'), '/dev/full', folder]) {
      const error = await shop.refused(['user', 'import', path, '--results', place]);
      expect(error).toMatchObject({ status: 2, code: 'INVALID_INPUT', details: { field: '--results' } });
      // the temporary name is not shown
      expect(error.message).toContain(place);
    }
    expect(await shop.snapshot()).toEqual(before);
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

describe('a row without a reference', () => {
  it('changes the entry with its id if the columns are those of a list, and is refused if that id is missing or unknown', async () => {
    const id = await shop.created(['product', 'create', 'Cap', '--price', '5', '--stock', '6']);
    const stdin = `id,reference,name,price,stock\n${id}.0,,Cup,,\n${id},,Cup,7,9\n${id},t-idless,Jug,1,1\n1000000,,Jar,1,1\n,,Jar,1,1\n`;
    const refused = [
      { row: { line: 5, code: 'INVALID_INPUT', reason: 'id 1000000 is unknown, so a reference is required' } },
      { row: { line: 6, code: 'INVALID_INPUT', reason: 'reference is missing' } },
    ];
    for (const options of [['--dry-run'], []]) {
      const { stdout, stderr } = await shop.run(['product', 'import', '-', '--json', ...options], { stdin });
      expect(JSON.parse(stdout)).toEqual({
        created: 1,
        updated: 2,
        unchanged: 0,
        refused: 2,
        stockIgnored: 1,
      });
      expect(
        stderr
          .split('\n')
          .filter((line) => line.startsWith('{"row"'))
          .map((line) => JSON.parse(line)),
      ).toEqual(refused);
    }
    expect(await shop.ok(['product', 'show', String(id)])).toMatchObject({
      reference: null,
      name: 'Cup',
      price: 7,
      stock: 6,
    });
    expect(await shop.ok(['product', 'show', '@t-idless'])).toMatchObject({ name: 'Jug' });
  });

  it('is refused if --map names the columns, because the ids may be those of another shop', async () => {
    const id = await shop.created(['product', 'create', 'Pot', '--price', '5', '--stock', '6']);
    const stdin = `ID,SKU,Name,Price,Stock\n${id},,Pan,1,1\n`;
    const { status } = await shop.run(['product', 'import', '-', '--map', 'reference=SKU'], { stdin });
    expect(status).toBe(6);
    expect(await shop.ok(['product', 'show', String(id)])).toMatchObject({ name: 'Pot' });
  });
});

it('an import does not change the stock of an existing product, and prints the command that changes it', async () => {
  await run('product', 'import', sample('product-same-ref-twice.csv'));
  const known = await shop.run(['product', 'import', sample('product-stock-of-existing.csv')]);
  expect(known.stderr).toContain('In 1 row, stock differs from the stored value.');
  expect(await products(['t-i1'])).toEqual([['t-i1', 'Mug new', 120, 10]]);
  const path = await file('stock.csv', 'reference,name,price,stock\nt-stock,Mug,100,10\nt-stock-2,Mug,100,10\n');
  expect((await run('product', 'import', path)).data).toMatchObject({ created: 2, stockIgnored: 0 });
  await file('stock.csv', 'reference,name,price,stock\nt-stock,Mug new,120,5000\nt-stock-2,Mug,100,10.0\n');
  const people = await shop.run(['product', 'import', path, '--dry-run']);
  expect(people.stderr).toContain('In 1 row, stock differs from the stored value.');
  expect(people.stderr).toContain('`shop product adjust <product> --to <stock> --reason <reason>`');
  expect((await run('product', 'import', path)).data).toMatchObject({ updated: 1, unchanged: 1, stockIgnored: 1 });
  expect(await products(['t-stock', 't-stock-2'])).toEqual([
    ['t-stock', 'Mug new', 120, 10],
    ['t-stock-2', 'Mug', 100, 10],
  ]);
});

it('columns of printed lists that an import does not change are compared with the stored values', async () => {
  await run('user', 'import', await file('kept.csv', 'reference,name\nt-kept,Ann\nt-kept-2,Bo\n'));
  const rows = ['t-new,New user,5000,', 't-kept,Ann,0.00,FALSE', 't-kept-2,Bo,"1,000",true', 't-kept,Ann,7,'];
  const path = await file('kept.csv', `reference,name,Balance,blocked\n${rows.join('\n')}\n`);
  for (const options of [['--dry-run'], []]) {
    const people = await shop.run(['user', 'import', path, '-o', 'jsonl', ...options]);
    expect(people.status).toBe(0);
    expect(JSON.parse(people.stdout)).toMatchObject({ created: 1, unchanged: 3 });
  }
  const target = join(folder, 'kept-results.csv');
  const { status, stderr } = await shop.run(['user', 'import', path, '-o', 'table', '--results', target]);
  expect(status).toBe(0);
  expect(stderr).toBe(
    'In 3 rows, balance differs from the stored value. An import does not change balances; use `shop balance adjust <user> --by <points> --reason <reason>`, or rows of the kind points-adjust in a batch.\n' +
      'In 1 row, blocked differs from the stored value. An import does not block or unblock users; use `shop user block <user> --reason <reason>` or `shop user unblock <user>`.\n',
  );
  expect((await readFile(target, 'utf8')).split('\n').map((line) => line.split(',,')[1])).toEqual([
    undefined,
    'An import does not change these stored values: balance 0.',
    '',
    '"An import does not change these stored values: balance 0, blocked false."',
    'An import does not change these stored values: balance 0.',
    undefined,
  ]);
  expect(await shop.ok(['user', 'show', '@t-new'])).toMatchObject({ balance: 0, blocked: false });

  const retired = 'reference,name,price,stock,retired\nt-base,,,,true\nt-kept,Cup,5,6,true\n';
  expect((await shop.run(['product', 'import', '-', '-o', 'csv'], { stdin: retired })).stderr).toBe(
    'In 2 rows, retired differs from the stored value. An import does not retire or restore products; use `shop product retire <product>` or `shop product restore <product>`.\n',
  );
});

describe('a reference', () => {
  it('may contain letters of any script and some symbols, and is the same in any Unicode form', async () => {
    const references = ['한글-1', 'a+b/c#d@e&f%g', 'ann@example.com', 'Σ_100%', 'Ünï.1', 'ก็'];
    const rows = references.map((reference) => `${reference},Thing,10,50`);
    const path = await file('references.csv', `reference,name,price,stock\n${rows.join('\n')}\n`);
    expect(await run('product', 'import', path)).toMatchObject({ status: 0, data: { created: references.length } });
    await file('references.csv', `reference,name,price,stock\n${rows.join('\n').normalize('NFD')}\n`);
    expect(await run('product', 'import', path)).toMatchObject({ data: { unchanged: references.length } });
    const items = references.map((reference) => `@${reference.normalize('NFD')}:2`);
    const key = 'references';
    const order = await shop.ok(['order', 'place', '@t-u1', ...items, '--key', key]);
    expect(order).toMatchObject({ total: 20 * references.length });
    const again = await shop.ok([
      'order',
      'place',
      '@t-u1',
      ...items.map((item) => item.normalize('NFC')),
      '--key',
      key,
    ]);
    expect(again).toMatchObject({ replayed: true });
    await shop.created(['user', 'create', '카페', '--reference', '카페/1']);
    await shop.ok(['charge', `@${'카페/1'.normalize('NFD')}`, '5']);
    expect(await shop.ok(['user', 'show', '@카페/1'])).toMatchObject({ balance: 5 });
    expect(await shop.ok(['audit'])).toMatchObject({ ok: true });
  });
});

describe('a batch file', () => {
  it.each([
    [
      'batch-json-array.json',
      /^file is a JSON array; one object per line is expected\.$/,
      /`jq -c '\.\[\]' \S+ > rows\.jsonl`/,
    ],
    ['batch-json-array-lines.json', /^file is a JSON array;/, /jq -c/],
    ['batch-pretty.json', /^file has JSON objects that span several lines;/, /`jq -c \. \S+ > rows\.jsonl`/],
    ['batch-joined.jsonl', /^file has several JSON objects on one line\.$/, /`jq -c \. \S+ > rows\.jsonl`/],
  ])('causes one error that says what to do, and applies nothing: %s', async (name, message, hint) => {
    const before = await shop.snapshot();
    const error = await shop.refused(['batch', 'run', sample(name)]);
    expect(error).toMatchObject({ status: 2, code: 'INVALID_INPUT', details: { field: 'file' } });
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    expect(await shop.snapshot()).toEqual(before);
  });

  const amount = (text: string) => `amount must be a whole number from 1 to 1,000,000,000,000, not "${text}"`;
  const ref = (text: string) => `user must be an id or @reference, not "${text}"`;
  const key = (text: string) => `key must be 1 to 128 characters (A-Z, a-z, 0-9 and . _ : -), not ${text}`;
  const EXPONENT = 'row has a number with an exponent; plain digits are expected';
  const NOT_INTEGER = /^row has a number that is not an integer within ±9,007,199,254,740,991 in amount$/;

  it.each<{ name: string; applied: number; refused: readonly Refused[] }>([
    { name: 'batch-short-rows.csv', applied: 3, refused: [] },
    { name: 'batch-spaces.csv', applied: 3, refused: [] },
    {
      name: 'batch-item-separators.csv',
      applied: 4,
      refused: [
        [4, 'items must have the form <product>:<quantity>, such as 3:2 or @pen:1, not "@t-base x 2"'],
        [5, 'items must have the form <product>:<quantity>, such as 3:2 or @pen:1, not "2x@t-base"'],
        [7, 'items must have the form <product>:<quantity>, such as 3:2 or @pen:1, not "@t-base: 2"'],
      ],
    },
    {
      name: 'batch-numeric-user.jsonl',
      applied: 5,
      refused: [[6, 'row has fields that occur more than once: "amount"']],
    },
    {
      name: 'batch-numbers.jsonl',
      applied: 2,
      refused: [
        [3, EXPONENT],
        [4, 'amount must be a whole number from 1 to 1,000,000,000,000 in plain digits, such as 1200, not "1,000"'],
        [5, NOT_INTEGER],
        [6, /^row is not JSON: /],
        [7, amount('-5')],
        [8, amount('0')],
        [9, NOT_INTEGER],
        [10, 'amount must be text or a whole number, not true'],
        [11, 'amount is missing'],
      ],
    },
    {
      name: 'batch-keys.csv',
      applied: 1,
      refused: [
        [3, key('"aGVsbG8+d29ybGQ/Cg=="')],
        [4, key('"ORDER #1001"')],
        [5, key('"#1001"')],
        [6, key(`"${'k'.repeat(60)}..."`)],
        [7, key('"1001/1"')],
        [8, key('"주문-1"')],
      ],
    },
    {
      name: 'batch-at-excel.csv',
      applied: 0,
      refused: [
        [2, ref("'@t-u1")],
        [3, ref('＠t-u1')],
        [4, 'user must be an id, or a reference that starts with @ (@t-u1), not "t-u1"'],
        [5, ref('#NAME?')],
        [6, ref('=@t-u1')],
      ],
    },
  ])(
    'is applied except for rows that are refused with the expected reason: $name',
    async ({ name, applied, refused }) => {
      const outcome = await run('batch', 'run', sample(name), '--name', name);
      expect(outcome.refused).toEqual(
        refused.map(([line, reason]) => [line, typeof reason === 'string' ? reason : expect.stringMatching(reason)]),
      );
      expect(outcome.data).toMatchObject({ applied, refused: refused.length, failed: 0, pending: 0 });
    },
  );

  it('that a spreadsheet has saved again applies no row twice', async () => {
    const [first, again] = [sample('batch-first.csv'), sample('batch-resaved.csv')];
    expect(await run('batch', 'run', first)).toMatchObject({ status: 0, data: { applied: 2, replayed: 0 } });
    expect(await run('batch', 'run', again)).toMatchObject({ status: 0, data: { applied: 2, replayed: 2 } });
    expect(await shop.ok(['balance', '@t-u2'])).toMatchObject({ balance: 300 });
  });

  it('with a fixed row applies only that row when it is run again as the message suggests', async () => {
    const path = await file('fixed.csv', await readFile(sample('batch-one-bad-row.csv')));
    const before = (await shop.ok<{ balance: number }>(['balance', '@t-u2'])).balance;
    const { stderr } = await shop.run(['batch', 'run', path]);
    const [, command = ''] = /then run `shop ([^`]*)`/.exec(stderr) ?? [];
    expect(await shop.ok(['balance', '@t-u2'])).toMatchObject({ balance: before + 4000 });
    await writeFile(path, await readFile(sample('batch-fixed.csv')));
    expect(await shop.ok(command.split(' '))).toMatchObject({ applied: 3, refused: 0, replayed: 2 });
    expect(await shop.ok(['balance', '@t-u2'])).toMatchObject({ balance: before + 6000 });
  });

  it('is read with another separator, encoding and header, and the command to continue has the same options', async () => {
    const path = await file(
      'orders.csv',
      Buffer.from('Kunde;Artikel;R\xfcckgabe\n@t-u1;@t-base:1;x\n@t-u1;;x\n', 'latin1'),
    );
    const options = ['--encoding', 'windows-1252', '--map', 'user=Kunde,items=Artikel'];
    const { status, stdout, stderr } = await shop.run(['batch', 'run', path, ...options, '-o', 'json']);
    expect({ status, batch: JSON.parse(stdout) }).toMatchObject({ status: 6, batch: { applied: 1, refused: 1 } });
    const people = await shop.run(['batch', 'run', path, ...options]);
    expect(people.stderr).toContain(`${path} --encoding windows-1252 --map user=Kunde,items=Artikel --name batch-`);
    expect(stderr).toContain('"line":3');
  });
});

// one of the documented examples uses jq
it.runIf(spawnSync('jq', ['--version']).status === 0)(
  'a batch file from other programs is read as documented',
  async () => {
    const page = await readFile(new URL('../../docs/files.md', import.meta.url), 'utf8');
    const blocks = page.slice(page.indexOf('### Files from other programs')).matchAll(/^```console\n(.*?)^```$/gms);
    const env = { ...inheritedEnvironment(), ...shop.env };
    const program = `"${process.execPath}" "${PROGRAM}" `;
    await shop.created(['user', 'create', 'Hill Bakery', '--reference', 'hill-bakery']);
    let commands = 0;
    for (const [, block = ''] of blocks) {
      for (const [, command = '', output = ''] of block.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)) {
        const [, path] = /^cat (\S+)$/.exec(command) ?? [];
        if (path !== undefined) {
          await file(path, output);
          continue;
        }
        const script = command.replace(/^shop /, program);
        const { stdout, stderr } = spawnSync('sh', ['-c', script], { cwd: folder, env, encoding: 'utf8' });
        expect(`${stderr.replaceAll(/^\{"progress".*\n/gm, '')}${stdout}`, command).toBe(output);
        commands += 1;
      }
    }
    expect(commands).toBeGreaterThan(10);
  },
);
