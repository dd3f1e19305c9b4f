import type { TestShop } from '../support/shop.ts';
import type { TestData } from './operator.ts';

const [USERS, PRODUCTS] = [6, 5];

/** Creates users and products with points and stock low enough for frequent refusals. */
export async function createTestData(shop: TestShop): Promise<TestData> {
  const userReferences = Array.from({ length: USERS }, (_, index) => `user-${index}`);
  const productReferences = Array.from({ length: PRODUCTS }, (_, index) => `product-${index}`);
  await shop.ok(['user', 'import', '-'], {
    stdin: `reference,name\n${userReferences.map((reference) => `${reference},User`).join('\n')}\n`,
  });
  await shop.ok(['product', 'import', '-'], {
    stdin: `reference,name,price,stock\n${productReferences.map((reference, index) => `${reference},Product,${5 + 10 * index},40`).join('\n')}\n`,
  });
  const ids = async (table: string) =>
    (await shop.sql<{ id: number }>(`SELECT id FROM ${table} ORDER BY id`)).map(({ id }) => id);
  return { users: await ids('users'), products: await ids('products'), userReferences, productReferences };
}
