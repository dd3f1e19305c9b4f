import { command } from '../../cli/command.ts';
import { grouped, named, signed } from '../../cli/output/numbers.ts';
import { answer } from '../../cli/output/view.ts';
import { MAX_AMOUNT, parseChange } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { REQUEST_OPTIONS, REQUIRED_REASON_OPTION, submitRequest } from '../request/submit.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { adjusted } from './view.ts';

/** `shop balance adjust` */
export const adjust = command({
  name: 'adjust',
  summary: "Correct a user's balance",
  arguments: [USER_ARGUMENT],
  options: {
    by: {
      flags: '--by <points>',
      description: 'points to add, or to subtract if negative, at most 1,000,000,000,000 (required)',
      parse: (text) => parseChange('--by', text, MAX_AMOUNT),
      required: true,
    },
    ...REQUIRED_REASON_OPTION,
    ...REQUEST_OPTIONS,
  },
  examples: [
    'shop balance adjust 1 --by -3000 --reason "charged twice"',
    'shop balance adjust @HB-17 --by 500 --reason goodwill --key ticket-812 --json',
  ],
  run: async (context, [user], { by: amount, reason, ...options }) =>
    submitRequest(context, { kind: 'points-adjust', payload: { user, amount }, reason }, options, {
      confirm: async (session) => {
        const { readBalance } = await import('../../domain/shop/points.ts');
        const { userId, name, balance } = await readBalance(session, user);
        return context.confirm(
          phrase`Adjust the balance of ${named(name, userId)}, which is ${grouped(balance)} now, by ${signed(amount)}?`,
        );
      },
      show: async (outcome, request, session) => answer({ ...request, ...outcome }, adjusted(session)),
    }),
});
