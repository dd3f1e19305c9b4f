import { afterAll, beforeAll, expect, it } from 'vitest';
import { MIGRATION_NAMES } from '../../src/db/migrations/names.ts';
import { slotOf, userSlot } from '../../src/domain/lane-place.ts';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ migrated: false });
});

afterAll(async () => {
  await shop.close();
});

it('migrates, seeds and reverts, and says at each step what is so', async () => {
  const names = [...MIGRATION_NAMES];
  expect(await shop.ok(['db', 'status'])).toEqual({ applied: [], pending: names, unknown: [], drift: null });
  expect((await shop.run(['db', 'status'])).stdout).toBe(
    `state\tname\n${names.map((name) => `pending\t${name}\n`).join('')}`,
  );
  expect(await shop.ok(['db', 'migrate'])).toEqual({ applied: names });
  expect(await shop.ok(['db', 'status'])).toEqual({ applied: names, pending: [], unknown: [], drift: [] });
  // once is enough
  expect(await shop.ok(['db', 'migrate'])).toEqual({ applied: [] });
  expect((await shop.run(['db', 'migrate', '-o', 'table'])).stdout).toBe('Nothing to do: the schema is up to date.\n');

  const seeded = await shop.ok<{ users: number; products: number }>(['db', 'seed']);
  expect(seeded.users).toBeGreaterThan(0);
  expect(seeded.products).toBeGreaterThan(0);
  const before = await shop.snapshot();
  expect(before.users).toHaveLength(seeded.users);
  expect(before.products).toHaveLength(seeded.products);
  expect(await shop.ok(['db', 'seed'])).toEqual({ users: 0, products: 0 });
  expect(await shop.snapshot()).toEqual(before);
  expect(await shop.faults()).toEqual([]);

  // nobody is there to be asked
  expect(await shop.refused(['db', 'revert'])).toMatchObject({
    code: 'INPUT_REQUIRED',
    status: 2,
    details: { missing: ['--yes'] },
  });
  expect(await shop.refused(['db', 'revert', '--no-input'])).toMatchObject({ code: 'INPUT_REQUIRED', status: 2 });
  expect(await shop.snapshot()).toEqual(before);

  for (const name of names.toReversed()) expect(await shop.ok(['db', 'revert', '--yes'])).toEqual({ reverted: name });
  expect(await shop.ok(['db', 'status'])).toEqual({ applied: [], pending: names, unknown: [], drift: null });
  expect(await shop.ok(['db', 'revert', '--yes'])).toEqual({ reverted: null });
});

it('sees a schema that has drifted', async () => {
  await shop.ok(['db', 'migrate']);
  await shop.sql('ALTER TABLE users ADD COLUMN nickname VARCHAR(10) NULL, DROP CONSTRAINT ck_users_balance');
  const { drift } = await shop.ok<{ drift: string[] }>(['db', 'status']);
  expect(drift.join('\n')).toContain('nickname');
  expect(drift.join('\n')).toContain('ck_users_balance');
});

it('gives what was recorded before there were lanes, and may still be decided, the slot of its user', async () => {
  const old = await TestShop.create();
  try {
    await old.ok(['db', 'seed']);
    const user = await old.created(['user', 'create', 'Ina', '--reference', 'ina']);
    const orderId = await old.whileWorking(async () => {
      await old.ok(['charge', '@ina', '1000']);
      return (await old.ok<{ orderId: number }>(['order', 'place', String(user), '1', '--key', 'decided'])).orderId;
    });
    const undecided = [
      ['by-id', 'charge', { user, amount: 1 }],
      ['by-reference', 'order', { user: '@ina', items: [{ product: 1, quantity: 1 }] }],
      ['cancel', 'cancel', { order: orderId }],
      ['failed', 'charge', { user: '@ina', amount: 2 }],
      ['nobody', 'charge', { user: '@nobody', amount: 2 }],
      ['restock', 'restock', { product: 1, quantity: 2 }],
    ] as const;
    const reverts = MIGRATION_NAMES.length - MIGRATION_NAMES.indexOf('Lanes1764100000000');
    for (let i = 0; i < reverts; i++) await old.ok(['db', 'revert', '--yes']);
    for (const [key, kind, payload] of undecided) {
      await old.sql(
        `INSERT INTO requests (idempotency_key, request_hash, kind, payload, actor, host, created_at)
         VALUES (?, REPEAT('x', 32), ?, ?, 'tester', 'here', UTC_TIMESTAMP(3))`,
        [key, kind, JSON.stringify(payload)],
      );
    }
    await old.sql(
      `INSERT INTO outcomes (request_id, status, code, attempts, details, decided_at)
       SELECT id, 'failed', 'CHARGE_FAILED', 3, '{}', UTC_TIMESTAMP(3) FROM requests WHERE idempotency_key = 'failed'`,
    );
    await old.ok(['db', 'migrate']);
    const rows = await old.sql<{ key: string; slot: number }>('SELECT idempotency_key AS `key`, slot FROM requests');
    const slots = Object.fromEntries(rows.map(({ key, slot }) => [key, slot]));
    const mine = userSlot(user);
    expect(slots).toMatchObject({
      'by-id': mine,
      'by-reference': mine,
      cancel: mine,
      failed: mine,
      nobody: slotOf('@nobody'),
      // it is in no lane any more
      decided: 0,
    });
    expect((await old.ok<{ drift: string[] }>(['db', 'status'])).drift).toEqual([]);
  } finally {
    await old.close();
  }
});
