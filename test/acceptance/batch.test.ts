import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RunOptions, TestShop } from '../support/shop.ts';

interface Batch {
  readonly batchId: number | null;
  readonly name: string;
  readonly total: number;
  readonly applied: number;
  readonly refused: number;
  readonly failed: number;
  readonly pending: number;
  readonly replayed: number;
  readonly seconds: number;
}

interface Row {
  readonly line: number;
  readonly key: string | null;
  readonly kind: string | null;
  readonly status: string;
  readonly code: string | null;
  readonly orderId: number | null;
  readonly balance: number | null;
  readonly reason: string | null;
}

let shop: TestShop;
let folder: string;
let pen: number;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  folder = await mkdtemp(join(tmpdir(), 'shop-batch-'));
  await shop.startWorker();
  pen = await shop.created(['product', 'create', 'Pen', '--price', '100', '--stock', '1000', '--reference', 'pen']);
  await shop.created(['product', 'create', 'Ink', '--price', '10', '--stock', '1000', '--reference', 'ink']);
});

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
  await rm(folder, { recursive: true });
});

async function file(name: string, ...lines: string[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

async function user(reference: string): Promise<void> {
  await shop.created(['user', 'create', reference, '--reference', reference]);
}

/** Runs a batch that completes, including when rows were refused. */
async function run(args: readonly string[], options?: RunOptions) {
  const { status, stdout, stderr } = await shop.run(['batch', 'run', ...args, '--json'], options);
  if (stdout === '') throw new Error(`exit ${status}: ${stderr}`);
  // on a slow machine, progress lines appear between the reported rows
  const reported = stderr.split('\n').flatMap((line) => (line.startsWith('{"row":') ? [JSON.parse(line).row] : []));
  return { status, batch: JSON.parse(stdout) as Batch, reported };
}

function results(name: string): Promise<Row[]> {
  return shop.ok(['batch', 'results', name, '--limit', '1000']);
}

/** Returns each row's line and outcome: its code, or `applied` and the balance. */
async function outcomes(name: string): Promise<unknown[]> {
  return (await results(name)).map(({ line, status, code, balance }) =>
    status === 'applied' ? [line, status, balance] : [line, code ?? status],
  );
}

/** Reads every row that a batch could change. */
async function everything(): Promise<unknown> {
  const tables = ['requests', 'outcomes', 'batches', 'batch_exceptions'];
  const rows = await Promise.all(tables.map((table) => shop.sql(`SELECT * FROM ${table} ORDER BY 1, 2`)));
  return [await shop.snapshot(), rows];
}

it('applies orders and charges in the order of the file', async () => {
  await user('mixed');
  const path = await file(
    'mixed.csv',
    'kind,user,items,amount,key',
    'order,@mixed,@pen,,',
    'charge,@mixed,,250,',
    'order,@mixed,@pen:2,,second-pens',
    ',@mixed,@ink:6,,',
    ',@mixed,@ink:2 @ink:3,,',
    'charge,@mixed,,7,',
  );
  const { status, batch, reported } = await run([path, '--name', 'mixed']);
  expect({ status, reported }).toEqual({ status: 6, reported: [] });
  expect(batch).toEqual({
    batchId: expect.any(Number),
    name: 'mixed',
    total: 6,
    applied: 4,
    refused: 2,
    failed: 0,
    pending: 0,
    replayed: 0,
    seconds: expect.any(Number),
  });
  const orders = await shop.ok<{ orderId: number; total: number }[]>(['order', 'list']);
  const [ink, pens] = orders.map(({ orderId }) => orderId);
  const nothing = { code: null, orderId: null, balance: null, reason: null };
  const refused = { ...nothing, status: 'refused', code: 'INSUFFICIENT_POINTS' };
  expect(await results('mixed')).toEqual([
    {
      ...refused,
      line: 2,
      key: 'mixed:2',
      kind: 'order',
      reason: expect.stringContaining('has 0 points, but 100 are'),
    },
    { ...nothing, line: 3, key: 'mixed:3', kind: 'charge', status: 'applied', balance: 250 },
    { ...nothing, line: 4, key: 'second-pens', kind: 'order', status: 'applied', orderId: pens, balance: 50 },
    {
      ...refused,
      line: 5,
      key: 'mixed:5',
      kind: 'order',
      reason: expect.stringContaining('has 50 points, but 60 are'),
    },
    { ...nothing, line: 6, key: 'mixed:6', kind: 'order', status: 'applied', orderId: ink, balance: 0 },
    { ...nothing, line: 7, key: 'mixed:7', kind: 'charge', status: 'applied', balance: 7 },
  ]);
  expect(await shop.ok(['request', 'show', 'mixed:6'])).toMatchObject({
    kind: 'order',
    status: 'applied',
    actor: 'tester',
    payload: { user: '@mixed', items: [{ product: '@ink', quantity: 5 }] },
  });
});

it('accepts JSON lines with items as text and as objects, by id and by reference', async () => {
  await user('json');
  const path = await file(
    'forms.jsonl',
    '{"kind":"charge","user":"@json","amount":10000}',
    `{"user":"@json","items":"${pen}:2 @ink"}`,
    `{"kind":"order","user":"@json","items":[{"productId":${pen},"quantity":2},{"productId":"@ink","quantity":1}]}`,
    `{"user":"@json","items":[{"productId":"${pen}","quantity":"2"},{"productId":"@ink"}],"amount":null,"key":null}`,
    `{"user":"@json","items":"@pen:1 ${pen}:1 @ink","key":"by-both-names"}`,
    '{"kind":"charge","user":"@json","amount":"5","key":1001}',
  );
  const { status, batch } = await run([path]);
  expect({ status, batch }).toMatchObject({ status: 0, batch: { total: 6, applied: 6, refused: 0, replayed: 0 } });
  expect(batch.name).toMatch(/^batch-[0-9a-f]{32}$/);
  const rows = await results(batch.name);
  expect(rows.map(({ line, key }) => [line, key])).toEqual([
    [1, `${batch.name}:1`],
    [2, `${batch.name}:2`],
    [3, `${batch.name}:3`],
    [4, `${batch.name}:4`],
    [5, 'by-both-names'],
    [6, '1001'],
  ]);
  for (const { orderId } of rows.slice(1, 5)) {
    const lines = [
      { name: 'Pen', quantity: 2, unitPrice: 100, amount: 200 },
      { name: 'Ink', quantity: 1, unitPrice: 10, amount: 10 },
    ];
    expect(await shop.ok(['order', 'show', String(orderId)])).toMatchObject({ total: 210, lines });
  }
  expect(rows.at(-1)).toMatchObject({ balance: 10_000 - 4 * 210 + 5 });
});

it('counts lines as an editor does: byte-order mark, CRLF, blank lines, rows of several lines, no final newline', async () => {
  await user('lines');
  const path = join(folder, 'lines.csv');
  const text =
    '\ufeffuser,kind,amount\r\n\r\n@lines,charge,5\r\n@lines,"char\r\nge",5\r\n \r\n"@lines",charge,"7"\r\n@lines,charge,8';
  await writeFile(path, text);
  const { status, batch, reported } = await run([path, '--name', 'lines']);
  expect({ status, batch }).toMatchObject({ status: 6, batch: { total: 4, applied: 3, refused: 1 } });
  expect(reported).toEqual([
    { line: 4, code: 'INVALID_INPUT', reason: expect.stringMatching(/^kind must be order, /) },
  ]);
  expect(await outcomes('lines')).toEqual([
    [3, 'applied', 5],
    [4, 'INVALID_INPUT'],
    [7, 'applied', 12],
    [8, 'applied', 20],
  ]);
});

it('applies nothing when the same file is run again, and counts all rows as replayed', async () => {
  await user('again');
  const path = await file(
    'again.csv',
    'kind,user,items,amount',
    'charge,@again,,150',
    ',@again,@pen,',
    ',@again,@pen,',
    'charge,@nobody,,1',
    'charge,@again,,0',
  );
  const first = await run([path]);
  expect(first).toMatchObject({ status: 6, batch: { total: 5, applied: 2, refused: 3, replayed: 0 } });
  const before = await shop.snapshot();
  const rows = await results(first.batch.name);
  // a copy under another file name is the same batch, because its content is the same
  const copy = join(folder, 'copy-of-again.csv');
  await copyFile(path, copy);
  for (const same of [path, copy]) {
    const again = await run([same]);
    // an unreadable row was never decided, so it is not replayed
    expect(again.batch).toEqual({ ...first.batch, replayed: 4, seconds: expect.any(Number) });
    expect({ status: again.status, reported: again.reported }).toEqual({ status: 6, reported: first.reported });
  }
  expect(await shop.snapshot()).toEqual(before);
  expect(await results(first.batch.name)).toEqual(rows);
  // lists show the result of the latest run
  expect(await shop.ok(['batch', 'show', first.batch.name])).toMatchObject({ total: 5, refused: 3, replayed: 4 });
});

it('applies fixed rows under the same name', async () => {
  await user('mended');
  const rows = [
    'kind,user,items,amount',
    'charge,@mended,,100',
    'charge,@mended,,1e3',
    ',@mended,@pen:1,,x',
    ',@mended,@pen,',
  ];
  const first = await run([await file('mended.csv', ...rows), '--name', 'mended']);
  expect(first).toMatchObject({ status: 6, batch: { total: 4, applied: 2, refused: 2 } });
  expect(first.reported).toMatchObject([{ line: 3 }, { line: 4, reason: expect.stringContaining('5 cells') }]);

  const fixed = rows.with(2, 'charge,@mended,,1000').with(3, ',@mended,@pen:1,');
  const second = await run([await file('mended.csv', ...fixed), '--name', 'mended']);
  expect(second).toMatchObject({ status: 0, reported: [] });
  expect(second.batch).toEqual({ ...first.batch, applied: 4, refused: 0, replayed: 2, seconds: expect.any(Number) });
  expect(await outcomes('mended')).toEqual([
    [2, 'applied', 100],
    [3, 'applied', 1000],
    [4, 'applied', 900],
    [5, 'applied', 0],
  ]);
});

it('refuses rows whose key was recorded before with other content', async () => {
  await user('torn');
  await shop.ok(['charge', '@torn', '1000', '--key', 'of-a-command']);
  await run([await file('earlier.csv', 'kind,user,amount,key', 'charge,@torn,1,of-a-batch'), '--name', 'earlier']);
  const path = await file(
    'torn.csv',
    'kind,user,items,amount,key',
    'charge,@torn,,1001,of-a-command',
    'order,@torn,@pen,,of-a-batch',
    'charge,@torn,,5,of-this-file',
    'charge,@torn,,6,of-this-file',
    'charge,@torn,,7,torn:7',
    'charge,@torn,,8,',
  );
  const { status, batch, reported } = await run([path, '--name', 'torn']);
  expect({ status, batch }).toMatchObject({ status: 6, batch: { total: 6, applied: 2, refused: 4, replayed: 0 } });
  const reason = (key: string) => `key ${key} was used before with different content`;
  const conflicts = [
    { line: 2, code: 'IDEMPOTENCY_CONFLICT', reason: reason('of-a-command') },
    { line: 3, code: 'IDEMPOTENCY_CONFLICT', reason: reason('of-a-batch') },
    { line: 5, code: 'IDEMPOTENCY_CONFLICT', reason: reason('of-this-file') },
    // a row with an explicit key takes the default key of a later row, which is then refused
    { line: 7, code: 'IDEMPOTENCY_CONFLICT', reason: reason('torn:7') },
  ];
  expect(reported).toEqual(conflicts);
  expect(await outcomes('torn')).toEqual([
    [2, 'IDEMPOTENCY_CONFLICT'],
    [3, 'IDEMPOTENCY_CONFLICT'],
    [4, 'applied', 1006],
    [5, 'IDEMPOTENCY_CONFLICT'],
    [6, 'applied', 1013],
    [7, 'IDEMPOTENCY_CONFLICT'],
  ]);
  const refused = (await results('torn')).filter(({ code }) => code === 'IDEMPOTENCY_CONFLICT');
  expect(refused.map(({ line, code, reason: why }) => ({ line, code, reason: why }))).toEqual(conflicts);
  expect(refused[0]).toMatchObject({
    key: 'of-a-command',
    kind: 'charge',
    status: 'refused',
    orderId: null,
    balance: null,
  });
});

it('returns the first outcome if a command, another batch or an earlier row has decided the key', async () => {
  await user('shared');
  await shop.ok(['charge', '@shared', '500', '--key', 'shared-charge']);
  const order = ['order', 'place', '@shared', '@pen:2', '@ink:3', '--key', 'shared-order'];
  const { orderId } = await shop.ok(order);
  await shop.refused(['order', 'place', '@shared', '@pen:9', '--key', 'shared-refusal']);
  const text = [
    'kind,user,items,amount,key',
    'order,@shared,@ink:1 @pen:2 @ink:2,,shared-order',
    'charge,@shared,,500,shared-charge',
    'order,@shared,@pen:9,,shared-refusal',
    'charge,@shared,,30,shared-new',
    'charge,@shared,,30,shared-new',
  ];
  const first = await run([await file('shared.csv', ...text), '--name', 'shared']);
  expect(first).toMatchObject({ status: 6, reported: [], batch: { total: 5, applied: 4, refused: 1, replayed: 4 } });
  const rows = await results('shared');
  expect(rows).toMatchObject([
    { line: 2, key: 'shared-order', kind: 'order', status: 'applied', orderId, balance: 270 },
    { line: 3, key: 'shared-charge', kind: 'charge', status: 'applied', orderId: null, balance: 500 },
    { line: 4, key: 'shared-refusal', status: 'refused', code: 'INSUFFICIENT_POINTS', balance: null },
    { line: 5, key: 'shared-new', status: 'applied', balance: 300 },
    { line: 6, key: 'shared-new', status: 'applied', balance: 300 },
  ]);
  const other = await run([await file('other.csv', ...text), '--name', 'other']);
  expect(other).toMatchObject({ status: 6, batch: { total: 5, applied: 4, refused: 1, replayed: 5 } });
  expect(await results('other')).toEqual(rows);
  // a command also returns the outcome of a batch row
  expect(await shop.ok(['charge', '@shared', '30', '--key', 'shared-new'])).toMatchObject({
    replayed: true,
    balance: 300,
  });
  expect(await shop.ok(['balance', '@shared'])).toMatchObject({ balance: 300 });
});

const KINDS = 'kind must be order, charge, points-adjust, restock, stock-adjust, cancel or return';

const BAD_ROWS = [
  ['charge,@bad,,-1,', 'amount must be a whole number from 1 to 1,000,000,000,000, not "-1"'],
  ['charge,@bad,,0,', 'amount must be a whole number from 1 to 1,000,000,000,000, not "0"'],
  ['charge,@bad,,1.5,', 'amount must be a whole number from 1 to 1,000,000,000,000, not "1.5"'],
  [
    'charge,@bad,,1e3,',
    'amount must be a whole number from 1 to 1,000,000,000,000 in plain digits, such as 1200, not "1e3"',
  ],
  [
    'charge,@bad,,9007199254740992,',
    'amount must be a whole number from 1 to 1,000,000,000,000, not "9007199254740992"',
  ],
  ['charge,@bad,,,', 'amount is missing'],
  ['charge,@bad,1:1,5,', 'items is not a column of the kind charge (columns: user, amount, reason)'],
  ['order,@bad,@pen,5,', 'amount is not a column of the kind order (columns: user, items, reason)'],
  ['order,@bad,,,', 'items is missing'],
  ['order,@bad,  ,,', 'items is missing'],
  ['order,@bad,@pen:0,,', 'quantity must be a whole number from 1 to 1,000,000, not "0"'],
  ['order,@bad,@pen:1000000 @pen:1,,', 'quantity of product @pen adds up to more than 1,000,000'],
  ['order,@bad,pen,,', 'product must be an id, or a reference that starts with @ (@pen), not "pen"'],
  [
    'order,@bad,@pen!,,',
    'product must be 1 to 64 characters (letters, digits and . _ - + / # @ & %; no @ at the beginning), not "pen!"',
  ],
  ['order,,@pen,,', 'user is missing'],
  ['order,bad,@pen,,', 'user must be an id, or a reference that starts with @ (@bad), not "bad"'],
  [
    `charge,@bad,,5,${'k'.repeat(129)}`,
    `key must be 1 to 128 characters (A-Z, a-z, 0-9 and . _ : -), not "${'k'.repeat(60)}..."`,
  ],
  ['refund,@bad,@pen,,', `${KINDS}, not "refund"`],
  ['__proto__,@bad,@pen,,', `${KINDS}, not "__proto__"`],
  [
    "charge,@bad,,5,'; DROP TABLE users; --",
    `key must be 1 to 128 characters (A-Z, a-z, 0-9 and . _ : -), not "'; DROP TABLE users; --"`,
  ],
  ['charge,@bad,,5,,,x', 'row has 7 cells, but the header has 5'],
  ['charge,@bad,,"5" ,', 'row has text after a closing quote'],
] as const;

it('reports each unreadable row with its line and reason, and applies the others', async () => {
  await user('bad');
  const rows = BAD_ROWS.flatMap(([row], index) => [row, `charge,@bad,,1,${index % 2 === 0 ? 'K' : 'k'}${index >> 1}`]);
  const path = await file('bad.csv', 'kind,user,items,amount,key', ...rows);
  const { status, batch, reported } = await run([path, '--name', 'bad']);
  const expected = BAD_ROWS.map(([, reason], index) => ({ line: 2 + 2 * index, code: 'INVALID_INPUT', reason }));
  expect(reported).toEqual(expected);
  const count = BAD_ROWS.length;
  expect({ status, batch }).toMatchObject({ status: 6, batch: { total: 2 * count, applied: count, refused: count } });
  const refused = (await results('bad')).filter(({ status: outcome }) => outcome === 'refused');
  expect(refused.map(({ line, code, reason }) => ({ line, code, reason }))).toEqual(expected);
  // keys that differ only in case are different keys
  expect(await shop.ok(['balance', '@bad'])).toMatchObject({ balance: count });

  const people = await shop.run(['batch', 'run', path, '--name', 'bad']);
  expect(people.status).toBe(6);
  const lines = people.stderr.split('\n').filter((line) => line.startsWith('line '));
  expect(lines).toEqual(expected.slice(0, 20).map(({ line, reason }) => `line ${line}: ${reason}`));
  expect(people.stderr).toContain(
    `\n${expected.length - 20} more rows were refused. Add \`--results refused.csv\` to write all refused rows to a file.\n`,
  );
  for (const flags of [['--quiet'], ['--quiet', '--json']]) {
    expect(await shop.run(['batch', 'run', path, '--name', 'bad', ...flags])).toMatchObject({ status: 6, stderr: '' });
  }
});

it('accepts unusual keys: numbers, colons, one and 128 characters', async () => {
  await user('keys');
  const keys = ['1', 'a:b:c', 'A', 'a', '-', '.', 'k'.repeat(128), '__proto__', 'constructor', 'NULL'];
  const path = await file('keys.csv', 'key,kind,user,amount', ...keys.map((key) => `${key},charge,@keys,1`));
  const { status, batch } = await run([path, '--name', 'keys']);
  expect({ status, batch }).toMatchObject({ status: 0, batch: { applied: keys.length, replayed: 0 } });
  expect((await results('keys')).map(({ key }) => key)).toEqual(keys);
  expect((await run([path, '--name', 'keys'])).batch).toMatchObject({ applied: keys.length, replayed: keys.length });
  expect(await shop.ok(['balance', '@keys'])).toMatchObject({ balance: keys.length });
});

it('reads standard input if the rows have keys or the batch has a name', async () => {
  await user('piped');
  const keyless = 'kind,user,amount\ncharge,@piped,5\n';
  const before = await everything();
  const missing = await shop.refused(['batch', 'run', '-'], { stdin: keyless });
  expect(missing).toMatchObject({ status: 2, code: 'INPUT_REQUIRED', details: { missing: ['--name'] } });
  expect(await everything()).toEqual(before);

  const named = await run(['-', '--name', 'piped'], { stdin: keyless });
  expect(named).toMatchObject({ status: 0, batch: { name: 'piped', total: 1, applied: 1 } });
  expect((await run(['-', '--name', 'piped'], { stdin: keyless })).batch).toMatchObject({ applied: 1, replayed: 1 });

  // the first character distinguishes JSON from CSV
  const lines = [
    '{"kind":"charge","user":"@piped","amount":6,"key":"piped-6"}',
    '{"kind":"charge","user":"@piped","amount":7}',
  ];
  const stdin = `\n${lines.join('\n')}`;
  const keyed = await run(['-'], { stdin });
  expect(keyed).toMatchObject({ status: 6, batch: { total: 2, applied: 1, refused: 1, replayed: 0 } });
  expect(keyed.reported).toEqual([{ line: 3, code: 'INVALID_INPUT', reason: expect.stringContaining('--name') }]);
  expect((await run(['-'], { stdin })).batch).toMatchObject({ name: keyed.batch.name, applied: 1, replayed: 1 });
  expect(await shop.ok(['balance', '@piped'])).toMatchObject({ balance: 11 });
});

it('prefers --format to the extension of the file name, and accepts a file with only a header as an empty batch', async () => {
  await user('odd');
  const path = await file('odd.txt', '{"kind":"charge","user":"@odd","amount":1}');
  expect(await run([path, '--format', 'jsonl'])).toMatchObject({ status: 0, batch: { applied: 1 } });
  expect(await shop.refused(['batch', 'run', path, '--format', 'csv'])).toMatchObject({
    status: 2,
    code: 'INVALID_INPUT',
  });
  expect(await shop.refused(['batch', 'run', path, '--format', 'xml'])).toMatchObject({
    status: 2,
    code: 'INVALID_INPUT',
  });
  const empty = await run([await file('empty.csv', 'kind,user,amount')]);
  expect(empty).toMatchObject({ status: 0, batch: { total: 0, applied: 0, pending: 0 } });
  expect(await results(empty.batch.name)).toEqual([]);
});

it('changes nothing in a dry run, and reports rows that could not be sent', async () => {
  await user('dry');
  await shop.ok(['charge', '@dry', '5', '--key', 'dry-known']);
  await shop.refused(['order', 'place', '@dry', '@pen', '--key', 'dry-refused']);
  const path = await file(
    'dry.csv',
    'kind,user,items,amount,key',
    'charge,@dry,,1,',
    'charge,@dry,,6,dry-known',
    'charge,@dry,,5,dry-known',
    ',@dry,@pen,,dry-refused',
    ',@dry,@pen:x,,',
    'charge,@dry,,2,dry-twice',
    'charge,@dry,,2,dry-twice',
    'charge,@dry,,3,dry-twice',
  );
  const before = await everything();
  const { status, batch, reported } = await run([path, '--name', 'dry', '--dry-run'], {
    env: { SHOP_REDIS_URL: 'redis://127.0.0.1:1' },
  });
  expect(reported).toMatchObject([
    { line: 3, code: 'IDEMPOTENCY_CONFLICT' },
    { line: 6, code: 'INVALID_INPUT' },
    { line: 9, code: 'IDEMPOTENCY_CONFLICT' },
  ]);
  expect({ status, batch }).toEqual({
    status: 6,
    batch: {
      batchId: null,
      name: 'dry',
      total: 8,
      applied: 1,
      refused: 4,
      failed: 0,
      pending: 3,
      replayed: 3,
      seconds: 0,
    },
  });
  expect(await everything()).toEqual(before);
  expect(await shop.refused(['batch', 'show', 'dry'])).toMatchObject({ status: 4, code: 'INVALID_BATCH' });

  const real = await run([path, '--name', 'dry']);
  expect(real).toMatchObject({ status: 6, reported, batch: { total: 8, applied: 4, refused: 4, replayed: 3 } });
  const after = await everything();
  const again = await run([path, '--name', 'dry', '--dry-run']);
  expect(again).toMatchObject({ status: 6, reported, batch: { ...real.batch, replayed: 5, seconds: 0 } });
  expect(await everything()).toEqual(after);
});

it('refuses names that are not valid in keys, and options that contradict each other', async () => {
  await user('names');
  const path = await file('names.csv', 'kind,user,amount', 'charge,@names,5');
  const before = await everything();
  for (const args of [
    [path, '--name', ''],
    [path, '--name', 'a b'],
    [path, '--name', 'n'.repeat(101)],
    [path, '--timeout', 'soon'],
    [join(folder, 'not-there.csv')],
    [folder],
  ]) {
    expect(await shop.refused(['batch', 'run', ...args])).toMatchObject({ status: 2, code: 'INVALID_INPUT' });
  }
  expect(await everything()).toEqual(before);
  // the longest name leaves room for a line number
  const longest = await run([path, '--name', 'n'.repeat(100)]);
  expect(longest).toMatchObject({ status: 0, batch: { applied: 1 } });
});
