import type { Context } from '../../cli/context.ts';
import { type Column, fields } from '../../cli/output/view.ts';
import { chooseNewest, NEWEST } from '../../cli/prompts/newest.ts';
import { type BatchTotals, listBatches, readBatch } from '../../domain/batches/report.ts';
import { phrase } from '../../domain/phrase.ts';

/** Asks for a batch: one of the newest, or a name or id. @throws Interrupted */
export async function pickBatch(context: Context): Promise<readonly string[]> {
  const session = await context.session();
  const columns: readonly Column<BatchTotals>[] = [
    { name: 'id', value: ({ batchId }) => batchId, kind: 'identifier' },
    { name: 'rows', value: ({ total }) => total },
    ...fields<BatchTotals>('pending', 'name'),
  ];
  return chooseNewest(context, {
    name: 'batch',
    message: phrase('batch (one of the newest, or a name or id)'),
    columns,
    newest: () => listBatches(session, NEWEST),
    find: (text) => readBatch(session, text),
    word: ({ name }) => name,
  });
}
