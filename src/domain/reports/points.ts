import { Conditions } from '../../db/mysql/conditions.ts';
import type { Session } from '../../db/mysql/connection.ts';
import { narrowToSpan } from '../../db/mysql/id-range.ts';
import { inSnapshot } from '../../db/mysql/transaction.ts';
import { exact } from '../requests/kinds/exact.ts';
import type { LedgerType } from '../requests/kinds/state.ts';
import { type Periods, periodOf } from './periods.ts';

/** The changes of all balances in one period. A sum above 2^53 − 1 is a string of digits. */
export interface PointsFlow {
  readonly charged: number | string;
  /** Points paid for orders. */
  readonly paid: number | string;
  readonly refunded: number | string;
  /** Corrections of balances; negative if they subtracted more points than they added. */
  readonly adjusted: number | string;
  /** The points owed to all users at the end of the period. */
  readonly closing: number | string;
}

type FlowField = Exclude<keyof PointsFlow, 'closing'>;

/** For each type of ledger row, the field for the sum of the amounts. The sign `-` turns a sum of decreases into a positive number. */
const FLOWS: Readonly<Record<LedgerType, { readonly field: FlowField; readonly sign: '' | '-' }>> = {
  charge: { field: 'charged', sign: '' },
  payment: { field: 'paid', sign: '-' },
  refund: { field: 'refunded', sign: '' },
  adjustment: { field: 'adjusted', sign: '' },
};

const SUMS = Object.entries(FLOWS)
  .map(([type, { field, sign }]) => `${sign}SUM(CASE WHEN r.type = '${type}' THEN r.amount ELSE 0 END) AS ${field}`)
  .join(', ');

interface FlowRow extends Readonly<Record<FlowField, string>> {
  readonly period: number;
  /** The change of all balances. */
  readonly difference: string;
}

/**
 * Reads the changes of all balances in each period, from one snapshot. The closing totals are computed backwards from the
 * current balances, so that only the ledger since the start of the first period is read.
 */
export async function pointsByPeriod(session: Session, { starts, until }: Periods): Promise<PointsFlow[]> {
  const { rows, owed } = await inSnapshot(session, async () => {
    const where = new Conditions();
    await narrowToSpan(session, 'point_transactions', { since: starts[0] }, where);
    const [period, values] = periodOf('r.created_at', until === undefined ? starts : [...starts, until]);
    const rows = await session.query<FlowRow>(
      `SELECT ${period} AS period, SUM(r.amount) AS difference, ${SUMS}
       FROM point_transactions r WHERE ${where.sql} GROUP BY 1`,
      [...values, ...where.values],
    );
    const [balances] = await session.query<{ owed: string }>('SELECT COALESCE(SUM(balance), 0) AS owed FROM users');
    return { rows, owed: BigInt(balances?.owed ?? 0) };
  });
  const byPeriod = new Map(rows.map((row) => [row.period, row]));
  const flows: PointsFlow[] = [];
  let closing = owed - BigInt(byPeriod.get(starts.length + 1)?.difference ?? 0);
  for (let index = starts.length; index > 0; index--) {
    const row = byPeriod.get(index);
    const sums = Object.values(FLOWS).map(({ field }) => [field, exact(BigInt(row?.[field] ?? 0))]);
    flows.unshift({ ...(Object.fromEntries(sums) as Omit<PointsFlow, 'closing'>), closing: exact(closing) });
    closing -= BigInt(row?.difference ?? 0);
  }
  return flows;
}
