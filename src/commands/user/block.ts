import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { REQUIRED_REASON_OPTION } from '../request/submit.ts';
import { UNBLOCKED_USER_ARGUMENT } from './arguments.ts';
import { BLOCKED } from './view.ts';

/** `shop user block` */
export const block = command({
  name: 'block',
  summary: 'Block a user from ordering and checking out',
  arguments: [UNBLOCKED_USER_ARGUMENT],
  options: REQUIRED_REASON_OPTION,
  examples: ['shop user block 1 --reason "unpaid invoices"', 'shop user block @HB-17 --reason fraud --json'],
  run: async (context, [user], { reason }) => {
    const { blockUser } = await import('../../domain/shop/users.ts');
    return answer(await blockUser(await context.session(), user, reason, await context.origin()), BLOCKED);
  },
});
