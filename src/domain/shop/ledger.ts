import { Conditions } from '../../db/mysql/conditions.ts';
import type { Session } from '../../db/mysql/connection.ts';
import { narrowToSpan, type Span } from '../../db/mysql/id-range.ts';
import type { Page } from '../../db/mysql/page.ts';
import type { Ref } from '../input.ts';
import type { LedgerType } from '../requests/kinds/state.ts';
import { findUserId } from './references.ts';

/** One row of a user's ledger. */
export interface LedgerRow {
  readonly id: number;
  readonly type: LedgerType;
  /** The change of the balance; negative for a decrease. */
  readonly amount: number;
  readonly balanceAfter: number;
  readonly requestId: number;
  /** For a payment or a refund, the order's id; otherwise null. */
  readonly orderId: number | null;
  /** The reason for the request, if one was given. */
  readonly reason: string | null;
  readonly createdAt: Date;
}

/** One row of the ledger of all users. */
export interface ListedLedgerRow extends LedgerRow {
  readonly userId: number;
  readonly userReference: string | null;
}

/** Filters of `balance history`. */
export interface HistoryFilter extends Page, Span {
  readonly type?: LedgerType | undefined;
}

/** Filters of `ledger list`. */
export interface LedgerFilter extends HistoryFilter {
  readonly user?: Ref | undefined;
}

/**
 * Lists the ledger rows of all users, or of one user, newest first.
 *
 * @throws ShopError `INVALID_USER` if the filter names a user who does not exist.
 */
export async function listLedger(
  session: Session,
  { user, type, after, limit, ...span }: LedgerFilter,
): Promise<ListedLedgerRow[]> {
  const userId = user === undefined ? undefined : await findUserId(session, user);
  const where = new Conditions();
  where.narrow('r.type = ?', type);
  where.narrow('r.id < ?', after);
  await narrowToSpan(session, 'point_transactions', span, where);
  return readLedger(session, userId, where, 'DESC', limit);
}

/**
 * Reads a user's ledger, newest first.
 *
 * @throws ShopError `INVALID_USER`
 */
export async function readHistory(session: Session, user: Ref, filter: HistoryFilter): Promise<LedgerRow[]> {
  return (await listLedger(session, { ...filter, user })).map(withoutUser);
}

/** Reads a user's ledger rows with ids from `from` up to, but not including, `below`, oldest first. */
export async function readEntries(
  session: Session,
  userId: number,
  ids: { readonly from: number; readonly below: number },
  limit: number,
): Promise<LedgerRow[]> {
  const where = new Conditions();
  where.narrow('r.id >= ?', ids.from);
  where.narrow('r.id < ?', ids.below);
  return (await readLedger(session, userId, where, 'ASC', limit)).map(withoutUser);
}

/** Reads the rows `r` that match the conditions, of all users or of one user, in ascending or descending order of their ids. */
async function readLedger(
  session: Session,
  userId: number | undefined,
  where: Conditions,
  order: 'ASC' | 'DESC',
  limit: number,
): Promise<ListedLedgerRow[]> {
  where.narrow('r.user_id = ?', userId);
  const index = userId === undefined ? 'PRIMARY' : 'ix_point_transactions_user';
  return session.query<ListedLedgerRow>(
    // the rows are limited before the joins; otherwise a server may read and sort all tables
    `SELECT t.id, t.user_id AS userId, u.reference AS userReference, t.type, t.amount, t.balance_after AS balanceAfter,
       t.request_id AS requestId, t.order_id AS orderId, q.reason, t.created_at AS createdAt
     FROM (
       SELECT * FROM point_transactions r FORCE INDEX (${index}) WHERE ${where.sql} ORDER BY r.id ${order} LIMIT ?
     ) t LEFT JOIN users u ON u.id = t.user_id LEFT JOIN requests q ON q.id = t.request_id
     ORDER BY t.id ${order}`,
    [...where.values, limit],
  );
}

function withoutUser({ userId, userReference, ...row }: ListedLedgerRow): LedgerRow {
  return row;
}
