import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { LIST_OPTIONS } from '../../cli/options.ts';
import { LEDGER_FILTERS } from '../ledger/options.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { HISTORY } from './view.ts';

/** `shop balance history` */
export const history = command({
  name: 'history',
  summary: "List a user's ledger rows, newest first",
  arguments: [USER_ARGUMENT],
  options: { ...LEDGER_FILTERS, ...LIST_OPTIONS },
  examples: ['shop balance history 1', 'shop balance history @HB-17 --type refund --since 30d --all -o csv'],
  run: async (context, [user], filter) => {
    const { readHistory } = await import('../../domain/shop/ledger.ts');
    return printList(context, filter, HISTORY, {
      read: (session, page) => readHistory(session, user, { ...filter, ...page }),
    });
  },
});
