import { command } from '../../cli/command.ts';
import { LIST_OPTIONS } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { BATCH_ARGUMENT } from './arguments.ts';
import { RESULTS } from './view.ts';

/** `shop batch results` */
export const results = command({
  name: 'results',
  summary: 'Show the outcome of each row of a batch, in file order',
  arguments: [BATCH_ARGUMENT],
  options: {
    limit: LIST_OPTIONS.limit,
    after: {
      ...LIST_OPTIONS.after,
      flags: '--after <line>',
      description: 'start after this line (for the next page)',
    },
  },
  examples: ['shop batch results payroll-2026-11', 'shop batch results 7 --limit 1000 --after 1001 -o csv'],
  run: async (context, [batch], page) => {
    const { readResults } = await import('../../domain/batches/report.ts');
    return answer(await readResults(await context.session(), batch, page), RESULTS);
  },
});
