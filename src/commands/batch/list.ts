import type { Runner } from '../../cli/command.ts';
import { LIST_OPTIONS, type ListFlags, parsePage } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { BATCHES } from './view.ts';

/** `shop batch list` */
export function addList(group: Command, runner: Runner): void {
  addCommand<ListFlags>(
    group,
    {
      name: 'list',
      summary: 'List batches, newest first',
      options: LIST_OPTIONS,
      examples: ['shop batch list', 'shop batch list --limit 100 --json'],
      run: async (context, _args, flags) => {
        const page = parsePage(flags);
        const { listBatches } = await import('../../domain/batches/report.ts');
        return answer(await context.read(async (server) => listBatches(await server.session(), page)), BATCHES);
      },
    },
    runner,
  );
}
