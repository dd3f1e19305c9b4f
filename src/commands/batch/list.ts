import { command } from '../../cli/command.ts';
import { LIST_OPTIONS } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { BATCHES } from './view.ts';

/** `shop batch list` */
export const list = command({
  name: 'list',
  summary: 'List batches, newest first',
  options: LIST_OPTIONS,
  examples: ['shop batch list', 'shop batch list --limit 100 --json'],
  run: async (context, _args, page) => {
    const { listBatches } = await import('../../domain/batches/report.ts');
    return answer(await context.read(async (server) => listBatches(await server.session(), page)), BATCHES);
  },
});
