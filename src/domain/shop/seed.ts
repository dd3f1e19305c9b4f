import type { DataSource } from '../../db/mysql/data-source.ts';
import { ShopError } from '../errors.ts';
import { createProduct, findProduct, type NewProduct } from './products.ts';
import { createUser, findUser } from './users.ts';

const USERS: readonly { name: string; reference: string }[] = [
  { reference: 'corner-cafe', name: 'Corner Cafe' },
  { reference: 'harbour-books', name: 'Harbour Books' },
  { reference: 'north-gate-school', name: 'North Gate School' },
  { reference: 'hill-bakery', name: 'Hill Bakery' },
  { reference: 'mirae-munbang', name: '미래문방구' },
];

const PRODUCTS: readonly NewProduct[] = [
  { reference: 'pencil-hb', name: 'Pencil HB', price: 150, stock: 5_000 },
  { reference: 'notebook-a5', name: 'Notebook A5', price: 900, stock: 1_200 },
  { reference: 'fountain-pen', name: 'Fountain pen', price: 3_200, stock: 150 },
  { reference: 'ink-blue', name: 'Ink, blue, 50 ml', price: 1_100, stock: 300 },
  { reference: 'ruler-30', name: 'Ruler 30 cm', price: 400, stock: 800 },
  { reference: 'backpack', name: 'Backpack', price: 24_000, stock: 40 },
  { reference: 'desk-lamp', name: 'Desk lamp', price: 18_500, stock: 25 },
  { reference: 'stapler', name: 'Stapler', price: 2_300, stock: 200 },
];

/** Number of users and products that `db seed` has added. */
export interface Seeded {
  readonly users: number;
  readonly products: number;
}

/** Adds the sample data. Existing users and products, found by reference, stay unchanged, so the call can be repeated. */
export async function seed(orm: DataSource): Promise<Seeded> {
  let users = 0;
  for (const { name, reference } of USERS) {
    if (await exists(() => findUser(orm, `@${reference}`))) continue;
    await createUser(orm, name, reference);
    users++;
  }
  let products = 0;
  for (const product of PRODUCTS) {
    if (await exists(() => findProduct(orm, `@${product.reference}`))) continue;
    await createProduct(orm, product);
    products++;
  }
  return { users, products };
}

async function exists(find: () => Promise<unknown>): Promise<boolean> {
  try {
    await find();
    return true;
  } catch (error) {
    if (error instanceof ShopError) return false;
    throw error;
  }
}
