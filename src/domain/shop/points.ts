import type { Session } from '../../db/mysql/connection.ts';
import type { Page } from '../../db/mysql/page.ts';
import { ShopError } from '../errors.ts';
import type { Ref } from '../input.ts';
import type { LedgerType } from '../requests/kinds/state.ts';
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
  readonly type: LedgerType;
  /** The change of the balance; negative for a decrease. */
  readonly amount: number;
  readonly balanceAfter: number;
  readonly requestId: number;
  readonly orderId: number | null;
  /** The reason for the request, if one was given. */
  readonly reason: string | null;
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
    `SELECT t.id, t.type, t.amount, t.balance_after AS balanceAfter, t.request_id AS requestId, t.order_id AS orderId,
       r.reason, t.created_at AS createdAt
     FROM point_transactions t LEFT JOIN requests r ON r.id = t.request_id
     WHERE t.user_id = ? ${after === undefined ? '' : 'AND t.id < ?'}
     ORDER BY t.id DESC LIMIT ?`,
    after === undefined ? [userId, limit] : [userId, after, limit],
  );
}
