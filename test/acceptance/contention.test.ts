import { afterAll, beforeAll, expect, it } from 'vitest';
import { recovered } from '../support/recovery.ts';
import { type Result, TestShop } from '../support/shop.ts';

/** Processes alive at once: more of them only wait for a processor. */
const MAX_ALIVE = 25;

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create();
  await shop.startWorker();
});

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
});

/**
 * Runs all commands as processes of their own, as many at a time as there is room for, and expects that what each has
 * answered is what the outcome under its key says.
 *
 * @param row of the table of faults.
 */
async function runAll(row: number, commands: readonly (readonly string[])[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  const left = commands.entries();
  let started = 0;
  const runSome = async () => {
    for (const [index, args] of left) {
      started = performance.now();
      results[index] = await shop.run([...args, '--json', '--timeout', '2m']);
    }
  };
  await Promise.all(Array.from({ length: MAX_ALIVE }, runSome));
  await recovered(shop, row, started);
  for (const [index, args] of commands.entries()) {
    const result = results[index];
    if (result !== undefined) await expectStored(args.at(args.indexOf('--key') + 1) ?? '', result);
  }
  return results;
}

async function expectStored(key: string, { status, stdout, stderr }: Result): Promise<void> {
  const [stored] = await shop.sql<{ id: number; status: string; code: string | null; details: string }>(
    `SELECT r.id, o.status, o.code, o.details FROM requests r JOIN outcomes o ON o.request_id = r.id
     WHERE r.idempotency_key = ?`,
    [key],
  );
  // commands do not print which ledger row an order has
  const { transactionId, ...details } = JSON.parse(stored?.details ?? '{}');
  if (status === 0) {
    expect({ ...JSON.parse(stdout), status: 'applied' }).toMatchObject({
      ...details,
      requestId: stored?.id,
      status: stored?.status,
    });
    return;
  }
  const { error } = JSON.parse(stderr);
  // of a conflict the outcome is another request's
  if (error.code === 'IDEMPOTENCY_CONFLICT') expect(error.details).toMatchObject({ key, requestId: stored?.id });
  else expect(error).toMatchObject({ code: stored?.code, details });
}

/** How many ended in which way: by error code, or `done`. */
function tally(results: readonly Result[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, stdout, stderr } of results) {
    const way = status === 0 ? 'done' : (JSON.parse(stderr).error.code as string);
    // data or an error, never both
    expect(status === 0 ? stderr : stdout).toBe('');
    counts[way] = (counts[way] ?? 0) + 1;
  }
  return counts;
}

it('sells the last 50 units to 50 of 200 processes', async () => {
  const users = await Promise.all([1, 2, 3, 4].map(() => shop.userWith(100_000)));
  const last = String(await shop.created(['product', 'create', 'Last', '--price', '10', '--stock', '50']));
  const commands = Array.from({ length: 200 }, (_, index) => {
    return ['order', 'place', users[index % users.length] ?? '', last, '--key', `last-${index}`];
  });
  const results = await runAll(21, commands);
  expect(tally(results)).toEqual({ done: 50, INSUFFICIENT_STOCK: 150 });

  expect(await shop.ok(['product', 'show', last])).toMatchObject({ stock: 0 });
  const orders = await shop.ok<{ orderId: number }[]>(['order', 'list', '--limit', '1000']);
  const answered = results.flatMap(({ status, stdout }) => (status === 0 ? [JSON.parse(stdout).orderId] : []));
  expect(orders.map(({ orderId }) => orderId).sort()).toEqual(answered.sort());
  const balances = await Promise.all(users.map((id) => shop.ok<{ balance: number }>(['balance', id])));
  expect(balances.reduce((sum, { balance }) => sum + balance, 0)).toBe(400_000 - 500);
});

it('lets the last points be spent once', async () => {
  const user = await shop.userWith(250);
  const product = String(await shop.created(['product', 'create', 'Pen', '--price', '100', '--stock', '1000']));
  const results = await runAll(
    21,
    Array.from({ length: 12 }, (_, i) => ['order', 'place', user, product, '--key', `p${i}`]),
  );
  expect(tally(results)).toEqual({ done: 2, INSUFFICIENT_POINTS: 10 });
  expect(await shop.ok(['balance', user])).toMatchObject({ balance: 50 });
  expect(await shop.ok(['product', 'show', product])).toMatchObject({ stock: 998 });
});

it('gives 20 processes with one key one effect and the same answer', async () => {
  const user = await shop.userWith(1_000);
  const product = String(await shop.created(['product', 'create', 'Pen', '--price', '100', '--stock', '1000']));
  const order = ['order', 'place', user, product, '--key', 'at-once'];
  const results = await runAll(
    20,
    Array.from({ length: 20 }, () => order),
  );
  expect(tally(results)).toEqual({ done: 20 });

  const answers = results.map(({ stdout }) => JSON.parse(stdout));
  expect(answers.filter(({ replayed }) => replayed)).toHaveLength(19);
  const [first] = answers;
  for (const answer of answers) expect({ ...answer, replayed: false }).toEqual({ ...first, replayed: false });
  expect(await shop.ok(['balance', user])).toMatchObject({ balance: 900 });
  expect(await shop.ok<unknown[]>(['order', 'list', '--user', user])).toHaveLength(1);
});

it('gives a key to the first of two contents that come at once', async () => {
  const user = await shop.userWith(1);
  const results = await runAll(
    20,
    Array.from({ length: 10 }, (_, index) => ['charge', user, index % 2 === 0 ? '10' : '20', '--key', 'torn']),
  );
  expect(tally(results)).toEqual({ done: 5, IDEMPOTENCY_CONFLICT: 5 });
  const amounts = new Set(results.filter(({ status }) => status === 0).map(({ stdout }) => JSON.parse(stdout).amount));
  expect(amounts.size).toBe(1);
  const [amount] = amounts;
  expect(await shop.ok(['balance', user])).toMatchObject({ balance: 1 + amount });
});
