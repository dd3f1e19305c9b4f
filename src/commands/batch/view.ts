import { barWidth, labelled, told } from '../../cli/live/lines.ts';
import { bar, pace, progress } from '../../cli/live/progress.ts';
import { type Looks, rate } from '../../cli/live/watch.ts';
import { paint } from '../../cli/output/colors.ts';
import { GAP } from '../../cli/output/column-widths.ts';
import { grouped } from '../../cli/output/numbers.ts';
import type { Page } from '../../cli/output/page.ts';
import { fields, listView, recordView, sparing } from '../../cli/output/view.ts';
import type { BatchResult, BatchTotals } from '../../domain/batch-report.ts';
import { phrase } from '../../domain/phrase.ts';

/** A batch as it is shown; a dry run may have none, for nothing was recorded under the name. */
export type ShownBatch = Omit<BatchTotals, 'batchId'> & { readonly batchId: number | null };

const BATCH_COLUMNS = fields<ShownBatch>(
  'batchId',
  'name',
  'total',
  'applied',
  'refused',
  'failed',
  'pending',
  'replayed',
  'seconds',
);
export const BATCH = recordView<ShownBatch>(...BATCH_COLUMNS);
export const BATCHES = sparing(listView<ShownBatch>(phrase('No batches.'), ...BATCH_COLUMNS), 'seconds', 'replayed');

export const RESULT_COLUMNS = fields<BatchResult>(
  'line',
  'key',
  'kind',
  'status',
  'code',
  'orderId',
  'balance',
  'reason',
);
export const RESULTS = sparing(listView<BatchResult>(phrase('No rows.'), ...RESULT_COLUMNS), 'balance', 'orderId');

/** The live screen of `batch show --watch`. */
export function drawBatch(looks: Looks<BatchTotals>, page: Page): string[] {
  const { batchId, name, total, applied, refused, failed, pending, replayed } = looks.now;
  const decided = (batch: BatchTotals) => batch.total - batch.pending;
  const done = progress(decided(looks.now), total);
  return [
    [paint(page, 'heading', `shop batch ${batchId}`), told(page, name)].join(GAP),
    '',
    [bar(decided(looks.now), total, barWidth(page, done)), told(page, done)].join(GAP),
    told(page, pace(rate(looks, decided), pending)),
    '',
    ...labelled(page, [
      [phrase('applied'), grouped(applied)],
      [phrase('refused'), grouped(refused), refused === 0 ? undefined : 'refused'],
      [phrase('failed'), grouped(failed), failed === 0 ? undefined : 'bad'],
      [phrase('pending'), grouped(pending)],
      [phrase('replayed'), grouped(replayed)],
    ]),
  ];
}
