import { command } from '../../cli/command.ts';
import { choiceOption } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { openLongSession } from '../long-session.ts';
import { reportPeriods, SPAN_OPTIONS } from './periods.ts';
import { pointsView } from './view.ts';

/** `shop report points` */
export const points = command({
  name: 'points',
  summary: 'Report the changes to all balances by day or month, with the points owed at the end of each period',
  options: {
    by: { ...choiceOption('--by <unit>', ['day', 'month'] as const, 'day or month (required)'), required: true },
    ...SPAN_OPTIONS,
  },
  examples: ['shop report points --by day', 'shop report points --by month --since 2026-01-01 -o csv'],
  run: async (context, _args, { by, ...span }) => {
    const { pointsByPeriod } = await import('../../domain/reports/points.ts');
    const now = new Date();
    const { names, first, ...periods } = reportPeriods(by, span, now);
    const rows = await context.read(async (server) => pointsByPeriod(await openLongSession(context, server), periods));
    const named = rows.map((row, index) => ({ [by]: names[index], ...row }));
    return answer(named, pointsView(by, { since: first, until: span.until ?? now }));
  },
});
