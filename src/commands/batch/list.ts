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
  run: async (context, _args, filter) => {
    const { listBatches } = await import('../../domain/batches/report.ts');
    return printList(context, filter, BATCHES, {
      read: (session, page) => listBatches(session, { ...filter, ...page }),
      positionOf: ({ batchId }) => batchId,
    });
  },
});
