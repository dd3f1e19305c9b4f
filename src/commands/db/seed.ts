import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { SEEDED } from './view.ts';

/** `shop db seed` */
export const seed = command({
  name: 'seed',
  summary: 'Add sample users and products',
  examples: ['shop db seed'],
  run: async (context) => {
    const { seedDatabase } = await import('../../domain/servers/migrate.ts');
    return answer(await seedDatabase(await context.databaseUrl(), await context.origin()), SEEDED);
  },
});
