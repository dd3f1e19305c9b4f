import { command } from '../../cli/command.ts';
import { answer } from '../../cli/output/view.ts';
import { parseReason } from '../../domain/input.ts';
import { UNBLOCKED_USER_ARGUMENT } from './arguments.ts';
import { BLOCKED } from './view.ts';

/** `shop user block` */
export const block = command({
  name: 'block',
  summary: 'Block a user from ordering and checking out',
  arguments: [UNBLOCKED_USER_ARGUMENT],
  options: {
    reason: {
      flags: '--reason <text>',
      description: 'reason for the change, 1 to 200 characters (required)',
      parse: (text) => parseReason('--reason', text),
      required: true,
    },
  },
  examples: ['shop user block 1 --reason "unpaid invoices"', 'shop user block @HB-17 --reason fraud --json'],
  run: async (context, [user], { reason }) => {
    const { blockUser } = await import('../../domain/shop/users.ts');
    return answer(await blockUser(await context.session(), user, reason, await context.config()), BLOCKED);
  },
});
