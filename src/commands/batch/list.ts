import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { choiceOption, LIST_OPTIONS } from '../../cli/options.ts';
import { BATCH_STATUSES } from '../../domain/batches/status.ts';
import { BATCHES } from './view.ts';

/** `shop batch list` */
export const list = command({
  name: 'list',
  summary: 'List batches, newest first',
  options: {
    status: choiceOption(
      '--status <status>',
      BATCH_STATUSES,
      'pending (with pending rows), incomplete (the file was not sent completely), done or cancelled',
    ),
    ...LIST_OPTIONS,
  },
  examples: ['shop batch list', 'shop batch list --status pending', 'shop batch list --limit 100 --json'],
  run: async (context, _args, { status, ...options }) => {
    const { batchesWithPending, listBatches } = await import('../../domain/batches/report.ts');
    let withPending: Promise<readonly number[]> | undefined;
    return printList(context, options, BATCHES, {
      read: async (session, page) => {
        // found once for all pages
        if (status === 'pending' || status === 'done') withPending ??= batchesWithPending(session);
        return listBatches(session, { ...page, status, withPending: await withPending });
      },
      positionOf: ({ batchId }) => batchId,
    });
  },
});
