import { command } from '../../cli/command.ts';
import { choiceOption, LIST_OPTIONS } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
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
    code: choiceOption('--code <code>', [...ROW_CODES, ...OUTCOME_CODES], 'refused or failed with this code'),
    limit: LIST_OPTIONS.limit,
    after: {
      ...LIST_OPTIONS.after,
      flags: '--after <line>',
      description: 'start after this line (for the next page)',
    },
  },
  examples: [
    'shop batch results payroll-2026-11',
    'shop batch results payroll-2026-11 --status refused -o csv',
    'shop batch results 7 --limit 1000 --after 1001 -o csv',
  ],
  run: async (context, [batch], filter) => {
    const { readResults } = await import('../../domain/batches/report.ts');
    return answer(await readResults(await context.session(), batch, filter), RESULTS);
  },
});
