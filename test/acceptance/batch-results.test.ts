import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

interface Row {
  readonly line: number;
  readonly code: string | null;
  readonly orderId: number | null;
}

const ROWS = 1_234;
/** The file has one unreadable row in a hundred. */
const BAD = Math.floor(ROWS / 100);

let shop: TestShop;
let folder: string;
let path: string;
let all: Row[];

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  folder = await mkdtemp(join(tmpdir(), 'shop-results-'));
  await shop.startWorker();
  await shop.created(['user', 'create', 'Ann', '--reference', 'ann']);
  path = join(folder, 'long.csv');
  const rows = Array.from({ length: ROWS }, (_, index) => `charge,@ann,${(index + 1) % 100 === 0 ? 'none' : 1}\n`);
  await writeFile(path, `kind,user,amount\n${rows.join('')}`);
  expect((await shop.run(['batch', 'run', path, '--name', 'long', '--quiet'])).status).toBe(6);
  const pages = [[], ['--after', '1001']].map((page) =>
    shop.ok<Row[]>(['batch', 'results', 'long', '--limit', '1000', ...page]),
  );
  all = (await Promise.all(pages)).flat();
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
  await rm(folder, { recursive: true });
});

/** Lists all entries of a folder, including hidden files. */
async function names(of: string): Promise<string[]> {
  return (await readdir(of)).sort();
}

async function recorded(): Promise<number> {
  const [row] = await shop.sql<{ count: number }>('SELECT COUNT(*) AS count FROM requests');
  return row?.count ?? -1;
}

it('shows the rows in file order, one page at a time, by name and by id', async () => {
  expect(all.map(({ line }) => line)).toEqual(Array.from({ length: ROWS }, (_, index) => index + 2));
  expect(all.filter(({ code }) => code === 'INVALID_INPUT')).toHaveLength(BAD);
  expect(all[0]).toEqual({
    line: 2,
    key: 'long:2',
    kind: 'charge',
    status: 'applied',
    code: null,
    orderId: null,
    balance: 1,
    reason: null,
  });
  expect(all.at(-1)).toMatchObject({ line: ROWS + 1, balance: ROWS - BAD });
  const { batchId } = await shop.ok(['batch', 'show', 'long']);
  expect(await shop.ok(['batch', 'results', String(batchId)])).toEqual(all.slice(0, 20));
  // this page spans an unreadable row, which makes no request
  const page = ['--limit', '7', '--after', '98'];
  expect(await shop.ok(['batch', 'results', 'long', ...page])).toEqual(all.slice(97, 104));
  expect(await shop.ok(['batch', 'results', 'long', '--after', String(ROWS + 1)])).toEqual([]);
  expect(await shop.refused(['batch', 'results', 'long', '--limit', '1001'])).toMatchObject({ status: 2 });
  expect(await shop.refused(['batch', 'results', 'long', '--after', '-1'])).toMatchObject({ status: 2 });
});

it('lists batches newest first with their totals, and prefers a name to an id', async () => {
  const small = join(folder, 'small.jsonl');
  await writeFile(small, '{"kind":"charge","user":"@nobody","amount":1}\n');
  // the name of this batch equals the id of another batch
  await shop.run(['batch', 'run', small, '--name', '1']);
  const long = await shop.ok(['batch', 'show', 'long']);
  const one = await shop.ok(['batch', 'show', '1']);
  expect(long).toMatchObject({ batchId: 1, name: 'long', total: ROWS, applied: ROWS - BAD, refused: BAD, pending: 0 });
  expect(one).toMatchObject({ batchId: 2, name: '1', total: 1, applied: 0, refused: 1, failed: 0, replayed: 0 });
  expect(await shop.ok(['batch', 'list'])).toEqual([one, long]);
  expect(await shop.ok(['batch', 'list', '--limit', '1'])).toEqual([one]);
  expect(await shop.ok(['batch', 'list', '--after', '2'])).toEqual([long]);
  expect(await shop.ok(['batch', 'results', '1'])).toMatchObject([{ line: 1, code: 'INVALID_USER' }]);
});

it.each(['show', 'results'])('reports INVALID_BATCH if `batch %s` finds no batch', async (command) => {
  for (const batch of ['99', 'LONG', '']) {
    expect(await shop.refused(['batch', command, batch])).toMatchObject({ status: 4, code: 'INVALID_BATCH' });
  }
  expect(await shop.refused(['batch', command])).toMatchObject({ status: 2, code: 'INPUT_REQUIRED' });
});

it.each(['csv', 'tsv', 'jsonl'])("writes each row's outcome to a file: .%s", async (ending) => {
  const home = join(folder, ending);
  await mkdir(home);
  const target = join(home, `outcomes.${ending}`);
  await writeFile(target, 'from an earlier run');
  expect((await shop.run(['batch', 'run', path, '--name', 'long', '--quiet', '--results', target])).status).toBe(6);
  expect(await names(home)).toEqual([`outcomes.${ending}`]);
  const text = await readFile(target, 'utf8');
  if (ending === 'jsonl') {
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(all);
    return;
  }
  const rows = parse(text, { delimiter: ending === 'tsv' ? '\t' : ',', quote: ending === 'tsv' ? null : '"' });
  const [header, ...cells] = rows as string[][];
  expect(header).toEqual(Object.keys(all[0] ?? {}));
  const expected = all.map((row) => Object.values(row).map((cell) => (cell === null ? '' : String(cell))));
  // TSV doubles backslashes, but the reasons in this test contain none
  expect(cells).toEqual(expected);
});

it('writes the rows that a dry run could not send, and names the file after the first 20 of them', async () => {
  const rows = Array.from({ length: 1_100 }, (_, index) => `charge,@ann,${index % 50 === 0 ? 'none' : 1}\n`);
  const dry = join(folder, 'dry.csv');
  await writeFile(dry, `kind,user,amount\n${rows.join('')}`);
  const target = join(folder, 'dry-results.jsonl');
  const before = await recorded();
  const { status, stderr } = await shop.run(['batch', 'run', dry, '--name', 'dry', '--dry-run', '--results', target]);
  expect(status).toBe(6);
  const lines = stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(22);
  expect(lines.slice(20)).toEqual([
    `2 more rows were refused. All refused rows will be written to ${target}.`,
    'This was a dry run: nothing was sent.',
  ]);
  const written = (await readFile(target, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(written).toHaveLength(22);
  expect(written[1]).toEqual({
    line: 52,
    key: 'dry:52',
    kind: 'charge',
    status: 'refused',
    code: 'INVALID_INPUT',
    orderId: null,
    balance: null,
    reason: expect.stringContaining('amount must be a whole number'),
  });
  expect(await recorded()).toBe(before);
});

it('writes a header if there are no rows', async () => {
  const empty = join(folder, 'empty.csv');
  await writeFile(empty, 'user,items\n');
  const target = join(folder, 'no-rows.csv');
  await shop.ok(['batch', 'run', empty, '--results', target]);
  expect(await readFile(target, 'utf8')).toBe('line,key,kind,status,code,orderId,balance,reason\n');
});

it('writes through a symbolic link and keeps the link', async () => {
  const [target, name] = [join(folder, 'behind.csv'), join(folder, 'link.csv')];
  await writeFile(target, 'old');
  await symlink(target, name);
  await shop.run(['batch', 'run', path, '--name', 'long', '--quiet', '--results', name]);
  expect(await readlink(name)).toBe(target);
  expect((await readFile(target, 'utf8')).trimEnd().split('\n')).toHaveLength(ROWS + 1);
});

it.each([0o600, 0o644, 0o666])('keeps the mode of an existing results file: %o', async (mode) => {
  const target = join(folder, `of-mode-${mode}.csv`);
  await writeFile(target, 'old');
  await chmod(target, mode);
  await shop.run(['batch', 'run', path, '--name', 'long', '--quiet', '--results', target]);
  expect((await stat(target)).mode & 0o777).toBe(mode);
  expect(await readFile(target, 'utf8')).toMatch(/^line,key/);
});

it("sends nothing if the results can't be written", async () => {
  const fresh = join(folder, 'fresh.csv');
  await writeFile(fresh, 'kind,user,amount\ncharge,@ann,1\n');
  const closed = join(folder, 'closed');
  await mkdir(closed);
  await chmod(closed, 0o500);
  const [hard, soft] = [join(folder, 'hard.csv'), join(folder, 'soft.csv')];
  await link(fresh, hard);
  await symlink(fresh, soft);
  const before = [await recorded(), await names(folder)];
  const places = [
    join(folder, 'no-folder', 'x.csv'),
    folder,
    `${folder}/`,
    `${folder}/x.csv/`,
    '',
    '/dev/null',
    fresh,
    hard,
    soft,
    join(folder, 'closed', '..', 'fresh.csv'),
    join(path, 'x.csv'),
    join(folder, 'results.txt'),
    join(folder, 'results'),
    join(folder, 'results.csv.gz'),
  ];
  // root may write anywhere
  if (process.getuid?.() !== 0) places.push(join(closed, 'x.csv'));
  for (const place of places) {
    const error = await shop.refused(['batch', 'run', fresh, '--results', place]);
    expect(error).toMatchObject({ status: 2, code: 'INVALID_INPUT', details: { field: '--results' } });
    if (!place.endsWith('.csv')) expect(error.message).toContain('must end with .csv, .tsv, .jsonl or .ndjson, not');
  }
  expect([await recorded(), await names(folder)]).toEqual(before);
  expect(await readFile(fresh, 'utf8')).toBe('kind,user,amount\ncharge,@ann,1\n');
});
