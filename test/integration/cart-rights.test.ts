import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;
let account: string;
let env: Readonly<Record<string, string>>;

/** An account as operators have it: it reads all, and of what carts touch it writes the carts alone. */
beforeAll(async () => {
  shop = await TestShop.create();
  account = `op_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  await shop.sql(`CREATE USER '${account}'@'%' IDENTIFIED BY '${password}'`);
  const database = new URL(shop.databaseUrl).pathname.slice(1);
  await shop.sql(`GRANT SELECT ON ${database}.* TO '${account}'@'%'`);
  for (const table of ['carts', 'cart_lines']) {
    await shop.sql(`GRANT INSERT, UPDATE, DELETE ON ${database}.${table} TO '${account}'@'%'`);
  }
  const url = new URL(shop.databaseUrl);
  url.username = account;
  url.password = password;
  env = { SHOP_DATABASE_URL: url.href };
});

afterAll(async () => {
  await shop.sql(`DROP USER '${account}'@'%'`);
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

it('fills, empties and shows a cart with no right to write users or products', async () => {
  await shop.ok(['db', 'seed']);
  await expect(shop.ok(['product', 'reprice', '1', '5'], { env })).rejects.toThrow(/denied/);
  expect(await shop.ok(['cart', 'add', '1', '1:3', '2'], { env })).toMatchObject({ lines: [{ quantity: 3 }, {}] });
  expect(await shop.ok(['cart', 'add', '1', '3', '1:2'], { env })).toMatchObject({ lines: [{ quantity: 5 }, {}, {}] });
  expect(await shop.ok(['cart', 'remove', '1', '1:4', '2'], { env })).toMatchObject({ lines: [{ quantity: 1 }, {}] });
  expect(await shop.refused(['cart', 'add', '1', '1:1000000'], { env })).toMatchObject({ status: 3 });
  expect(await shop.ok(['cart', 'show', '1'], { env })).toMatchObject({ lines: [{ productId: 1 }, { productId: 3 }] });
});
