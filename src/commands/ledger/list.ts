import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { LIST_OPTIONS } from '../../cli/options.ts';
import { parseRef } from '../../domain/input.ts';
import { LEDGER_FILTERS } from './options.ts';
import { LEDGER } from './view.ts';

/** `shop ledger list` */
export const list = command({
  name: 'list',
  summary: 'List the ledger rows of all users, newest first',
  options: {
    user: {
      flags: '--user <user>',
      description: 'only rows of this user (id or @reference)',
      values: 'user',
      parse: (text) => parseRef('--user', text),
    },
    ...LEDGER_FILTERS,
    ...LIST_OPTIONS,
  },
  examples: ['shop ledger list --since 1d --all', 'shop ledger list --user @HB-17 --type adjustment --json'],
  run: async (context, _args, filter) => {
    const { listLedger } = await import('../../domain/shop/ledger.ts');
    return printList(context, filter, LEDGER, {
      read: (session, page) => listLedger(session, { ...filter, ...page }),
    });
  },
});
