import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { parseName } from '../../domain/input.ts';
import { referenceOption } from '../reference-option.ts';
import { CREATED } from './view.ts';

/** `shop user create` */
export const create = command({
  name: 'create',
  summary: 'Create a user with no points',
  arguments: [{ name: 'name', description: '1 to 200 characters', parse: parseName }],
  options: {
    reference: referenceOption("the user's id in external systems"),
  },
  examples: ['shop user create "Corner Cafe"', 'shop user create "Harbour Books" --reference HB-17'],
  run: async (context, [name], { reference = null }) => {
    const { createUser } = await import('../../domain/shop/users.ts');
    return answer(await createUser(await context.session(), { name, reference }, await context.origin()), CREATED);
  },
});
