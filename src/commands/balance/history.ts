import { command } from '../../cli/command.ts';
import { LIST_OPTIONS } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { LEDGER_FILTERS } from '../ledger/options.ts';
import { USER_ARGUMENT } from '../user/arguments.ts';
import { HISTORY } from './view.ts';

/** `shop balance history` */
export const history = command({
  name: 'history',
  summary: "List a user's ledger, newest first",
  arguments: [USER_ARGUMENT],
  options: { ...LEDGER_FILTERS, ...LIST_OPTIONS },
  examples: ['shop balance history 1', 'shop balance history @HB-17 --type refund --since 30d -o csv'],
  run: async (context, [user], filter) => {
    const { readHistory } = await import('../../domain/shop/ledger.ts');
    return answer(await context.read(async (server) => readHistory(await server.session(), user, filter)), HISTORY);
  },
});
