import type { Session } from '../../db/mysql/connection.ts';
import type { Page } from '../../db/mysql/page.ts';
import { ShopError } from '../errors.ts';
import type { Ref } from '../input.ts';
import { findUserId } from './references.ts';

/** The balance of a user. */
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

/** One row of a user's ledger. */
export interface PointTransaction {
  readonly id: number;
  readonly type: 'charge' | 'payment' | 'refund';
  /** The change of the balance; negative for a payment. */
  readonly amount: number;
  readonly balanceAfter: number;
  readonly requestId: number;
  readonly orderId: number | null;
  readonly createdAt: Date;
}

/**
 * Reads a user's ledger, newest first.
 *
 * @throws ShopError `INVALID_USER`
 */
export async function readHistory(session: Session, user: Ref, { limit, after }: Page): Promise<PointTransaction[]> {
  const userId = await findUserId(session, user);
  return session.query<PointTransaction>(
    `SELECT id, type, amount, balance_after AS balanceAfter, request_id AS requestId, order_id AS orderId,
       created_at AS createdAt
     FROM point_transactions WHERE user_id = ? ${after === undefined ? '' : 'AND id < ?'}
     ORDER BY id DESC LIMIT ?`,
    after === undefined ? [userId, limit] : [userId, after, limit],
  );
}
