import type { BatchResult, BatchTotals } from '../domain/batch-report.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import type { Language } from './language/language.ts';
import { fields, listView, recordView, sparing } from './present/view.ts';
import { bar, labelled, line, pace } from './watch/bar.ts';
import { type Looks, rate } from './watch/watch.ts';
import { grouped } from './words.ts';

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
export function drawBatch(looks: Looks<BatchTotals>, language: Language): Phrase[] {
  const { batchId, name, total, applied, refused, failed, pending, replayed } = looks.now;
  const decided = (batch: BatchTotals) => batch.total - batch.pending;
  return [
    line(`shop batch ${batchId}`, name),
    line(),
    line(bar(decided(looks.now), total), pace(rate(looks, decided), pending)),
    line(),
    ...labelled(
      [
        [phrase('applied'), grouped(applied)],
        [phrase('refused'), grouped(refused)],
        [phrase('failed'), grouped(failed)],
        [phrase('pending'), grouped(pending)],
        [phrase('replayed'), grouped(replayed)],
      ],
      language,
    ),
  ];
}
