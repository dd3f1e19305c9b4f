import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { LIST_OPTIONS } from '../../cli/options.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { HISTORY } from './view.ts';

/** `shop balance history` */
export const history = command({
  name: 'history',
  summary: "List a user's ledger, newest first",
  arguments: [USER_ARGUMENT],
  options: LIST_OPTIONS,
  examples: ['shop balance history 1', 'shop balance history 1 --all -o csv'],
  run: async (context, [user], options) => {
    const { readHistory } = await import('../../domain/shop/points.ts');
    return printList(context, options, HISTORY, {
      read: async (server, page) => readHistory(await server.session(), user, page),
      positionOf: ({ id }) => id,
    });
  },
});
