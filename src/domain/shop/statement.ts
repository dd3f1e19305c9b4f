import { type Session, serverTime } from '../../db/mysql/connection.ts';
import { findIdRange, type Span } from '../../db/mysql/id-range.ts';
import { inSnapshot } from '../../db/mysql/transaction.ts';
import { ShopError } from '../errors.ts';
import type { Ref } from '../input.ts';
import { phrase } from '../phrase.ts';
import { exact } from '../requests/kinds/exact.ts';
import { LEDGER_TYPES, type LedgerType } from '../requests/kinds/state.ts';
import { type LedgerRow, readEntries } from './ledger.ts';
import { readBalance } from './points.ts';

/** Maximum number of entries in a statement. The whole statement is kept in memory. */
const MAX_ENTRIES = 20_000;

/**
 * A user's statement of account. The opening balance and all entries add up to the closing balance.
 *
 * A statement begins with the first row at or after `from`, and ends before the first row at or after `to`. So each row is in
 * exactly one of two adjoining statements. This is true even if a clock was set back, so that a row has an earlier time than
 * the row before it.
 */
export interface Statement {
  readonly userId: number;
  readonly name: string;
  readonly from: Date;
  readonly to: Date;
  /** The balance at `from`. */
  readonly opening: number;
  /** The ledger rows, oldest first. */
  readonly entries: readonly LedgerRow[];
  /** The balance at `to`. */
  readonly closing: number;
  /** The sum of the amounts of each type; outside ±(2^53 − 1), a string of digits. */
  readonly totals: Readonly<Record<LedgerType, number | string>>;
}

/**
 * Reads a user's statement, all of it from one snapshot. A statement without an end, or with an end in the future, ends now.
 *
 * @throws ShopError `INVALID_USER`; `INVALID_INPUT` if the span has too many entries.
 */
export async function readStatement(
  session: Session,
  user: Ref,
  { since: from, until }: Span & { readonly since: Date },
): Promise<Statement> {
  return inSnapshot(session, async () => {
    const { userId, name } = await readBalance(session, user);
    const now = await presentTime(session, userId, from);
    const to = until === undefined || until > now ? now : until;
    const ids = { from: await cutAt(session, userId, from), below: await cutAt(session, userId, to) };
    const opening = (await lastRow(session, userId, ids.from))?.balanceAfter ?? 0;
    const entries = await readEntries(session, userId, ids, MAX_ENTRIES + 1);
    if (entries.length > MAX_ENTRIES) throw tooLong(userId, from, to);
    const closing = entries.at(-1)?.balanceAfter ?? opening;
    return { userId, name, from, to, opening, entries, closing, totals: totalsOf(entries) };
  });
}

/** An id above all ids of the ledger. */
const ABOVE_ALL = Number.MAX_SAFE_INTEGER;

/**
 * Returns the end of a statement that ends now: the server's time, `start`, or the time right after the user's newest row,
 * whichever is latest. If the server's clock was set back, that row can have a later time than now.
 */
async function presentTime(session: Session, userId: number, start: Date): Promise<Date> {
  const newest = await lastRow(session, userId, ABOVE_ALL);
  const now = await serverTime(session);
  return new Date(Math.max(start.getTime(), now.getTime(), (newest?.createdAt.getTime() ?? 0) + 1));
}

/** Finds the id of the user's first row at or after a time; `ABOVE_ALL` if there is none. */
async function cutAt(session: Session, userId: number, time: Date): Promise<number> {
  const { from } = await findIdRange(session, 'point_transactions', { since: time });
  const [first] = await session.query<{ id: number }>(
    `SELECT id FROM point_transactions FORCE INDEX (ix_point_transactions_user)
     WHERE user_id = ? AND id >= ? AND created_at >= ? ORDER BY id LIMIT 1`,
    [userId, from, time],
  );
  return first?.id ?? ABOVE_ALL;
}

/** Reads the user's last ledger row with an id below `below`; undefined if there is none. */
async function lastRow(
  session: Session,
  userId: number,
  below: number,
): Promise<Pick<LedgerRow, 'balanceAfter' | 'createdAt'> | undefined> {
  const [row] = await session.query<Pick<LedgerRow, 'balanceAfter' | 'createdAt'>>(
    `SELECT balance_after AS balanceAfter, created_at AS createdAt
     FROM point_transactions FORCE INDEX (ix_point_transactions_user)
     WHERE user_id = ? AND id < ? ORDER BY id DESC LIMIT 1`,
    [userId, below],
  );
  return row;
}

function totalsOf(entries: readonly LedgerRow[]): Statement['totals'] {
  const sumOf = (type: LedgerType) =>
    exact(entries.reduce((sum, row) => (row.type === type ? sum + BigInt(row.amount) : sum), 0n));
  return Object.fromEntries(LEDGER_TYPES.map((type) => [type, sumOf(type)])) as Statement['totals'];
}

function tooLong(userId: number, from: Date, to: Date): ShopError {
  const span = `--since ${from.toISOString()} --until ${to.toISOString()}`;
  return new ShopError(
    'INVALID_INPUT',
    { userId, maximum: MAX_ENTRIES },
    {
      message: phrase`The statement has more than ${MAX_ENTRIES.toLocaleString('en')} entries.`,
      hint: phrase`Choose a shorter time span, or run \`shop balance history ${userId} ${span} --all -o csv\`.`,
    },
  );
}
