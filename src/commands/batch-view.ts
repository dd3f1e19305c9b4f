import type { BatchResult, BatchTotals } from '../domain/batch-report.ts';
import { fields, listView, recordView } from './present/view.ts';

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
export const BATCHES = listView<ShownBatch>('No batches.', ...BATCH_COLUMNS);

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
export const RESULTS = listView<BatchResult>('No rows.', ...RESULT_COLUMNS);
