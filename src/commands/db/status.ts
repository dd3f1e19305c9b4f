import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { STATUS } from './view.ts';

/** `shop db status` */
export const status = command({
  name: 'status',
  summary: 'Show applied and pending migrations, and schema drift',
  examples: ['shop db status', 'shop db status --json'],
  run: async (context) => {
    const { readSchemaStatus } = await import('../../domain/servers/migrate.ts');
    return answer(await readSchemaStatus(await context.databaseUrl()), STATUS);
  },
});
