import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { LIST_OPTIONS } from '../../cli/options.ts';
import { BATCH_ARGUMENT } from './arguments.ts';
import { RESULTS } from './view.ts';

/** `shop batch results` */
export const results = command({
  name: 'results',
  summary: 'Show the outcome of each row of a batch, in file order',
  arguments: [BATCH_ARGUMENT],
  options: {
    ...LIST_OPTIONS,
    after: {
      ...LIST_OPTIONS.after,
      flags: '--after <line>',
      description: 'start after this line (for the next page)',
    },
  },
  examples: ['shop batch results payroll-2026-11', 'shop batch results 7 --all -o csv'],
  run: async (context, [batch], options) => {
    const { readResults } = await import('../../domain/batches/report.ts');
    return printList(context, options, RESULTS, {
      read: async (server, page) => readResults(await server.session(), batch, page),
      positionOf: ({ line }) => line,
      fromPrimary: true,
    });
  },
});
