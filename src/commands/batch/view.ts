import { columns, listView, recordView, withSpareColumns } from '../../cli/output/view.ts';
import type { BatchResult, BatchTotals } from '../../domain/batches/report.ts';
import { phrase } from '../../domain/phrase.ts';

/** A batch as it is shown; a dry run may have none, for nothing was recorded under the name. */
export type ShownBatch = Omit<BatchTotals, 'batchId'> & { readonly batchId: number | null };

const COLUMNS = columns<ShownBatch>({
  batchId: 'identifier',
  name: 'text',
  total: 'count',
  applied: 'count',
  refused: 'count',
  failed: 'count',
  pending: 'count',
  replayed: 'count',
  seconds: 'count',
});

/** Columns of one batch. */
export const BATCH = recordView<ShownBatch>(...COLUMNS);

/** Columns of a list of batches. */
export const BATCHES = withSpareColumns(listView<ShownBatch>(phrase('No batches.'), ...COLUMNS), 'seconds', 'replayed');

/** Columns of the outcomes of a batch's rows. */
export const RESULTS = withSpareColumns(
  listView<BatchResult>(
    phrase('No rows.'),
    ...columns<BatchResult>({
      line: 'count',
      key: 'text',
      kind: 'word',
      status: 'status',
      code: 'word',
      orderId: 'identifier',
      balance: 'amount',
      reason: 'prose',
    }),
  ),
  'balance',
  'orderId',
);
