import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { LIST_OPTIONS } from '../../cli/options.ts';
import { BATCHES } from './view.ts';

/** `shop batch list` */
export const list = command({
  name: 'list',
  summary: 'List batches, newest first',
  options: LIST_OPTIONS,
  examples: ['shop batch list', 'shop batch list --limit 100 --json'],
  run: async (context, _args, options) => {
    const { listBatches } = await import('../../domain/batches/report.ts');
    return printList(context, options, BATCHES, {
      read: (session, page) => listBatches(session, page),
      positionOf: ({ batchId }) => batchId,
    });
  },
});
