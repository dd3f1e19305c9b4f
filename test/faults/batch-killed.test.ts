import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { Oracle } from '../support/oracle.ts';
import { randomBatch, seededRandom } from '../support/random-batch.ts';
import { waitForRecovery } from '../support/recovery.ts';
import { TestShop } from '../support/shop.ts';

const USERS = ['ann', 'bo', 'cy', 'di'];
const PRODUCTS = ['pen,Pen,7,100000', 'ink,Ink,31,1200', 'cap,Cap,110,120', 'bag,Bag,240,8'];

interface Totals {
  readonly total: number;
  readonly applied: number;
  readonly refused: number;
  readonly failed: number;
  readonly pending: number;
}

let shop: TestShop;
let folder: string;
/** Predicts the outcomes of all runs so far, because the tests build on each other. */
let oracle: Oracle;

beforeAll(async () => {
  shop = await TestShop.create();
  folder = await mkdtemp(join(tmpdir(), 'shop-killed-'));
  oracle = new Oracle(`reference\n${USERS.join('\n')}`, `reference,name,price,stock\n${PRODUCTS.join('\n')}`);
  await Promise.all([
    shop.startWorker(),
    ...USERS.map((name) => shop.created(['user', 'create', name, '--reference', name])),
    ...PRODUCTS.map((product) => {
      const [reference = '', name = '', price = '', stock = ''] = product.split(',');
      return shop.created(['product', 'create', name, '--price', price, '--stock', stock, '--reference', reference]);
    }),
  ]);
});

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
  await rm(folder, { recursive: true });
});

/** Writes a random batch file with the given number of rows. */
async function randomFile(name: string, count: number, seed: number): Promise<{ path: string; text: string }> {
  const products = PRODUCTS.map((product) => product.split(',')[0] ?? '');
  const text = randomBatch(USERS, products, count, seed);
  const path = join(folder, `${name}.csv`);
  await writeFile(path, text);
  return { path, text };
}

async function count(table: 'requests' | 'outcomes'): Promise<number> {
  const [row] = await shop.sql<{ count: number }>(`SELECT COUNT(*) AS count FROM ${table}`);
  return row?.count ?? -1;
}

/** Expects that the outcomes of a batch, and the resulting balances and stocks, match the oracle. */
async function expectOutcome(text: string, name: string, answer: Totals, resultsFile: string): Promise<void> {
  const expected = oracle.run(text, name);
  const applied = expected.filter(({ status }) => status === 'applied').length;
  const total = expected.length;
  expect(answer).toMatchObject({ total, applied, refused: total - applied, failed: 0, pending: 0 });
  const rows = (await readFile(resultsFile, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(
    rows.map(({ line, key, kind, status, code, balance }) => ({ line, key, kind, status, code, balance })),
  ).toEqual(expected);
  const stored = await shop.sql<{
    line: number;
    key: string;
    kind: string;
    status: string;
    code: string;
    said: string;
  }>(
    `SELECT r.batch_line AS line, r.idempotency_key AS 'key', r.kind, o.status, o.code, o.details AS said
     FROM requests r JOIN outcomes o ON o.request_id = r.id JOIN batches b ON b.id = r.batch_id
     WHERE b.name = ? ORDER BY r.batch_line`,
    [name],
  );
  expect(
    stored.map(({ said, ...row }) => ({
      ...row,
      balance: row.status === 'applied' ? JSON.parse(said).balance : null,
    })),
  ).toEqual(expected);
  const balances = await shop.sql<{ reference: string; balance: number }>('SELECT reference, balance FROM users');
  expect(new Map(balances.map(({ reference, balance }) => [reference, balance]))).toEqual(oracle.balances);
  const products = await shop.sql<{ reference: string; stock: number }>('SELECT reference, stock FROM products');
  expect(new Map(products.map(({ reference, stock }) => [reference, stock]))).toEqual(
    new Map([...oracle.products].map(([reference, { stock }]) => [reference, stock])),
  );
}

it('ends with the same result when a run is killed at any point and repeated', async () => {
  const rows = 6_000;
  const seed = 20_101_201;
  const { path, text } = await randomFile('killed', rows, seed);
  const random = seededRandom(seed);
  const target = join(folder, 'killed.jsonl');
  const args = ['batch', 'run', path, '--name', 'killed', '--results', target];
  const before = { requests: await count('requests'), outcomes: await count('outcomes') };
  let killed = 0;
  let died = 0;
  for (const [table, at] of [
    ['requests', 0],
    ['requests', 1],
    ['requests', 1_500],
    ['requests', 2_500],
    ['outcomes', 2_600],
    ['requests', 4_500],
    ['requests', 5_500],
    ['outcomes', 5_700],
  ] as const) {
    const run = shop.start(args);
    // the kill happens somewhere in the next chunk, or during a wait
    await eventually(`${at} ${table}`, async () => (await count(table)) >= before[table] + at);
    await delay(random(60));
    await run.kill();
    died = performance.now();
    const { status } = await run.ended;
    if (status === null) killed++;
  }
  await waitForRecovery(shop, 19, died);
  expect(killed, `of the runs with seed ${seed}`).toBeGreaterThanOrEqual(5);
  const answer = await shop.run([...args, '--json', '--timeout', '2m']);
  expect(answer.status).toBe(6);
  await expectOutcome(text, 'killed', JSON.parse(answer.stdout), target);
  expect(await count('requests')).toBe(before.requests + rows);
  // one more run replays every row
  const again = await shop.run([...args, '--json']);
  expect(JSON.parse(again.stdout)).toEqual({
    ...JSON.parse(answer.stdout),
    replayed: rows,
    seconds: expect.any(Number),
  });
});

it.each([2, 5])('applies each row once when %d processes run the file at the same time', async (processes) => {
  const rows = 2_500;
  const name = `at-once-${processes}`;
  const { path, text } = await randomFile(name, rows, processes);
  const before = await count('requests');
  const started = performance.now();
  const runs = Array.from({ length: processes }, (_, index) => {
    const target = join(folder, `${name}-${index}.jsonl`);
    return {
      target,
      ended: shop.run(['batch', 'run', path, '--name', name, '--results', target, '--json', '--timeout', '2m']),
    };
  });
  const answers = await Promise.all(
    runs.map(async ({ ended }) => {
      const { status, stdout, stderr } = await ended;
      expect({ status, stderr }).toMatchObject({ status: 6, stderr: expect.not.stringContaining('error') });
      return JSON.parse(stdout);
    }),
  );
  await waitForRecovery(shop, 20, started);
  expect(await count('requests')).toBe(before + rows);
  const [first] = answers;
  for (const answer of answers) {
    expect(answer).toEqual({ ...first, replayed: expect.any(Number), seconds: expect.any(Number) });
  }
  const [one = '', ...others] = await Promise.all(runs.map(({ target }) => readFile(target, 'utf8')));
  for (const other of others) expect(other).toBe(one);
  await expectOutcome(text, name, first, runs[0]?.target ?? '');
});

it('replays a key of an earlier chunk, and the rows between both uses of the key', async () => {
  const rows = Array.from({ length: 2_200 }, (_, index) => `charge,@ann,1,copied-${index}`);
  rows[2_100] = 'charge,@ann,1,copied-3';
  rows[2_150] = 'charge,@ann,2,copied-4';
  const path = join(folder, 'copied.csv');
  await writeFile(path, `kind,user,amount,key\n${rows.join('\n')}\n`);
  const before = oracle.balances.get('ann') ?? 0;
  const first = await shop.run(['batch', 'run', path, '--name', 'copied', '--json']);
  expect({ status: first.status, ...JSON.parse(first.stdout) }).toMatchObject({
    status: 6,
    total: 2_200,
    applied: 2_199,
    refused: 1,
    replayed: 1,
  });
  const after = { balance: before + 2_198 };
  expect(await shop.ok(['balance', '@ann'])).toMatchObject(after);
  expect(await shop.ok(['batch', 'results', 'copied', '--after', '2101', '--limit', '1'])).toMatchObject([
    { line: 2_102, key: 'copied-3', status: 'applied', balance: before + 4 },
  ]);
  const again = await shop.run(['batch', 'run', path, '--name', 'copied', '--json']);
  expect(JSON.parse(again.stdout)).toMatchObject({ total: 2_200, applied: 2_199, refused: 1, replayed: 2_199 });
  expect(await shop.ok(['balance', '@ann'])).toMatchObject(after);
});
