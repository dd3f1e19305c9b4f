import type { Runner } from '../../cli/command.ts';
import { LIST_OPTIONS, type ListFlags, parsePage } from '../../cli/options.ts';
import { answer, fields, listView } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { parseRef } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { PointTransaction } from '../../domain/shop/points.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';

const HISTORY = listView<PointTransaction>(
  phrase('No points have been charged or spent.'),
  ...fields<PointTransaction>('id', 'type', 'amount', 'balanceAfter', 'requestId', 'orderId', 'createdAt'),
);

/** `shop balance history` */
export function addHistory(command: Command, runner: Runner): void {
  addCommand<ListFlags>(
    command,
    {
      name: 'history',
      summary: "List a user's ledger, newest first",
      arguments: [USER_ARGUMENT],
      options: LIST_OPTIONS,
      examples: ['shop balance history 1', 'shop balance history 1 --limit 1000 -o csv'],
      run: async (context, [user = ''], flags) => {
        const [ref, page] = [parseRef('user', user), parsePage(flags)];
        const { readHistory } = await import('../../domain/shop/points.ts');
        return answer(await context.read(async (server) => readHistory(await server.session(), ref, page)), HISTORY);
      },
    },
    runner,
  );
}
