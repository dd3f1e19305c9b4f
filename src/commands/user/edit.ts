import { command } from '../../cli/command.ts';
import type { OptionSpecs } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { parseName } from '../../domain/input.ts';
import { referenceOption } from '../reference-option.ts';
import { USER_ARGUMENT } from './arguments.ts';
import { SAVED, UNCHANGED } from './view.ts';

const OPTIONS = {
  name: { flags: '--name <name>', description: 'new name, 1 to 200 characters', parse: parseName },
  reference: referenceOption("the user's id in external systems; it can't be changed once it is set"),
} satisfies OptionSpecs;

/** `shop user edit` */
export const edit = command({
  name: 'edit',
  summary: "Change a user's name, or set the user's reference",
  arguments: [USER_ARGUMENT],
  options: OPTIONS,
  examples: ['shop user edit 1 --name "Corner Cafe East"', 'shop user edit 2 --reference HB-17 --json'],
  run: async (context, [user], options) => {
    const { editUser, findUser } = await import('../../domain/shop/users.ts');
    const { requireEdit } = await import('../edit.ts');
    const changes = await requireEdit(context, OPTIONS, options, async (prompts) => {
      const { name, reference } = await findUser(await context.orm(), user);
      return {
        name: await prompts.change('name', parseName, name),
        reference: await prompts.reference(reference),
      };
    });
    const { entry, changed } = await editUser(await context.session(), user, changes, await context.origin());
    return answer(entry, changed ? SAVED : UNCHANGED);
  },
});
