import type { Session } from '../../db/mysql/connection.ts';
import { isDuplicate } from '../../db/mysql/errors.ts';
import { ShopError } from '../errors.ts';
import type { Ref } from '../input.ts';
import { phrase } from '../phrase.ts';

/** Finds ids by reference. A reference never moves to another row, so no lock is needed. */
export async function resolveReferences(
  session: Session,
  table: 'users' | 'products',
  refs: ReadonlySet<Ref>,
): Promise<Map<string, number>> {
  const references = [...refs].flatMap((ref) => (typeof ref === 'string' ? [ref.slice(1)] : []));
  if (references.length === 0) return new Map();
  const rows = await session.query<{ id: number; reference: string }>(
    `SELECT id, reference FROM ${table} WHERE reference IN (?)`,
    [references],
  );
  return new Map(rows.map(({ id, reference }) => [reference, id]));
}

/** Finds the id of a user. @throws ShopError `INVALID_USER` */
export async function findUserId(session: Session, user: Ref): Promise<number> {
  const id = await findId(session, 'users', user);
  if (id === undefined) throw new ShopError('INVALID_USER', { user });
  return id;
}

/** Finds the id of a product. @throws ShopError `INVALID_PRODUCT` */
export async function findProductId(session: Session, product: Ref): Promise<number> {
  const id = await findId(session, 'products', product);
  if (id === undefined) throw new ShopError('INVALID_PRODUCT', { products: [product] });
  return id;
}

async function findId(session: Session, table: 'users' | 'products', ref: Ref): Promise<number | undefined> {
  const [column, value] = typeof ref === 'number' ? ['id', ref] : ['reference', ref.slice(1)];
  const [row] = await session.query<{ id: number }>(`SELECT id FROM ${table} WHERE ${column} = ?`, [value]);
  return row?.id;
}

/**
 * Returns the reference of a user or product after an edit. A reference is set once and never changes, because external
 * systems and keys refer to it.
 *
 * @param wanted the requested reference; undefined to leave it as it is.
 * @throws ShopError `INVALID_INPUT` if a different reference is set already.
 */
export function editedReference(
  kind: 'user' | 'product',
  { id, reference }: { readonly id: number; readonly reference: string | null },
  wanted: string | undefined,
): string | null {
  if (wanted === undefined || wanted === reference) return reference;
  if (reference === null) return wanted;
  throw new ShopError(
    'INVALID_INPUT',
    { field: 'reference', reason: phrase`is already ${reference} and can't be changed` },
    {
      message: phrase`The reference is already ${reference} and can't be changed.`,
      hint: phrase`See \`shop ${kind} show ${id}\`.`,
    },
  );
}

/**
 * Runs `work`, which stores a reference.
 *
 * @throws ShopError `INVALID_INPUT` if another user or product has the reference.
 */
export async function withReference<T>(
  kind: 'user' | 'product',
  reference: string | null | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new ShopError(
      'INVALID_INPUT',
      { field: 'reference', reason: phrase`${reference} is taken` },
      {
        message: phrase`Reference ${reference} is taken.`,
        hint: phrase`See \`shop ${kind} show '@${reference}'\`.`,
      },
    );
  }
}
