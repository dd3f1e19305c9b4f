import type { Runner } from '../../cli/command.ts';
import { answer, fields, recordView } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import type { Seeded } from '../../domain/shop/seed.ts';

/** `shop db seed` */
export function addSeed(group: Command, runner: Runner): void {
  addCommand(
    group,
    {
      name: 'seed',
      summary: 'Put sample users and products in',
      examples: ['shop db seed'],
      run: async (context) => {
        const { seedDatabase } = await import('../../domain/servers/schema.ts');
        const seeded = await seedDatabase(await context.databaseUrl());
        return answer<Seeded, Seeded>(seeded, recordView<Seeded>(...fields<Seeded>('users', 'products')));
      },
    },
    runner,
  );
}
