import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { USER_ARGUMENT } from './arguments.ts';
import { USER } from './view.ts';

/** `shop user show` */
export const show = command({
  name: 'show',
  summary: 'Show a user',
  arguments: [USER_ARGUMENT],
  examples: ['shop user show 1', 'shop user show @HB-17 --json'],
  run: async (context, [user]) => {
    const { findUser } = await import('../../domain/shop/users.ts');
    return answer(await findUser(await context.orm(), user), USER);
  },
});
