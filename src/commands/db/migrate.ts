import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { MIGRATED } from './view.ts';

/** `shop db migrate` */
export const migrate = command({
  name: 'migrate',
  summary: 'Migrate the schema to the newest version',
  examples: ['shop db migrate'],
  run: async (context) => {
    const { migrateDatabase } = await import('../../domain/servers/migrate.ts');
    return answer({ applied: await migrateDatabase(await context.databaseUrl(), await context.origin()) }, MIGRATED);
  },
});
