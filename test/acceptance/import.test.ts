import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type RunOptions, TestShop } from '../support/shop.ts';

interface Counts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: number;
  readonly stockIgnored: number;
}

interface Outcome {
  readonly status: number | null;
  readonly counts: Counts;
  /** The refused rows, each with its line and reason. */
  readonly refused: readonly (readonly [line: number, reason: string])[];
}

type Kind = 'user' | 'product';

/** Environment with a Redis URL at which no server listens, because imports need neither Redis nor a worker. */
const NO_REDIS = { SHOP_REDIS_URL: 'redis://127.0.0.1:1' };
const NONE: Counts = { created: 0, updated: 0, unchanged: 0, refused: 0, stockIgnored: 0 };
/** Number of rows that the reader delivers at a time, and that are committed together. */
const CHUNK_ROWS = 512;

let shop: TestShop;
let folder: string;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  folder = await mkdtemp(join(tmpdir(), 'shop-import-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

/** Writes a file of these lines or bytes. */
async function file(name: string, content: readonly string[] | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, Buffer.isBuffer(content) ? content : `${content.join('\n')}\n`);
  return path;
}

function jsonLines(rows: readonly unknown[]): string[] {
  return rows.map((row) => JSON.stringify(row));
}

/** Runs an import with `--json`. */
async function importing(args: readonly [Kind, ...string[]], options: RunOptions = {}, on = shop): Promise<Outcome> {
  const [kind, ...rest] = args;
  const env = { ...NO_REDIS, ...options.env };
  const { status, stdout, stderr } = await on.run([kind, 'import', ...rest, '--json'], { ...options, env });
  if (stdout === '') throw new Error(`${kind} import ${rest.join(' ')} exited with ${status}: ${stderr}`);
  const rows = stderr === '' ? [] : stderr.trimEnd().split('\n');
  const refused = rows.map((text) => {
    const { row, ...others } = JSON.parse(text);
    expect(others).toEqual({});
    expect(row).toEqual({ line: expect.any(Number), code: 'INVALID_INPUT', reason: expect.any(String) });
    return [row.line, row.reason] as const;
  });
  return { status, counts: JSON.parse(stdout), refused };
}

/** Returns the output of an import that refuses nothing. */
function allAccepted(counts: Partial<Counts>): Outcome {
  return { status: 0, counts: { ...NONE, ...counts }, refused: [] };
}

/** Reads the stored rows whose references begin with the prefix, in the order in which they were stored. */
function stored<Row extends object>(kind: Kind, prefix: string, on = shop): Promise<Row[]> {
  const columns = kind === 'user' ? 'reference, name, balance' : 'reference, name, price, stock';
  return on.sql<Row>(`SELECT ${columns} FROM ${kind}s WHERE reference LIKE ? ORDER BY id`, [`${prefix}%`]);
}

function numbered(count: number, line: (index: number) => string): string[] {
  return Array.from({ length: count }, (_, index) => line(index + 1));
}

describe('an import', () => {
  it('creates users, and leaves them unchanged or renames them in the next run', async () => {
    const path = await file('users.csv', ['reference,name', 'u-Ann,Ann', 'u-ann,"Ann, the other"', 'u-9.5_x,Bo']);
    expect(await importing(['user', path])).toEqual(allAccepted({ created: 3 }));
    expect(await stored('user', 'u-')).toEqual([
      { reference: 'u-Ann', name: 'Ann', balance: 0 },
      { reference: 'u-ann', name: 'Ann, the other', balance: 0 },
      { reference: 'u-9.5_x', name: 'Bo', balance: 0 },
    ]);
    const before = await shop.snapshot();
    expect(await importing(['user', path])).toEqual(allAccepted({ unchanged: 3 }));
    expect(await shop.snapshot()).toEqual(before);

    const next = await file('users-2.csv', ['name,reference', 'Ann B,u-ann', 'Ann,u-Ann', 'Cy,u-new']);
    expect(await importing(['user', next])).toEqual(allAccepted({ created: 1, updated: 1, unchanged: 1 }));
    expect(await stored('user', 'u-')).toMatchObject([
      { name: 'Ann' },
      { name: 'Ann B' },
      { name: 'Bo' },
      { name: 'Cy' },
    ]);
    expect(await shop.ok(['user', 'show', '@u-ann'])).toMatchObject({ name: 'Ann B', balance: 0 });
  });

  it('creates products with the stock rows of their initial stock, and renames and reprices them', async () => {
    const path = await file('products.jsonl', [
      '{"reference":"p-a","name":"Pen","price":100,"stock":7}',
      '',
      '{"stock":"0","price":"1000000000000","name":"Ink","reference":"p-b"}',
      '{"reference":71053,"name":8,"price":1,"stock":9007199254740991}',
    ]);
    expect(await importing(['product', path])).toEqual(allAccepted({ created: 3 }));
    expect(
      await shop.sql(
        `SELECT p.reference, p.name, p.price, p.stock, m.type, m.quantity, m.stock_after AS \`after\`,
           m.request_id AS request, m.created_at = p.created_at AS atOnce
         FROM products p JOIN stock_movements m ON m.product_id = p.id
         WHERE p.reference LIKE 'p-%' OR p.reference = '71053' ORDER BY p.id`,
      ),
    ).toEqual(
      [
        { reference: 'p-a', name: 'Pen', price: 100, stock: 7, quantity: 7, after: 7 },
        { reference: 'p-b', name: 'Ink', price: 1_000_000_000_000, stock: 0, quantity: 0, after: 0 },
        {
          reference: '71053',
          name: '8',
          price: 1,
          stock: 9_007_199_254_740_991,
          quantity: 9_007_199_254_740_991,
          after: 9_007_199_254_740_991,
        },
      ].map((row) => ({ ...row, type: 'initial', request: null, atOnce: 1 })),
    );
    expect(await importing(['product', path])).toEqual(allAccepted({ unchanged: 3 }));

    // an import ignores the stock of existing products, so it may be missing or invalid
    const next = await file('products-2.csv', [
      'reference,name,price,stock',
      'p-a,Pen,101,',
      'p-b,Ink B,1000000000000,-3',
      '71053,8,1,5',
      'p-c,Cup,5,6',
    ]);
    expect(await importing(['product', next])).toEqual(
      allAccepted({ created: 1, updated: 2, unchanged: 1, stockIgnored: 2 }),
    );
    expect(await stored('product', 'p-')).toEqual([
      { reference: 'p-a', name: 'Pen', price: 101, stock: 7 },
      { reference: 'p-b', name: 'Ink B', price: 1_000_000_000_000, stock: 0 },
      { reference: 'p-c', name: 'Cup', price: 5, stock: 6 },
    ]);
    const withoutStock = await file('products-3.csv', ['reference,price,name', 'p-a,102,Pen', 'p-d,1,Cap']);
    expect(await importing(['product', withoutStock])).toEqual({
      status: 6,
      counts: { ...NONE, updated: 1, refused: 1 },
      refused: [[3, 'stock is required for a new product']],
    });
  });

  it('reads standard input, in the detected or the named format', async () => {
    const csv = '\ufeffreference,name\r\ns-1,One\r\ns-2,Two';
    expect(await importing(['user', '-'], { stdin: csv })).toEqual(allAccepted({ created: 2 }));
    expect(await importing(['user', '-'], { stdin: '{"name":"One","reference":"s-1"}' })).toEqual(
      allAccepted({ unchanged: 1 }),
    );
    expect(await importing(['user', '-', '--format', 'jsonl'], { stdin: '\n' })).toEqual(allAccepted({}));
    // these lines are CSV, so none of them is valid JSON
    const { status, counts } = await importing(['user', '-', '--format', 'jsonl'], { stdin: csv });
    expect({ status, counts }).toEqual({ status: 6, counts: { ...NONE, refused: 3 } });
    expect(await shop.refused(['user', 'import', '-', '--format', 'xml'])).toMatchObject({
      status: 2,
      details: { field: '--format' },
    });
    expect(await shop.refused(['user', 'import'])).toMatchObject({ status: 2, code: 'INPUT_REQUIRED' });
  });

  it('prints text for people, for scripts and for other programs', async () => {
    const path = await file('ways.csv', ['reference,name', 'w-1,One', 'w-2, ', 'w-3,Three']);
    const run = (...args: string[]) => shop.run(['user', 'import', path, ...args], { env: NO_REDIS });
    expect(await run('-o', 'table')).toEqual({
      status: 6,
      stdout: '✗ Import: 2 created, 0 updated, 0 unchanged, 1 refused.\n',
      stderr: 'line 3: name is missing\n',
    });
    expect(await run()).toEqual({
      status: 6,
      stdout: 'created\tupdated\tunchanged\trefused\tstockIgnored\n0\t0\t2\t1\t0\n',
      stderr: 'line 3: name is missing\n',
    });
    expect(await run('-o', 'jsonl')).toEqual({
      status: 6,
      stdout: '{"created":0,"updated":0,"unchanged":2,"refused":1,"stockIgnored":0}\n',
      stderr: '{"row":{"line":3,"code":"INVALID_INPUT","reason":"name is missing"}}\n',
    });
    for (const format of ['csv', 'json']) {
      expect(await run('--quiet', '-o', format)).toMatchObject({ status: 6, stderr: '' });
    }
  });

  it('keeps unusual names unchanged, both for new entries and for renamed ones', async () => {
    const names = [
      'two\nlines\r\nand a half',
      '한국어 이름 🙂🇰🇷',
      '=cmd|/c calc!A1',
      'a"b""c\'d, e;f\\n g\\',
      '\u0007\u001b[31m\u007f\u009b\u202e\u2028\ufeff\ufffd',
      'a tab\tand  blanks',
      '{"$":1} %s ? :x `id` -- /* \' OR 1=1; #',
      '🙂'.repeat(200),
    ];
    const rows = names.map((name, index) => ({ reference: `n-${index}`, name }));
    const path = await file('names.jsonl', jsonLines(rows));
    expect(await importing(['user', path])).toEqual(allAccepted({ created: names.length }));
    const byReference = async (prefix: string) =>
      (await stored<{ name: string }>('user', prefix)).map(({ name }) => name);
    expect(await byReference('n-')).toEqual(names);
    expect(await importing(['user', path])).toEqual(allAccepted({ unchanged: names.length }));

    // renames each row to the name of the previous row
    const turned = names.map((_, index) => names.at(index - 1) ?? '');
    const csv = turned.map((name, index) => `n-${index},"${name.replaceAll('"', '""')}"`);
    const other = await file('names.csv', ['reference,name', ...csv]);
    expect(await importing(['user', other])).toEqual(allAccepted({ updated: names.length }));
    expect(await byReference('n-')).toEqual(turned);
    expect(await importing(['user', other])).toEqual(allAccepted({ unchanged: names.length }));

    const products = await file('names-p.jsonl', jsonLines(rows.map((row) => ({ ...row, price: 1, stock: 1 }))));
    expect(await importing(['product', products])).toEqual(allAccepted({ created: names.length }));
    const reversed = rows.map((row, index) => ({ ...row, name: turned[index], price: index + 2 }));
    const changed = await file('names-p2.jsonl', jsonLines(reversed));
    expect(await importing(['product', changed])).toEqual(allAccepted({ updated: names.length }));
    expect(await stored('product', 'n-')).toEqual(reversed.map((row) => ({ ...row, stock: 1 })));
  });

  it('distinguishes names that differ in blanks or case, but not in Unicode form or blanks around them', async () => {
    const forms = ['Straße', 'strasse', 'Strasse', 'Stra sse', 'é'];
    for (const name of forms) {
      const stdin = JSON.stringify({ reference: 'form', name });
      expect((await importing(['user', '-'], { stdin })).counts).toMatchObject({ unchanged: 0 });
      expect(await importing(['user', '-'], { stdin })).toEqual(allAccepted({ unchanged: 1 }));
    }
    for (const stdin of ['reference,name\nform,e\u0301', '{"reference":" form","name":"\u200be\u0301 "}'])
      expect(await importing(['user', '-'], { stdin })).toEqual(allAccepted({ unchanged: 1 }));
  });
});

describe('a reference that occurs more than once in a file', () => {
  const header = 'reference,name,price,stock';

  it('is compared with the previous row of that reference, within a chunk and across chunks', async () => {
    const filling = numbered(CHUNK_ROWS, (index) => `d-fill-${index},Filling,1,1`);
    const lines = [
      header,
      'd-1,One,1,10',
      'd-1,One,1,99',
      'd-1,Two,1,99',
      'd-2,Bad,1,',
      'd-2,Good,1,5',
      'd-1,One,1,',
      'D-1,Other,1,1',
      ...filling,
      'd-1,One,1,',
      'd-1,One,2,7',
      'd-2,Good,1,',
      'd-fill-1,Filling,3,',
    ];
    const path = await file('twice.csv', lines);
    const outcome = {
      status: 6,
      counts: { ...NONE, created: 3 + CHUNK_ROWS, updated: 4, unchanged: 3, refused: 1, stockIgnored: 3 },
      refused: [[5, 'stock is required for a new product']],
    };
    // a dry run must remember refused rows, too
    expect(await importing(['product', path, '--dry-run'])).toEqual(outcome);
    expect(await stored('product', 'd-')).toEqual([]);
    expect(await importing(['product', path])).toEqual(outcome);
    expect((await stored('product', 'd-')).slice(0, 3)).toEqual([
      { reference: 'd-1', name: 'One', price: 2, stock: 10 },
      { reference: 'd-2', name: 'Good', price: 1, stock: 5 },
      { reference: 'd-fill-1', name: 'Filling', price: 3, stock: 1 },
    ]);
    expect(await stored('product', 'D-')).toHaveLength(1);
  });

  it('ends with the values of the last row if the reference existed before', async () => {
    await importing(['product', '-'], { stdin: `${header}\nb-1,One,1,1\nb-2,Two,1,1` });
    const stdin = `${header}\nb-2,Two,5,\nb-1,A,1,\nb-2,Two,5,\nb-1,One,1,\nb-2,B,4,\nb-1,C,1,`;
    const outcome = allAccepted({ updated: 5, unchanged: 1 });
    expect(await importing(['product', '-', '--dry-run'], { stdin })).toEqual(outcome);
    expect(await importing(['product', '-'], { stdin })).toEqual(outcome);
    expect(await stored('product', 'b-')).toEqual([
      { reference: 'b-1', name: 'C', price: 1, stock: 1 },
      { reference: 'b-2', name: 'B', price: 4, stock: 1 },
    ]);
  });
});

describe('an invalid row', () => {
  const price = (text: string) => `price must be a whole number from 1 to 1,000,000,000,000, not "${text}"`;
  const stock = (text: string) => `stock must be a whole number from 0 to 9,007,199,254,740,991, not "${text}"`;
  const plainPrice = (text: string) =>
    `price must be a whole number from 1 to 1,000,000,000,000 in plain digits, such as 1200, not "${text}"`;
  const reference = (text: string) =>
    `reference must be 1 to 64 characters (letters, digits and . _ - + / # @ & %; no @ at the beginning), not ${text}`;

  it('is reported with its line in CSV, and does not stop the others', async () => {
    const long = 'x'.repeat(201);
    const bad: readonly (readonly [row: string, reason: string])[] = [
      [',No reference,1,1', 'reference is missing'],
      ['@r-1,At,1,1', reference('"@r-1"')],
      ['r 1,Blank,1,1', reference('"r 1"')],
      ['r\u200b1,Zero width,1,1', reference('"r\\u200b1"')],
      ['r:1,Colon,1,1', reference('"r:1"')],
      [
        "'00123,Zero,1,1",
        `reference begins with an apostrophe, which spreadsheets put before text; remove the apostrophe: "'00123"`,
      ],
      ['"=""00125""",Formula,1,1', 'reference is a spreadsheet formula instead of a value: "=\\"00125\\""'],
      [
        '8.80123E+12,Bar code,1,1',
        'reference is a number that a spreadsheet has shortened, so digits are lost: "8.80123E+12"',
      ],
      ['="00124",Formula,1,1', 'row has a formula (="...") where a value is expected'],
      [`${'r'.repeat(65)},Long,1,1`, reference(`"${'r'.repeat(60)}..."`)],
      ["r';DROP TABLE products;--,SQL,1,1", reference('"r\';DROP TABLE products;--"')],
      ['r-1,,1,1', 'name is missing'],
      ['r-1," \t",1,1', 'name is missing'],
      ['r-1,\u2800,1,1', 'name must not be blank'],
      [`r-1,${long},1,1`, 'name has 201 characters, but the maximum is 200'],
      ['r-1,Free,,1', 'price is missing'],
      ['r-1,Free,0,1', price('0')],
      ['r-1,Free,-1,1', price('-1')],
      ['r-1,Free,1.5,1', price('1.5')],
      ['r-1,Free,1e3,1', plainPrice('1e3')],
      ['r-1,Free,01,1', price('01')],
      ['r-1,Free,1000000000001,1', price('1000000000001')],
      ['r-1,Free,"1,000",1', plainPrice('1,000')],
      ['r-1,Free,NaN,1', price('NaN')],
      ['r-1,Free,１,1', plainPrice('１')],
      ['r-1,None,1,', 'stock is required for a new product'],
      ['r-1,None,1,-1', stock('-1')],
      ['r-1,None,1,1.5', stock('1.5')],
      ['r-1,None,1,9007199254740992', stock('9007199254740992')],
      ['r-1,None,1', 'stock is required for a new product'],
      ['r-1,None,1,1,1', 'row has 5 cells, but the header has 4'],
      ['r-1,"No"ne,1,1', 'row has text after a closing quote'],
      ['r-1, "None",1,1', 'row has white space before an opening quote'],
    ];
    // valid rows surround the invalid ones; one row has a line break, and the last row's quote is never closed
    const lines = bad.flatMap(([row], index) => [row, `r-good-${index},Good,1,1`]);
    const path = await file('bad.csv', ['reference,name,price,stock', ...lines, '"r-nl","a\nb",1,1', 'r-1,"open,1,1']);
    const { status, counts, refused } = await importing(['product', path]);
    expect(refused).toEqual([
      ...bad.map(([, reason], index) => [2 + 2 * index, reason]),
      [2 + 2 * bad.length + 2, 'row has a quote that is not closed'],
    ]);
    expect({ status, counts }).toEqual({
      status: 6,
      counts: { ...NONE, created: bad.length + 1, refused: bad.length + 1 },
    });
    expect(await stored('product', 'r-good-')).toHaveLength(bad.length);
    expect(await stored('product', 'r-1')).toEqual([]);

    // a second run leaves valid rows unchanged, and refuses the invalid rows again
    expect(await importing(['product', path])).toEqual({
      status: 6,
      counts: { ...NONE, unchanged: bad.length + 1, refused: bad.length + 1 },
      refused,
    });
  });

  it('is reported with its line in JSON lines, and does not stop the others', async () => {
    const bad: readonly (readonly [row: string, reason: string | RegExp])[] = [
      ['{"reference":"j-1"', /^row is not JSON: /],
      ['["j-1","Name",1,1]', 'row is not a JSON object'],
      ['{"reference":"j-1","name":"N","price":1,"stock":1,"balance":5}', 'row has unknown fields: "balance"'],
      ['{"reference":"j-1","__proto__":{"name":"N","price":1,"stock":1}}', 'row has unknown fields: "__proto__"'],
      ['{"name":"N","price":1,"stock":1}', 'reference is missing'],
      ['{"reference":null,"name":"N","price":1,"stock":1}', 'reference is missing'],
      ['{"reference":["j-1"],"name":"N","price":1,"stock":1}', 'reference must be text or a whole number, not ["j-1"]'],
      ['{"reference":"j-1","name":true,"price":1,"stock":1}', 'name must be text or a whole number, not true'],
      ['{"reference":"j-1","name":"\\ud83d","price":1,"stock":1}', 'name contains half a character (a lone surrogate)'],
      ['{"reference":"j-1","name":"","price":1,"stock":1}', 'name is missing'],
      ['{"reference":"j-1","name":"N","price":1.5,"stock":1}', /^row has a number that is not an integer .* in price$/],
      ['{"reference":"j-1","name":"N","price":-1,"stock":1}', price('-1')],
      ['{"reference":"j-1","name":"N","price":"1e3","stock":1}', plainPrice('1e3')],
      ['{"reference":"j-1","name":"N","price":{"valueOf":1},"stock":1}', /^price must be text or a whole number/],
      ['{"reference":"j-1","name":"N","price":1,"stock":9007199254740992}', /^row has a number .* in stock$/],
      ['{"reference":"j-1","name":"N","price":1,"stock":[]}', 'stock must be text or a whole number, not []'],
      ['{"reference":"j-1","name":"N","price":1}', 'stock is required for a new product'],
    ];
    const good = (index: number) => JSON.stringify({ reference: `j-good-${index}`, name: 'Good', price: 1, stock: 1 });
    const path = await file('bad.jsonl', [...bad.flatMap(([row], index) => [row, good(index)]), good(bad.length)]);
    const { status, counts, refused } = await importing(['product', path]);
    expect(refused.map(([line]) => line)).toEqual(bad.map((_, index) => 1 + 2 * index));
    bad.forEach(([, reason], index) => {
      if (typeof reason === 'string') expect(refused[index]?.[1]).toBe(reason);
      else expect(refused[index]?.[1]).toMatch(reason);
    });
    expect({ status, counts }).toEqual({
      status: 6,
      counts: { ...NONE, created: bad.length + 1, refused: bad.length },
    });
    expect(await stored('product', 'j-1')).toEqual([]);
  });

  it('may be longer than the maximum length of a row', async () => {
    const path = await file('long.csv', [
      'reference,name',
      'l-1,One',
      `l-x,${'x'.repeat(1024 * 1024)}`,
      'l-2,Two',
      `l-z,"${'z'.repeat(900_000)}"`,
      'l-3,Three',
    ]);
    expect(await importing(['user', path])).toEqual({
      status: 6,
      counts: { ...NONE, created: 3, refused: 2 },
      refused: [
        [3, 'row is longer than 1 MiB'],
        [5, 'name has 900000 characters, but the maximum is 200'],
      ],
    });
    const people = await shop.run(['user', 'import', path], { env: NO_REDIS });
    expect(people.stderr.split('\n')).toHaveLength(3);
  });

  it("can't print control characters on a terminal", async () => {
    const stdin = 'reference,name\n\u001b[31m\u202e,Red\n"a\nb",Two lines';
    const { stderr } = await shop.run(['user', 'import', '-'], { stdin, env: NO_REDIS });
    expect(stderr).toBe(
      'line 2: reference must be 1 to 64 characters (letters, digits and . _ - + / # @ & %; no @ at the beginning), not "\\u001b[31m"\n' +
        'line 3: reference must be 1 to 64 characters (letters, digits and . _ - + / # @ & %; no @ at the beginning), not "a\\nb"\n',
    );
  });
});

describe('an invalid file', () => {
  const rows = 'reference,name\nx-1,One\n';

  it.each<{ what: string; name: string; content: string | Buffer; reason: RegExp }>([
    { what: 'is empty', name: 'a.csv', content: '', reason: /is empty: a header is expected/ },
    { what: 'has no header', name: 'a.csv', content: 'x-1,One\n', reason: /unknown columns: "x-1", "One"/ },
    { what: 'lacks a column', name: 'a.csv', content: 'reference\nx-1\n', reason: /lacks columns: name/ },
    {
      what: 'has an unknown column',
      name: 'a.csv',
      content: 'reference,name,price\nx-1,One,1',
      reason: /unknown columns: "price"/,
    },
    {
      what: 'has a column twice',
      name: 'a.csv',
      content: 'reference,name,name\nx-1,a,b',
      reason: /more than once: name/,
    },
    {
      what: 'is UTF-16 without a byte-order mark',
      name: 'a.csv',
      content: Buffer.from(rows, 'utf16le'),
      reason: /NUL bytes/,
    },
    { what: 'is binary', name: 'a.csv', content: Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0xff]), reason: /gzip/ },
    {
      what: 'is Latin 1',
      name: 'a',
      content: Buffer.from('référence,name\n', 'latin1'),
      reason: /not UTF-8; the first invalid line is 1/,
    },
    { what: 'has 100,000 columns', name: 'a.csv', content: 'c,'.repeat(100_000), reason: /unknown columns: / },
  ])('that $what causes one error and changes nothing', async ({ name, content, reason }) => {
    const before = await shop.snapshot();
    const path = await file(name, Buffer.from(content));
    const calls = [shop.refused(['user', 'import', path])];
    // invalid UTF-8 can't be written as a string
    if (typeof content === 'string') calls.push(shop.refused(['user', 'import', '-'], { stdin: content }));
    for (const error of await Promise.all(calls)) {
      expect(error).toMatchObject({ status: 2, code: 'INVALID_INPUT', details: { field: 'file' } });
      expect(error.message).toMatch(reason);
      expect(JSON.stringify(error).length).toBeLessThan(1_000);
    }
    expect(await shop.snapshot()).toEqual(before);
  });

  it('causes one error if it is missing or a folder', async () => {
    expect((await shop.refused(['user', 'import', join(folder, 'nowhere.csv')])).message).toMatch(/^File not found: /);
    expect((await shop.refused(['product', 'import', folder])).message).toMatch(/is a folder/);
  });
});

it('a dry run changes nothing, and reports what would be done', async () => {
  await importing(['product', '-'], { stdin: 'reference,name,price,stock\ny-1,One,1,1\ny-2,Two,1,1' });
  const stdin =
    'reference,name,price,stock\ny-1,One,1,\ny-2,Two,2,\ny-3,Three,1,1\ny-4,Four,1,\ny-3,Three,9,\ny-2,Two,2,';
  const outcome: Outcome = {
    status: 6,
    counts: { ...NONE, created: 1, updated: 2, unchanged: 2, refused: 1 },
    refused: [[5, 'stock is required for a new product']],
  };
  const before = await shop.snapshot();
  expect(await importing(['product', '-', '--dry-run'], { stdin })).toEqual(outcome);
  const people = await shop.run(['product', 'import', '-', '--dry-run'], { stdin, env: NO_REDIS });
  expect(people.stderr).toBe('line 5: stock is required for a new product\nThis was a dry run: nothing was changed.\n');
  expect(await shop.snapshot()).toEqual(before);
  expect(await importing(['product', '-'], { stdin })).toEqual(outcome);
});

it('imports do not change balances, stocks and the rows of their chains', async () => {
  const users = await file('live-users.csv', ['reference,name', 'v-1,Ann', 'v-2,Bo']);
  const products = await file('live-products.csv', ['reference,name,price,stock', 'v-1,Pen,100,50', 'v-2,Ink,30,9']);
  await importing(['user', users]);
  await importing(['product', products]);
  const worker = await shop.startWorker();
  await shop.ok(['charge', '@v-1', '1000']);
  await shop.ok(['order', 'place', '@v-1', '@v-1:3', '@v-2']);
  await shop.ok(['product', 'restock', '@v-2', '4']);
  const before = await shop.snapshot();
  expect(await importing(['user', users])).toEqual(allAccepted({ unchanged: 2 }));
  expect(await importing(['product', products])).toEqual(allAccepted({ unchanged: 2, stockIgnored: 2 }));
  expect(await shop.snapshot()).toEqual(before);

  const renamed = { stdin: 'reference,name\nv-1,Ann B\nv-2,Bo B' };
  expect(await importing(['user', '-'], renamed)).toEqual(allAccepted({ updated: 2 }));
  const repriced = { stdin: 'reference,name,price,stock\nv-1,Pen,120,1\nv-2,Ink B,30,1' };
  expect(await importing(['product', '-'], repriced)).toEqual(allAccepted({ updated: 2, stockIgnored: 2 }));
  expect(await shop.ok(['balance', '@v-1'])).toMatchObject({ name: 'Ann B', balance: 670 });
  expect(await stored('product', 'v-')).toEqual([
    { reference: 'v-1', name: 'Pen', price: 120, stock: 47 },
    { reference: 'v-2', name: 'Ink B', price: 30, stock: 12 },
  ]);
  const after = await shop.snapshot();
  for (const table of ['orders', 'order_lines', 'point_transactions', 'stock_movements']) {
    expect(after[table]).toEqual(before[table]);
  }
  // a new order has the new price, and earlier orders keep theirs
  expect(await shop.ok(['order', 'place', '@v-1', '@v-1'])).toMatchObject({ total: 120, balance: 550 });
  expect((await worker.stop()).status).toBe(0);
});

it('several processes that import the same file at once create each reference once', async () => {
  const count = 1_500;
  const path = await file('at-once.csv', [
    'reference,name,price,stock',
    ...numbered(count, (n) => `c-${n},Item ${n},${n},${n}`),
  ]);
  const outcomes = await Promise.all(numbered(4, () => '').map(() => importing(['product', path])));
  for (const { status, counts } of outcomes) {
    expect({ status, ...counts, sum: counts.created + counts.unchanged }).toMatchObject({
      status: 0,
      updated: 0,
      refused: 0,
      sum: count,
    });
  }
  expect(outcomes.reduce((sum, { counts }) => sum + counts.created, 0)).toBe(count);
  expect(await stored('product', 'c-')).toHaveLength(count);
  expect(await importing(['product', path])).toEqual(allAccepted({ unchanged: count }));
});

describe('an interrupted import', () => {
  const count = 3 * CHUNK_ROWS;
  let run = 0;

  /** Opens another session that locks the user's row, but no gap beside the row, as the lane does. */
  async function lockUser(reference: string): Promise<{ release: () => Promise<void> }> {
    const other = await shop.connection();
    await other.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    await other.query('START TRANSACTION');
    await other.query('SELECT id FROM users WHERE reference = ? FOR UPDATE', [reference]);
    const release = async () => {
      await other.query('ROLLBACK');
      await other.end();
    };
    return { release };
  }

  /**
   * Starts an import that renames many rows and creates one. A row that another session locks blocks its third chunk.
   */
  async function startBlockedImport(...args: string[]) {
    run += 1;
    const prefix = `k${run}-`;
    const rows = (name: string) => numbered(count, (n) => `${prefix}${n},${name} ${n}`);
    await importing(['user', await file(`${prefix}before.csv`, ['reference,name', ...rows('Old')])]);
    const path = await file(`${prefix}after.csv`, ['reference,name', ...rows('New'), `${prefix}more,More`]);
    const { release } = await lockUser(`${prefix}${count - 5}`);
    const process = shop.start(['user', 'import', path, ...args], { env: NO_REDIS });
    const renamed = async () =>
      (await shop.sql('SELECT id FROM users WHERE reference LIKE ? AND name LIKE ?', [`${prefix}%`, 'New %'])).length;
    await eventually('the third chunk waits', async () => (await renamed()) === 2 * CHUNK_ROWS);
    return { path, process, renamed, waiting: await waitingConnection(), release };
  }

  /** Returns the id of the connection on which the import waits for a locked row. No other update takes long. */
  async function waitingConnection(): Promise<number> {
    return eventually('a statement that waits', async () => {
      const [row] = await shop.sql<{ id: number }>(
        "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID() AND INFO LIKE 'UPDATE JSON_TABLE%'",
      );
      return row?.id;
    });
  }

  const again = {
    status: 0,
    counts: { ...NONE, created: 1, updated: CHUNK_ROWS, unchanged: 2 * CHUNK_ROWS },
    refused: [],
  };
  const { stockIgnored: _, ...againDone } = again.counts;

  /** Returns the counts of the imports of this file, as the list of activities shows them, newest first. */
  async function importsOf(path: string): Promise<unknown[]> {
    const entries = await shop.ok<{ subject: string; after: unknown }[]>([
      'activity',
      'list',
      '--action',
      'user import',
    ]);
    return entries.filter(({ subject }) => subject === `file ${basename(path)}`).map(({ after }) => after);
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s keeps whole chunks, reports them, and continues in the next run', async (signal, exit) => {
    const { path, process, renamed, waiting, release } = await startBlockedImport();
    process.signal(signal);
    const { status, stdout, stderr } = await process.ended;
    expect({ status, stdout }).toEqual({ status: exit, stdout: '' });
    // on a slow machine, progress lines may precede the error
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(
      'shop: Interrupted. Processed rows of the file: at least 1,024. Run the same command again to continue; rows already imported count as unchanged.',
    );
    await release();
    await eventually('the session of the import has ended', async () => {
      return (await shop.sql('SELECT 1 FROM information_schema.PROCESSLIST WHERE ID = ?', [waiting])).length === 0;
    });
    expect(await renamed()).toBe(2 * CHUNK_ROWS);
    const done = { created: 0, updated: 2 * CHUNK_ROWS, unchanged: 0, refused: 0 };
    expect(await importsOf(path)).toEqual([done]);
    expect(await importing(['user', path])).toEqual(again);
    expect(await importsOf(path)).toEqual([againDone, done]);
  });

  it('by the server reports the processed rows, and continues in the next run', async () => {
    const { path, process, renamed, waiting, release } = await startBlockedImport('--json');
    await shop.sql(`KILL ${waiting}`);
    const { status, stdout, stderr } = await process.ended;
    await release();
    expect({ status, stdout }).toEqual({ status: 69, stdout: '' });
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('Processed rows of the file: at least 1,024'),
      details: { created: 0, updated: 1_024, unchanged: 0, refused: 0 },
    });
    expect(await renamed()).toBe(2 * CHUNK_ROWS);
    expect(await importing(['user', path])).toEqual(again);
  });

  it('by a change of its file reports the processed rows, and continues in the next run', async () => {
    const rows = numbered(8_000, (n) => `f-${n},${'가'.repeat(199)}`);
    await importing(['user', '-'], { stdin: 'reference,name\nf-1500,Held' });
    const path = await file('changing.csv', ['reference,name', ...rows]);
    const { release } = await lockUser('f-1500');
    const process = shop.start(['user', 'import', path, '--json'], { env: NO_REDIS });
    // a file is empty for a moment while it is written, so the import must not be reading it then
    await eventually('the earlier chunks are done', async () => (await stored('user', 'f-')).length > 1_000);
    await waitingConnection();
    await file('changing.csv', ['reference,name', ...rows.slice(0, 6_000)]);
    await release();
    const { status, stdout, stderr } = await process.ended;
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    const { error } = JSON.parse(stderr);
    expect(error.message).toMatch(
      /^file was changed while it was being read: .* Processed rows of the file: at least [1-9],\d+\.$/,
    );
    const { created, updated } = error.details;
    expect(await stored('user', 'f-')).toHaveLength(created + updated);
    expect(await importing(['user', path])).toEqual(
      allAccepted({ created: 6_000 - created - updated, unchanged: created + updated }),
    );
  });

  it('by a row lock of a few seconds resumes by itself, and reports its progress to people', async () => {
    const { process, release } = await startBlockedImport();
    await new Promise((resolve) => setTimeout(resolve, 5_100));
    await release();
    expect(await process.ended).toMatchObject({ status: 0, stderr: expect.stringMatching(/^([\d,]+ rows read\n)+$/) });
  });
});

describe('a large file', () => {
  let big: TestShop;

  beforeAll(async () => {
    big = await TestShop.create({ inProcess: true });
  });

  afterAll(async () => {
    expect(await big.faults()).toEqual([]);
    await big.close();
  });

  it('of 50,000 products takes seconds', async () => {
    const count = 50_000;
    const path = await file('big.csv', [
      'reference,name,price,stock',
      ...numbered(count, (n) => `${n},Item ${n},${n},${n}`),
    ]);
    const seconds: number[] = [];
    const timed = async (on: string) => {
      const started = performance.now();
      const outcome = await importing(['product', on], {}, big);
      seconds.push(Math.round((performance.now() - started) / 100) / 10);
      return outcome;
    };
    expect(await timed(path)).toEqual(allAccepted({ created: count }));
    expect(await timed(path)).toEqual(allAccepted({ unchanged: count }));
    const changed = numbered(count, (n) => JSON.stringify({ reference: n, name: `Item ${n}`, price: n + 1 }));
    expect(await timed(await file('big.jsonl', changed))).toEqual(allAccepted({ updated: count }));
    const [sums] = await big.sql(
      `SELECT COUNT(*) AS count, SUM(price - stock) AS above, (SELECT COUNT(*) FROM stock_movements) AS movements
       FROM products`,
    );
    expect(sums).toEqual({ count, above: String(count), movements: count });
    // row-by-row work would exceed this limit; the import normally takes a few seconds
    for (const took of seconds) expect(took).toBeLessThan(90);
  });

  const data = fileURLToPath(new URL('../../../shared/data/online-retail-2010-12/', import.meta.url));

  it.skipIf(!existsSync(data))('of real users and products takes seconds', async () => {
    for (const [kind, count] of [
      ['user', 885],
      ['product', 2_411],
    ] as const) {
      const path = join(data, `${kind}s.csv`);
      const real = await TestShop.create({ inProcess: true });
      const started = performance.now();
      expect(await importing([kind, path], {}, real)).toEqual(allAccepted({ created: count }));
      expect(performance.now() - started).toBeLessThan(60_000);
      expect(await importing([kind, path], {}, real)).toEqual(allAccepted({ unchanged: count }));
      const [{ stocks } = { stocks: 0 }] = await real.sql<{ stocks: number }>(
        'SELECT COUNT(*) AS stocks FROM stock_movements',
      );
      expect(stocks).toBe(kind === 'product' ? count : 0);
      expect(await real.faults()).toEqual([]);
      await real.close();
    }
  });
});
