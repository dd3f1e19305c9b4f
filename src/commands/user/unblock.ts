import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { BLOCKED_USER_ARGUMENT } from './arguments.ts';
import { UNBLOCKED } from './view.ts';

/** `shop user unblock` */
export const unblock = command({
  name: 'unblock',
  summary: 'Let a blocked user order again',
  arguments: [BLOCKED_USER_ARGUMENT],
  examples: ['shop user unblock 1', 'shop user unblock @HB-17 --json'],
  run: async (context, [user]) => {
    const { unblockUser } = await import('../../domain/shop/users.ts');
    return answer(await unblockUser(await context.session(), user, await context.origin()), UNBLOCKED);
  },
});
