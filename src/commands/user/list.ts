import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { LIST_OPTIONS } from '../../cli/options.ts';
import { SEARCH_OPTION } from '../search-option.ts';
import { USERS } from './view.ts';

/** `shop user list` */
export const list = command({
  name: 'list',
  summary: 'List users, newest first',
  options: {
    ...SEARCH_OPTION,
    blocked: { flags: '--blocked', description: 'only blocked users' },
    ...LIST_OPTIONS,
  },
  examples: [
    'shop user list',
    'shop user list --search books',
    'shop user list --blocked',
    'shop user list --all -o csv',
  ],
  run: async (context, _args, filter) => {
    const { listUsers } = await import('../../domain/shop/users.ts');
    return printList(context, filter, USERS, {
      read: (session, page) => listUsers(session, { ...filter, ...page }),
    });
  },
});
