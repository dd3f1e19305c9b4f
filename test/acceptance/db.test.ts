import { afterAll, beforeAll, expect, it } from 'vitest';
import { MIGRATION_NAMES } from '../../src/db/migrations/names.ts';
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
