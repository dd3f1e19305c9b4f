import type { Session } from '../../db/mysql/connection.ts';
import { ShopError } from '../errors.ts';
import type { Ref } from '../input.ts';

export interface Balance {
  readonly userId: number;
  readonly name: string;
  /** The user's balance in points. */
  readonly balance: number;
}

/** Reads the balance of a user. @throws ShopError `INVALID_USER` */
export async function readBalance(session: Session, user: Ref): Promise<Balance> {
  const [column, value] = typeof user === 'number' ? ['id', user] : ['reference', user.slice(1)];
  const [row] = await session.query<Balance>(`SELECT id AS userId, name, balance FROM users WHERE ${column} = ?`, [
    value,
  ]);
  if (row === undefined) throw new ShopError('INVALID_USER', { user });
  return row;
}
