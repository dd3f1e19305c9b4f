import { done, type MarkedLine, title } from '../../cli/output/marks.ts';
import { grouped } from '../../cli/output/numbers.ts';
import { columns, forPeople, listView, recordView, withSpareColumns } from '../../cli/output/view.ts';
import type { BatchResult, BatchTotals } from '../../domain/batches/report.ts';
import { joined, type Phrase, phrase } from '../../domain/phrase.ts';

/** A batch as it is shown. In a dry run, `batchId` is null if nothing has been recorded under the name. */
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
  cancelledAt: 'time',
});

const RECORD = recordView<ShownBatch>(...COLUMNS);

/** View of one batch, with its name and id as the title. */
export const BATCH = forPeople(RECORD, {
  headline: ({ batchId, name }) => title(batchId === null ? phrase`Batch ${name}` : phrase`Batch ${name} (${batchId})`),
  hidden: ['batchId', 'name'],
});

/** A batch that was cancelled, with the number of rows that the command has withdrawn. */
type CancelledBatch = BatchTotals & { readonly withdrawn: number };

/**
 * Creates the view of a batch that was cancelled.
 *
 * @param again true if an earlier command had already cancelled the batch.
 */
export function cancelled(again: boolean) {
  return forPeople(recordView<CancelledBatch>(...COLUMNS, ...columns<CancelledBatch>({ withdrawn: 'count' })), {
    headline: ({ name, withdrawn }) =>
      done(
        again && withdrawn === 0
          ? phrase`Batch ${name} was already cancelled; no pending row was left to withdraw.`
          : phrase`Batch ${name} is cancelled. Withdrawn rows: ${grouped(withdrawn)}.`,
      ),
    hidden: ['name', 'withdrawn'],
  });
}

/** View of a batch that was sent. */
export const SENT = forPeople(RECORD, {
  headline: (batch) => withRefusals(batch, phrase`Batch ${batch.name}: ${countsOf(batch)}.`),
  hidden: COLUMNS.map(({ name }) => name),
  foot: (batch) => footOf(batch, [phrase`${batch.seconds} s`]),
});

/** View of a batch file that was compared with the recorded rows. */
export const COMPARED = forPeople(RECORD, {
  headline: (batch) => withRefusals(batch, phrase`Dry run of batch ${batch.name}: ${countsOf(batch)}.`),
  hidden: COLUMNS.map(({ name }) => name),
  foot: (batch) => footOf(batch),
});

function withRefusals({ refused, failed }: ShownBatch, text: Phrase): MarkedLine {
  return refused + failed === 0 ? done(text) : { mark: 'failed', text };
}

function countsOf({ total, applied, refused, failed, pending }: ShownBatch): Phrase {
  return joined(
    [
      total === 1 ? phrase('1 row') : phrase`${grouped(total)} rows`,
      phrase`${grouped(applied)} applied`,
      phrase`${grouped(refused)} refused`,
      ...(failed > 0 ? [phrase`${grouped(failed)} failed`] : []),
      ...(pending > 0 ? [phrase`${grouped(pending)} pending`] : []),
    ],
    ', ',
  );
}

function footOf({ batchId, replayed }: ShownBatch, last: readonly Phrase[] = []): readonly Phrase[] {
  const parts = [
    ...(batchId === null ? [] : [phrase`Batch ${batchId}`]),
    ...(replayed > 0 ? [phrase`rows recorded before: ${grouped(replayed)}`] : []),
    ...last,
  ];
  return parts.length === 0 ? [] : [joined(parts, ', ')];
}

/** Columns of a list of batches. */
export const BATCHES = withSpareColumns(
  listView<BatchTotals>(phrase('No batches.'), ...COLUMNS),
  'seconds',
  'replayed',
  'cancelledAt',
);

/** Columns of a list of the outcomes of a batch's rows. */
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
