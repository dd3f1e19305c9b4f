import type { Session } from '../../db/mysql/connection.ts';
import { inTransaction, retryConflicts, retryDuplicates } from '../../db/mysql/transaction.ts';
import { recordActivity } from '../activities/record.ts';
import type { Origin } from '../requests/origin.ts';
import { insertProduct, type NewProduct } from './products.ts';
import { resolveReferences } from './references.ts';
import { insertUser, type NewUser } from './users.ts';

/** A sample user or product, which is found by its reference. */
type Sample<New> = New & { readonly reference: string };

const USERS: readonly Sample<NewUser>[] = [
  { reference: 'corner-cafe', name: 'Corner Cafe' },
  { reference: 'harbour-books', name: 'Harbour Books' },
  { reference: 'north-gate-school', name: 'North Gate School' },
  { reference: 'hill-bakery', name: 'Hill Bakery' },
  { reference: 'mirae-munbang', name: '미래문방구' },
];

const PRODUCTS: readonly Sample<NewProduct>[] = [
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
export async function seed(session: Session, origin: Origin): Promise<Seeded> {
  return retryDuplicates(() => retryConflicts(() => inTransaction(session, () => addMissing(session, origin))));
}

async function addMissing(session: Session, origin: Origin): Promise<Seeded> {
  const users = await missing(session, 'users', USERS);
  const products = await missing(session, 'products', PRODUCTS);
  for (const user of users) await insertUser(session, user);
  for (const product of products) await insertProduct(session, product);
  const seeded = { users: users.length, products: products.length };
  if (seeded.users + seeded.products > 0) {
    await recordActivity(session, origin, { action: 'db seed', subject: 'database', after: seeded });
  }
  return seeded;
}

/** Returns the samples whose reference is not stored. */
async function missing<New>(
  session: Session,
  table: 'users' | 'products',
  samples: readonly Sample<New>[],
): Promise<Sample<New>[]> {
  const stored = await resolveReferences(
    session,
    table,
    new Set(samples.map(({ reference }) => `@${reference}` as const)),
  );
  return samples.filter(({ reference }) => !stored.has(reference));
}
