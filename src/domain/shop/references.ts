import type { Session } from '../../db/mysql/connection.ts';
import { ShopError } from '../errors.ts';
import type { Ref } from '../input.ts';

/** Finds ids by reference. A reference never moves to another row, so this needs no lock. */
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
  const [column, value] = typeof user === 'number' ? ['id', user] : ['reference', user.slice(1)];
  const [row] = await session.query<{ id: number }>(`SELECT id FROM users WHERE ${column} = ?`, [value]);
  if (row === undefined) throw new ShopError('INVALID_USER', { user });
  return row.id;
}
