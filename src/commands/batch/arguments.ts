import type { ArgumentSpec } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { columns } from '../../cli/output/view.ts';
import type { BatchTotals } from '../../domain/batches/report.ts';
import { phrase } from '../../domain/phrase.ts';

/** The argument for a batch. The prompt offers the newest batches, and also accepts the name or id of any batch. */
export const BATCH_ARGUMENT = {
  name: 'batch',
  description: "the batch's name, or its id",
  values: 'batch',
  parse: String,
  ask: (context) => chooseBatch(context, {}),
} satisfies ArgumentSpec;

/** The argument for a batch to cancel. Completion and the prompt offer only batches with pending rows. */
export const PENDING_BATCH_ARGUMENT = {
  ...BATCH_ARGUMENT,
  values: 'pending-batch',
  ask: (context) => chooseBatch(context, { withdrawable: true }),
} satisfies ArgumentSpec;

async function chooseBatch(context: Context, filter: { readonly withdrawable?: boolean }): Promise<readonly string[]> {
  const [{ chooseNewest, NEWEST, onlyMatch }, { listBatches, readBatch }] = await Promise.all([
    import('../../cli/prompts/newest.ts'),
    import('../../domain/batches/report.ts'),
  ]);
  const session = await context.session();
  return chooseNewest<BatchTotals>(context, {
    name: 'batch',
    message: phrase('batch (one of the newest, or a name or id)'),
    columns: [
      { name: 'id', value: ({ batchId }) => batchId, kind: 'identifier' },
      { name: 'rows', value: ({ total }) => total, kind: 'count' },
      ...columns<BatchTotals>({ pending: 'count', name: 'text' }),
    ],
    newest: () => listBatches(session, { ...NEWEST, ...filter }),
    find: async (text) => onlyMatch(await readBatch(session, text)),
    word: ({ name }) => name,
  });
}
