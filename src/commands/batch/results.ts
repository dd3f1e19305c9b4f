import type { Runner } from '../../cli/command.ts';
import { LIST_OPTIONS, type ListFlags, parsePage } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { BATCH_ARGUMENT } from './arguments.ts';
import { RESULTS } from './view.ts';

/** `shop batch results` */
export function addResults(group: Command, runner: Runner): void {
  addCommand<ListFlags>(
    group,
    {
      name: 'results',
      summary: "Show what became of a batch's rows, in file order",
      arguments: [BATCH_ARGUMENT],
      options: [
        ...LIST_OPTIONS.slice(0, 1),
        { flags: '--after <line>', description: 'go on after this line, the last one that was seen' },
      ],
      examples: ['shop batch results payroll-2026-11', 'shop batch results 7 --limit 1000 --after 1001 -o csv'],
      run: async (context, [batch = ''], flags) => {
        const page = parsePage(flags);
        const { readResults } = await import('../../domain/batches/report.ts');
        return answer(await readResults(await context.session(), batch, page), RESULTS);
      },
    },
    runner,
  );
}
