import { fields, listView, recordView, withSpareColumns } from '../../cli/output/view.ts';
import type { BatchResult, BatchTotals } from '../../domain/batches/report.ts';
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

export const BATCHES = withSpareColumns(
  listView<ShownBatch>(phrase('No batches.'), ...BATCH_COLUMNS),
  'seconds',
  'replayed',
);

const RESULT_COLUMNS = fields<BatchResult>('line', 'key', 'kind', 'status', 'code', 'orderId', 'balance', 'reason');

export const RESULTS = withSpareColumns(
  listView<BatchResult>(phrase('No rows.'), ...RESULT_COLUMNS),
  'balance',
  'orderId',
);
