import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { choiceOption, LIST_OPTIONS } from '../../cli/options.ts';
import { ROW_CODES } from '../../domain/batches/row.ts';
import { OUTCOME_CODES } from '../../domain/requests/kinds/index.ts';
import { REQUEST_STATUSES } from '../../domain/requests/status.ts';
import { BATCH_ARGUMENT } from './arguments.ts';
import { RESULTS } from './view.ts';

/** `shop batch results` */
export const results = command({
  name: 'results',
  summary: 'Show the outcome of each row of a batch, in file order',
  arguments: [BATCH_ARGUMENT],
  options: {
    status: choiceOption('--status <status>', REQUEST_STATUSES),
    code: choiceOption(
      '--code <code>',
      [...ROW_CODES, ...OUTCOME_CODES],
      'only rows that were refused or failed with this code',
    ),
    ...LIST_OPTIONS,
    after: {
      ...LIST_OPTIONS.after,
      flags: '--after <line>',
      description: 'start after this line (for the next page)',
    },
  },
  examples: [
    'shop batch results payroll-2026-11',
    'shop batch results payroll-2026-11 --status refused --all -o csv',
    'shop batch results 7 --limit 1000 --after 1001 -o csv',
  ],
  run: async (context, [batch], filter) => {
    const { readResults } = await import('../../domain/batches/report.ts');
    return printList(context, filter, RESULTS, {
      read: (session, page) => readResults(session, batch, { ...filter, ...page }),
      positionOf: ({ line }) => line,
      fromPrimary: true,
    });
  },
});
