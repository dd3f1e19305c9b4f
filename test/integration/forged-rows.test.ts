import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.ok(['db', 'seed']);
  await shop.startWorker();
  await shop.ok(['charge', '1', '100']);
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

let keys = 0;

/** Inserts a request with the rights of an account that may write `requests` only. */
async function forge(
  kind: string,
  payload: unknown,
  { createdAt = 'UTC_TIMESTAMP(3)', reason = null }: { createdAt?: string; reason?: string | null } = {},
): Promise<string> {
  const key = `forged-${++keys}`;
  await shop.sql(
    `INSERT INTO requests (idempotency_key, request_hash, kind, payload, reason, actor, host, created_at)
     VALUES (?, REPEAT('x', 32), ?, ?, ?, 'forger', 'test', ${createdAt})`,
    [key, kind, JSON.stringify(payload), reason],
  );
  return key;
}

const FORGED: readonly (readonly [name: string, kind: string, payload: unknown, code: string, reason?: string])[] = [
  ['an amount in quotes', 'charge', { user: 1, amount: '5' }, 'CHARGE_FAILED'],
  ['half a point', 'charge', { user: 1, amount: 1.5 }, 'CHARGE_FAILED'],
  ['a negative amount', 'charge', { user: 1, amount: -5 }, 'CHARGE_FAILED'],
  ['no amount', 'charge', { user: 1 }, 'CHARGE_FAILED'],
  ['an unknown field', 'charge', { user: 1, amount: 5, balance: 1e9 }, 'CHARGE_FAILED'],
  ['an order without fields', 'order', {}, 'PAYMENT_FAILED'],
  ['an order that gives points', 'order', { user: 1, items: [{ product: 1, quantity: -1 }] }, 'PAYMENT_FAILED'],
  ['a return of no items', 'return', { order: 1, items: [], restock: true }, 'RETURN_FAILED'],
  [
    'a return of negative units',
    'return',
    { order: 1, items: [{ product: 1, quantity: -1 }], restock: true },
    'RETURN_FAILED',
  ],
  [
    'a return that does not say whether to restock',
    'return',
    { order: 1, items: [{ product: 1, quantity: 1 }] },
    'RETURN_FAILED',
  ],
  ['a restock of text', 'restock', { product: 1, quantity: '7' }, 'RESTOCK_FAILED'],
  ['a blank reason', 'charge', { user: 1, amount: 5 }, 'CHARGE_FAILED', ' '],
  ['an adjustment of points without a reason', 'points-adjust', { user: 1, amount: 5 }, 'ADJUST_FAILED'],
  ['an adjustment by no points', 'points-adjust', { user: 1, amount: 0 }, 'ADJUST_FAILED', 'x'],
  ['an adjustment of stock without a reason', 'stock-adjust', { product: 1, by: 5 }, 'ADJUST_FAILED'],
  ['an adjustment by no units', 'stock-adjust', { product: 1, by: 0 }, 'ADJUST_FAILED', 'x'],
  ['an adjustment by and to units', 'stock-adjust', { product: 1, by: 1, to: 5 }, 'ADJUST_FAILED', 'x'],
  ['an adjustment to a negative stock', 'stock-adjust', { product: 1, to: -1 }, 'ADJUST_FAILED', 'x'],
];

it('fails each row that no command could have recorded, and changes nothing', async () => {
  const before = await shop.snapshot();
  const forged: (readonly [name: string, key: string, code: string])[] = [];
  for (const [name, kind, payload, code, reason = null] of FORGED)
    forged.push([name, await forge(kind, payload, { reason }), code]);
  // with the job of this charge, the lane also reads everything that was recorded before
  expect(await shop.refused(['charge', '999', '5'])).toMatchObject({ code: 'INVALID_USER' });
  for (const [name, key, code] of forged) {
    expect(await shop.decided(key), name).toMatchObject({ status: 'failed', code, attempts: 3 });
  }
  expect(await shop.snapshot()).toEqual(before);
});

it('applies a request that is dated tomorrow, as happens after a clock is set back', async () => {
  const { balance } = await shop.ok<{ balance: number }>(['balance', '1']);
  const key = await forge('charge', { user: 1, amount: 5 }, { createdAt: 'UTC_TIMESTAMP(3) + INTERVAL 1 DAY' });
  expect(await shop.decided(key)).toMatchObject({ status: 'applied', outcome: { balance: balance + 5 } });
});
