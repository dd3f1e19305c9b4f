import { Conditions } from '../../db/mysql/conditions.ts';
import type { Session } from '../../db/mysql/connection.ts';
import { narrowToSpan } from '../../db/mysql/id-range.ts';
import { inSnapshot } from '../../db/mysql/transaction.ts';
import { exact } from '../requests/kinds/exact.ts';
import { type Periods, periodOf } from './periods.ts';

/** The changes of all balances in one period. A sum above 2^53 − 1 is a string of digits. */
export interface PointsFlow {
  readonly charged: number | string;
  /** Points paid for orders. */
  readonly paid: number | string;
  readonly refunded: number | string;
  /** Corrections of balances; negative if they subtracted points. */
  readonly adjusted: number | string;
  /** The points owed to all users at the end of the period. */
  readonly closing: number | string;
}

interface FlowRow {
  readonly period: number;
  readonly charged: string;
  readonly paid: string;
  readonly refunded: string;
  readonly adjusted: string;
}

/**
 * Reads the changes of all balances in each period, from one snapshot. The closing totals are computed backwards from the
 * current balances, so that only the ledger since the first period is read.
 */
export async function pointsByPeriod(session: Session, { starts, until }: Periods): Promise<PointsFlow[]> {
  const { rows, owed } = await inSnapshot(session, async () => {
    const where = new Conditions();
    await narrowToSpan(session, 'point_transactions', { since: starts[0] }, where);
    const [period, values] = periodOf('r.created_at', until === undefined ? starts : [...starts, until]);
    const sum = (type: string) => `SUM(CASE WHEN r.type = '${type}' THEN r.amount ELSE 0 END)`;
    const rows = await session.query<FlowRow>(
      `SELECT ${period} AS period, ${sum('charge')} AS charged, -${sum('payment')} AS paid,
         ${sum('refund')} AS refunded, ${sum('adjustment')} AS adjusted
       FROM point_transactions r WHERE ${where.sql} GROUP BY 1`,
      [...values, ...where.values],
    );
    const [balances] = await session.query<{ owed: string }>('SELECT COALESCE(SUM(balance), 0) AS owed FROM users');
    return { rows, owed: BigInt(balances?.owed ?? 0) };
  });
  const byPeriod = new Map(rows.map((row) => [row.period, row]));
  const flows: PointsFlow[] = [];
  let closing = owed - changeOf(byPeriod.get(starts.length + 1));
  for (let index = starts.length; index > 0; index--) {
    const row = byPeriod.get(index);
    const sumOf = (field: keyof FlowRow) => exact(BigInt(row?.[field] ?? 0));
    flows.unshift({
      charged: sumOf('charged'),
      paid: sumOf('paid'),
      refunded: sumOf('refunded'),
      adjusted: sumOf('adjusted'),
      closing: exact(closing),
    });
    closing -= changeOf(row);
  }
  return flows;
}

/** Returns the change of all balances in a period. */
function changeOf(row: FlowRow | undefined): bigint {
  if (row === undefined) return 0n;
  return BigInt(row.charged) - BigInt(row.paid) + BigInt(row.refunded) + BigInt(row.adjusted);
}
