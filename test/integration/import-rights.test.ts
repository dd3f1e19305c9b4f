import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestAccount, TestShop } from '../support/shop.ts';

let shop: TestShop;
let account: TestAccount;
let env: Readonly<Record<string, string>>;

/**
 * Creates an account that may write exactly the columns that an import writes: no balance and no stock of existing
 * rows.
 */
beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  account = await shop.account(
    ['SELECT', '*'],
    ['INSERT, UPDATE (name)', 'users'],
    ['INSERT, UPDATE (name, price)', 'products'],
    ['INSERT', 'stock_movements'],
    ['INSERT, UPDATE (state_after)', 'activities'],
  );
  ({ env } = account);
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
});

it('creates, renames and reprices entries without the right to write a balance or a stock', async () => {
  const users = (stdin: string) => shop.ok(['user', 'import', '-'], { env, stdin });
  expect(await users('reference,name\na,Ann')).toMatchObject({ created: 1 });
  expect(await users('reference,name\na,Ann B\nb,Bo')).toMatchObject({ created: 1, updated: 1 });
  const products = (stdin: string) => shop.ok(['product', 'import', '-'], { env, stdin });
  expect(await products('reference,name,price,stock\np,Pen,1,5')).toMatchObject({ created: 1 });
  expect(await products('reference,name,price,stock\np,Pen,2,7\nq,Cup,1,0')).toMatchObject({ created: 1, updated: 1 });
  expect(await shop.sql('SELECT name, price, stock FROM products ORDER BY id')).toEqual([
    { name: 'Pen', price: 2, stock: 5 },
    { name: 'Cup', price: 1, stock: 0 },
  ]);
});

it('allows a dry run with only the right to read; without a dry run, names the missing right', async () => {
  await account.revoke('INSERT', 'stock_movements');
  const before = await shop.snapshot();
  const stdin = 'reference,name,price,stock\nr,Ruler,1,5';
  expect(await shop.ok(['product', 'import', '-', '--dry-run'], { env, stdin })).toMatchObject({ created: 1 });
  // the product was already stored, and must not remain without its stock row
  expect(await shop.refused(['product', 'import', '-'], { env, stdin })).toMatchObject({ status: 78, code: 'CONFIG' });
  expect(await shop.snapshot()).toEqual(before);
});
