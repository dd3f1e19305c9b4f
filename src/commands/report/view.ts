import type { CalendarUnit } from '../../cli/local-time.ts';
import { localTime } from '../../cli/output/cells.ts';
import { title } from '../../cli/output/marks.ts';
import { grouped } from '../../cli/output/numbers.ts';
import { type Column, columns, forPeople, listView, withBars } from '../../cli/output/view.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { PointsFlow } from '../../domain/reports/points.ts';
import type { ProductSales, Sales, UserSales } from '../../domain/reports/sales.ts';

/** The time span in the title of a report. */
interface ReportSpan {
  readonly since: Date;
  readonly until: Date;
}

/** A row of a report by day or month. */
interface InPeriod {
  readonly day?: string | undefined;
  readonly month?: string | undefined;
}

const PERIOD_COLUMNS = {
  day: columns<InPeriod>({ day: 'word' }),
  month: columns<InPeriod>({ month: 'word' }),
};

/** Returns the column with the day or the month. */
export function periodColumn(unit: CalendarUnit): readonly Column<InPeriod>[] {
  return PERIOD_COLUMNS[unit];
}

/** Columns that name the product of a row. */
export const PRODUCT_COLUMNS = columns<ProductSales>({ productId: 'identifier', name: 'text' });
/** Columns that name the user of a row. */
export const USER_COLUMNS = columns<UserSales>({ userId: 'identifier', name: 'text' });

const SALES_COLUMNS = columns<Sales>({
  orders: 'count',
  units: 'count',
  amount: 'amount',
  returned: 'count',
  refunded: 'amount',
  net: 'amount',
});

/**
 * Creates the view of a report of sales, with a bar for each net amount.
 *
 * @param ordersAddUp false in a report by product, where an order counts once for each of its products.
 */
export function salesView<Row extends object>(
  named: readonly Column<Row>[],
  { since, until }: ReportSpan,
  ordersAddUp = true,
) {
  const list = listView<Row & Sales>(NOTHING, ...named, ...SALES_COLUMNS);
  const view = withBars(list, ({ net }) => Math.max(Number(net), 0));
  return forPeople(view, {
    headline: () => title(phrase`Sales from ${localTime(since)} to ${localTime(until)}`),
    foot: (rows) => (rows.length === 0 ? [] : [totals(rows, ordersAddUp)]),
  });
}

const NOTHING = phrase('There is nothing to report in this time span.');

function totals(rows: readonly Sales[], ordersAddUp: boolean): Phrase {
  const sum = (field: keyof Sales) => grouped(String(rows.reduce((total, row) => total + BigInt(row[field]), 0n)));
  const [units, paid, refunded, net] = [sum('units'), sum('amount'), sum('refunded'), sum('net')];
  return ordersAddUp
    ? phrase`Total of these rows: ${sum('orders')} orders, ${units} units, ${paid} paid, ${refunded} refunded, net ${net}`
    : phrase`Total of these rows: ${units} units, ${paid} paid, ${refunded} refunded, net ${net}`;
}

/** Creates the view of a report of points. */
export function pointsView(unit: CalendarUnit, { since, until }: ReportSpan) {
  const view = listView<InPeriod & PointsFlow>(
    NOTHING,
    ...periodColumn(unit),
    ...columns<PointsFlow>({
      charged: 'amount',
      paid: 'amount',
      refunded: 'amount',
      adjusted: 'amount',
      closing: 'amount',
    }),
  );
  return forPeople(view, {
    headline: () => title(phrase`Points from ${localTime(since)} to ${localTime(until)}`),
  });
}
