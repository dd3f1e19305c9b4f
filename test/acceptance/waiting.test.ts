import { hostname } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;
let user: string;
let product: string;

// no worker runs unless a test starts one
beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  user = String((await shop.ok(['user', 'create', 'Ann'])).id);
  product = String((await shop.ok(['product', 'create', 'Pen', '--price', '100', '--stock', '50'])).id);
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

it('returns at once with --no-wait, and the request is applied when a worker runs', async () => {
  const charge = ['charge', user, '100', '--key', 'no-wait'];
  const answer = await shop.ok([...charge, '--no-wait']);
  expect(answer).toEqual({ requestId: expect.any(Number), key: 'no-wait', status: 'pending' });
  expect(await shop.ok(['request', 'show', 'no-wait'])).toEqual({
    id: answer.requestId,
    key: 'no-wait',
    kind: 'charge',
    status: 'pending',
    code: null,
    attempts: 0,
    actor: 'tester',
    host: hostname(),
    batchId: null,
    line: null,
    payload: { user: Number(user), amount: 100 },
    outcome: null,
    reason: null,
    createdAt: expect.stringMatching(/Z$/),
    decidedAt: null,
  });
  expect(await shop.ok<unknown[]>(['request', 'list', '--status', 'pending'])).toMatchObject([{ key: 'no-wait' }]);
  expect(await shop.ok([...charge, '--no-wait'])).toEqual(answer);
  await shop.whileWorking(async () => {
    expect(await shop.decided('no-wait')).toMatchObject({ status: 'applied', attempts: 1, outcome: { amount: 100 } });
  });
  expect(await shop.ok(charge)).toMatchObject({ requestId: answer.requestId, replayed: true, amount: 100 });
});

it('reports that no worker runs, and the key with which to continue', async () => {
  await shop.ok(['charge', user, '1000', '--no-wait']);
  const before = await shop.snapshot();
  const { status, stdout, stderr } = await shop.run(['order', 'place', user, product, '--timeout', '1s']);
  expect({ status, stdout }).toEqual({ status: 75, stdout: '' });
  expect(stderr).toContain('No worker is running. Start a worker with `shop worker` or `shop dev up`.');
  const key = /its key is ([0-9a-f-]{36})/.exec(stderr)?.[1] ?? '';
  expect(stderr).toContain(`--key ${key}`);
  expect(await shop.snapshot()).toEqual(before);

  // the same command with that key continues to wait, and takes effect only once
  const again = ['order', 'place', user, product, '--key', key];
  const waiting = shop.start([...again, '--json']);
  await shop.whileWorking(async () => {
    const { status: exit, stdout: answer } = await waiting.ended;
    expect(exit).toBe(0);
    const placed = JSON.parse(answer);
    expect(placed).toMatchObject({ key, replayed: true, status: 'placed', total: 100 });
    expect(await shop.ok(again)).toEqual(placed);
  });
  expect(await shop.ok<unknown[]>(['order', 'list', '--user', user])).toHaveLength(1);
});

it('reports PENDING to programs, with the values for running the command again', async () => {
  const error = await shop.refused(['charge', user, '1', '--key', 'patience', '--timeout', '2s']);
  expect(error).toMatchObject({
    code: 'PENDING',
    status: 75,
    details: { requestId: expect.any(Number), key: 'patience', worker: false },
  });
  expect(error.hint).toContain('--key patience');
  await shop.whileWorking(async () => expect(await shop.decided('patience')).toMatchObject({ status: 'applied' }));
});

it('applies pending requests in the order in which they were recorded', async () => {
  const buyer = String((await shop.ok(['user', 'create', 'Bo'])).id);
  for (const [key, ...args] of [
    ['line-1', 'order', 'place', buyer, product],
    ['line-2', 'charge', buyer, '150'],
    ['line-3', 'order', 'place', buyer, product],
    ['line-4', 'order', 'place', buyer, product],
    ['line-5', 'charge', buyer, '50'],
    ['line-6', 'order', 'place', buyer, product],
  ]) {
    await shop.ok([...args, '--no-wait', '--key', key ?? '']);
  }
  await shop.whileWorking(() => shop.decided('line-6'));
  const requests = await shop.ok<{ key: string; status: string; code: string | null }[]>(['request', 'list']);
  const outcomes = requests
    .filter(({ key }) => key.startsWith('line-'))
    .map(({ key, status, code }) => [key, code ?? status])
    .reverse();
  expect(outcomes).toEqual([
    ['line-1', 'INSUFFICIENT_POINTS'],
    ['line-2', 'applied'],
    ['line-3', 'applied'],
    ['line-4', 'INSUFFICIENT_POINTS'],
    ['line-5', 'applied'],
    ['line-6', 'applied'],
  ]);
  expect(await shop.ok(['balance', buyer])).toMatchObject({ balance: 0 });
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('reports that the request stays recorded when %s stops the wait', async (signal, exit) => {
  const waiting = shop.start(['charge', user, '7']);
  await waiting.logged('No worker is running');
  waiting.signal(signal);
  const { status, stdout, stderr } = await waiting.ended;
  expect({ status, stdout }).toEqual({ status: exit, stdout: '' });
  const lines = stderr.trimEnd().split('\n');
  const [, id, key] =
    /^shop: Interrupted\. Request (\d+) is recorded and will be decided; its key is (\S+)\. See its outcome with `shop request show \2`\.$/.exec(
      lines.at(-1) ?? '',
    ) ?? [];
  expect(lines[0]).toBe(`Request ${id} is recorded; its key is ${key}`);
  await shop.whileWorking(async () => {
    expect(await shop.decided(key ?? '')).toMatchObject({ id: Number(id), status: 'applied', outcome: { amount: 7 } });
  });
});

it('reports an interruption to programs like any other error', async () => {
  const waiting = shop.start(['charge', user, '7', '--key', 'cut-short', '--json']);
  // the signal is sent at once, so it may arrive at any time after the request is recorded
  await eventually('the request is recorded', async () => {
    return (await shop.sql("SELECT id FROM requests WHERE idempotency_key = 'cut-short'")).length > 0;
  });
  waiting.signal('SIGINT');
  const { status, stdout, stderr } = await waiting.ended;
  expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
  expect(JSON.parse(stderr)).toEqual({
    error: {
      code: 'INTERRUPTED',
      message: expect.stringContaining('its key is cut-short'),
      hint: expect.stringContaining('shop request show cut-short'),
      details: expect.objectContaining({ key: 'cut-short' }),
    },
  });
});
