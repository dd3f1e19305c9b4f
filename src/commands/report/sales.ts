import { lineOf } from '../../cli/call.ts';
import { command } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { printMore } from '../../cli/list.ts';
import { choiceOption, DEFAULT_LIMIT } from '../../cli/options.ts';
import { grouped } from '../../cli/output/numbers.ts';
import { type Answer, answer } from '../../cli/output/view.ts';
import { parseWhole } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { openLongSession } from '../long-session.ts';
import { firstTime, type GivenSpan, reportPeriods, SPAN_OPTIONS } from './periods.ts';
import { PRODUCT_COLUMNS, periodColumn, salesView, USER_COLUMNS } from './view.ts';

/** A report is not streamed, so its rows must fit into the memory. */
const MAX_ROWS = 100_000;

/** `shop report sales` */
export const sales = command({
  name: 'sales',
  summary: 'Report orders, refunds and the net amount by day, month, product or user',
  options: {
    by: {
      ...choiceOption(
        '--by <unit>',
        ['day', 'month', 'product', 'user'] as const,
        'day, month, product or user (required)',
      ),
      required: true,
    },
    ...SPAN_OPTIONS,
    limit: {
      flags: '--limit <n>',
      parse: (text) => parseWhole('--limit', text, 1, MAX_ROWS),
      description: `maximum number of rows: the products or users with the highest net amounts (default: ${DEFAULT_LIMIT}), or the newest days or months (default: all)`,
    },
  },
  examples: [
    'shop report sales --by day',
    'shop report sales --by month --since 2026-01-01 --until 2027-01-01 -o csv',
    'shop report sales --by product --since 7d --limit 10 --json',
  ],
  run: (context, _args, { by, limit, ...span }) =>
    by === 'day' || by === 'month' ? byPeriod(context, by, span, limit) : byNet(context, by, span, limit),
});

async function byPeriod(
  context: Context,
  unit: 'day' | 'month',
  span: GivenSpan,
  limit: number | undefined,
): Promise<Answer> {
  const { salesByPeriod } = await import('../../domain/reports/sales.ts');
  const now = new Date();
  const { names, first, ...periods } = reportPeriods(unit, span, now, limit);
  const rows = await context.read(async (server) => salesByPeriod(await openLongSession(context, server), periods));
  const named = rows.map((row, index) => ({ [unit]: names[index], ...row }));
  return answer(named, salesView(periodColumn(unit), { since: first, until: span.until ?? now }));
}

async function byNet(
  context: Context,
  by: 'product' | 'user',
  given: GivenSpan,
  limit = DEFAULT_LIMIT,
): Promise<Answer> {
  const { salesByProduct, salesByUser } = await import('../../domain/reports/sales.ts');
  const now = new Date();
  const span = { since: firstTime(given, now), until: given.until };
  const shown = { ...span, until: span.until ?? now };
  return context.read(async (server) => {
    const session = await openLongSession(context, server);
    // one more row shows whether there are more
    if (by === 'product') {
      const rows = await firstOf(context, await salesByProduct(session, span, limit + 1), limit);
      return answer(rows, salesView(PRODUCT_COLUMNS, shown, false));
    }
    return answer(
      await firstOf(context, await salesByUser(session, span, limit + 1), limit),
      salesView(USER_COLUMNS, shown),
    );
  });
}

/** Returns the first rows. If rows are left, prints how to get them. */
async function firstOf<Row>(context: Context, rows: readonly Row[], limit: number): Promise<readonly Row[]> {
  if (rows.length > limit) {
    const next = limit < MAX_ROWS ? lineOf(context.call, { '--limit': String(MAX_ROWS) }) : null;
    const text =
      next === null
        ? phrase('There are more rows. Choose a shorter time span.')
        : phrase`There are more rows. Up to ${grouped(MAX_ROWS)} rows: \`${next}\`.`;
    await printMore(context, text, { next });
  }
  return rows.slice(0, limit);
}
