import type { Runner } from '../../cli/command.ts';
import { optional } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { parseName, parseReference } from '../../domain/input.ts';
import { USER } from './view.ts';

/** `shop user create` */
export function addCreate(group: Command, runner: Runner): void {
  addCommand<{ reference?: string }>(
    group,
    {
      name: 'create',
      summary: 'Create a user with no points',
      arguments: [{ name: 'name', description: '1 to 200 characters', parse: parseName }],
      options: [{ flags: '--reference <reference>', description: 'the id by which the outside world knows the user' }],
      examples: ['shop user create "Corner Cafe"', 'shop user create "Harbour Books" --reference HB-17'],
      run: async (context, [name = ''], { reference }) => {
        const parsed = [
          parseName(name),
          optional(reference, (text) => parseReference('reference', text)) ?? null,
        ] as const;
        const { createUser } = await import('../../domain/shop/users.ts');
        return answer(await createUser(await context.orm(), ...parsed), USER);
      },
    },
    runner,
  );
}
