import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;
let pen: string;
let ink: string;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.startWorker();
  pen = String(await shop.created(['product', 'create', 'Pen', '--price', '100', '--stock', '1000']));
  ink = String(await shop.created(['product', 'create', 'Ink', '--price', '10', '--stock', '1000']));
});

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
});

/** Runs a command again and checks that it prints the same and adds no row. */
async function replays(args: readonly string[], first: Record<string, unknown>): Promise<void> {
  const before = await shop.snapshot();
  expect(first.replayed).toBe(false);
  expect(await shop.ok(args)).toEqual({ ...first, replayed: true });
  expect(await shop.snapshot()).toEqual(before);
}

/** Returns the error that is expected when a refused request is replayed. */
function replayedRefusal(first: Awaited<ReturnType<TestShop['refused']>>) {
  return { ...first, details: { ...first.details, replayed: true } };
}

it('replays a charge, an order, a restock and adjustments without applying them again', async () => {
  const user = await shop.userWith(5_000);
  for (const args of [
    ['charge', user, '70', '--key', 'charge-1'],
    ['order', 'place', user, `${pen}:2`, `${ink}:3`, '--key', 'order-1'],
    ['product', 'restock', pen, '5', '--key', 'restock-1'],
    ['balance', 'adjust', user, '--by', '-20', '--reason', 'x', '--key', 'adjust-1'],
    ['product', 'adjust', pen, '--by', '-4', '--reason', 'x', '--key', 'adjust-2'],
  ]) {
    await replays(args, await shop.ok(args));
  }
  expect(await shop.ok(['balance', user])).toMatchObject({ balance: 5_000 + 70 - 230 - 20 });
});

it('returns the first outcome, not the current state', async () => {
  const user = await shop.userWith(1_000);
  const product = String(await shop.created(['product', 'create', 'Cap', '--price', '100', '--stock', '9']));
  const [charge, order, restock] = [
    ['charge', user, '50', '--key', 'then-charge'],
    ['order', 'place', user, product, '--key', 'then-order'],
    ['product', 'restock', product, '4', '--key', 'then-restock'],
  ] as const;
  const first = [await shop.ok(charge), await shop.ok(order), await shop.ok(restock)] as const;
  await shop.ok(['charge', user, '1']);
  await shop.ok(['product', 'reprice', product, '333']);
  await shop.ok(['product', 'restock', product, '1']);
  await replays(charge, first[0]);
  await replays(order, first[1]);
  await replays(restock, first[2]);
});

it('returns the names at that time, even after users and products were renamed', async () => {
  const user = await shop.userWith(1_000);
  const [lamp, bulb] = [
    String(await shop.product('Lamp', 100, 9, '--reference', 'lamp')),
    String(await shop.product('Bulb', 10, 9)),
  ];
  const answers = [];
  for (const args of [
    ['order', 'place', user, `${bulb}:2`, '@lamp', '--key', 'names-order'],
    ['product', 'restock', lamp, '4', '--key', 'names-restock'],
  ]) {
    answers.push([args, await shop.ok(args)] as const);
  }
  await shop.ok(['cart', 'add', user, lamp, bulb]);
  const checkout = ['cart', 'checkout', user, '--key', 'names-checkout'];
  answers.push([checkout, await shop.ok(checkout)] as const);
  const short = ['order', 'place', user, `${bulb}:9`, '--key', 'names-short'];
  const refusal = await shop.refused(short);
  expect(refusal).toMatchObject({ code: 'INSUFFICIENT_STOCK', message: expect.stringContaining('(Bulb)') });
  await shop.sql("UPDATE products SET name = CONCAT(name, ' II') WHERE id IN (?)", [[lamp, bulb]]);
  const cancel = ['order', 'cancel', String(answers[0]?.[1].orderId), '--key', 'names-cancel'];
  answers.push([cancel, await shop.ok(cancel)] as const);
  await shop.sql("UPDATE products SET name = CONCAT(name, 'I') WHERE id IN (?)", [[lamp, bulb]]);
  await shop.sql("UPDATE users SET name = 'Bo' WHERE id = ?", [user]);

  expect(answers[0]?.[1]).toMatchObject({ lines: [{ name: 'Bulb' }, { name: 'Lamp' }] });
  expect(answers.at(-1)?.[1]).toMatchObject({ lines: [{ name: 'Bulb II' }, { name: 'Lamp II' }] });
  for (const [args, first] of answers) await replays(args, first);
  expect(await shop.refused(short)).toEqual(replayedRefusal(refusal));
  // other commands print current names
  expect(await shop.ok(['order', 'show', String(answers[0]?.[1].orderId)])).toMatchObject({
    lines: [{ name: 'Bulb III' }, { name: 'Lamp III' }],
  });
});

it('treats an order with its items rearranged or split as the same order', async () => {
  const user = await shop.userWith(1_000);
  const key = ['--key', 'portions'];
  const first = await shop.ok(['order', 'place', user, `${pen}:2`, `${ink}:3`, ...key]);
  await replays(['order', 'place', user, `${ink}:3`, `${pen}:2`, ...key], first);
  await replays(['order', 'place', user, ink, `${pen}:2`, `${ink}:2`, ...key], first);
});

it('replays a refusal even if the request would be accepted now', async () => {
  const user = await shop.userWith(0);
  const order = ['order', 'place', user, pen, '--key', 'too-poor'];
  const first = await shop.refused(order);
  expect(first).toMatchObject({ code: 'INSUFFICIENT_POINTS', details: { balance: 0, total: 100 } });
  expect(first.details).not.toHaveProperty('replayed');
  await shop.ok(['charge', user, '500']);
  const before = await shop.snapshot();
  expect(await shop.refused(order)).toEqual(replayedRefusal(first));
  const { stderr } = await shop.run(order);
  expect(stderr).toBe(
    `shop: ${first.message} ${first.hint} This key was used before, and its first outcome is printed again. To send the request again, use a new \`--key\`.\n`,
  );
  expect(await shop.snapshot()).toEqual(before);
  expect(await shop.ok(['order', 'place', user, pen, '--key', 'rich-enough'])).toMatchObject({ replayed: false });
});

it('replays INVALID_USER after the user was created', async () => {
  const charge = ['charge', '@late', '5', '--key', 'too-early'];
  const first = await shop.refused(charge);
  expect(first).toMatchObject({ code: 'INVALID_USER', status: 4 });
  await shop.ok(['user', 'create', 'Late', '--reference', 'late']);
  expect(await shop.refused(charge)).toEqual(replayedRefusal(first));
});

it('replays after Redis was wiped', async () => {
  const user = await shop.userWith(1_000);
  const order = ['order', 'place', user, pen, '--key', 'before-the-flush'];
  const first = await shop.ok(order);
  const redis = new Redis(shop.redisUrl);
  const keys = await redis.keys(`{${shop.prefix}}:*`);
  expect(keys).not.toEqual([]);
  await redis.del(...keys);
  await redis.quit();
  await replays(order, first);
});

it('reports IDEMPOTENCY_CONFLICT for the same key with other content, and changes nothing', async () => {
  const [user, other] = [await shop.userWith(1_000), await shop.userWith(1_000)];
  const { requestId } = await shop.ok(['charge', user, '5', '--key', 'taken']);
  await shop.ok(['order', 'place', user, `${pen}:2`, '--key', 'taken-too']);
  const before = await shop.snapshot();
  for (const args of [
    ['charge', user, '6', '--key', 'taken'],
    ['charge', other, '5', '--key', 'taken'],
    ['order', 'place', user, pen, '--key', 'taken'],
    ['product', 'restock', pen, '5', '--key', 'taken'],
  ]) {
    const error = await shop.refused(args);
    expect(error).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', status: 5, details: { key: 'taken', requestId } });
    expect(error.hint).toContain('shop request show taken');
  }
  for (const args of [
    ['order', 'place', user, `${pen}:3`, '--key', 'taken-too'],
    ['order', 'place', user, `${pen}:2`, ink, '--key', 'taken-too'],
    ['order', 'place', user, `${ink}:2`, '--key', 'taken-too'],
  ]) {
    expect(await shop.refused(args)).toMatchObject({ code: 'IDEMPOTENCY_CONFLICT', status: 5 });
  }
  expect(await shop.snapshot()).toEqual(before);
});

it('reports a conflict with a refused request too', async () => {
  const user = await shop.userWith(0);
  await shop.refused(['order', 'place', user, pen, '--key', 'refused-key']);
  expect(await shop.refused(['order', 'place', user, ink, '--key', 'refused-key'])).toMatchObject({
    code: 'IDEMPOTENCY_CONFLICT',
  });
});

it('distinguishes keys by case, and accepts every allowed key', async () => {
  const user = await shop.userWith(0);
  const keys = ['A', 'a', '1', 'a:b:c', '.', '_-', '__proto__', 'k'.repeat(128), `${'k'.repeat(127)}K`];
  for (const [index, key] of keys.entries()) {
    const answer = await shop.ok(['charge', user, String(index + 1), '--key', key]);
    expect(answer).toMatchObject({ key, replayed: false, amount: index + 1 });
  }
  for (const [index, key] of keys.entries()) {
    expect(await shop.ok(['request', 'show', key])).toMatchObject({ key, payload: { amount: index + 1 } });
  }
  expect(await shop.refused(['charge', user, '1', '--key', 'k'.repeat(129)])).toMatchObject({ code: 'INVALID_INPUT' });
});

it('generates a key for a request without one, and prints it for later', async () => {
  const user = await shop.userWith(0);
  const { stdout } = await shop.run(['charge', user, '5', '-o', 'jsonl']);
  const answer = JSON.parse(stdout);
  expect(answer.key).toMatch(/^[A-Za-z0-9._:-]{1,128}$/);
  await replays(['charge', user, '5', '--key', answer.key], answer);
  const printed = await shop.run(['charge', user, '5']);
  const [, key] = printed.stdout.split('\n')[1]?.split('\t') ?? [];
  // the key is printed before the wait
  expect(printed.stderr).toContain(`its key is ${key}\n`);
});
