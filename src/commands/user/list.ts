import { command } from '../../cli/command.ts';
import { printList } from '../../cli/list.ts';
import { LIST_OPTIONS } from '../../cli/options.ts';
import { USERS } from './view.ts';

/** `shop user list` */
export const list = command({
  name: 'list',
  summary: 'List users, newest first',
  options: LIST_OPTIONS,
  examples: ['shop user list', 'shop user list --limit 100 --after 900 --json', 'shop user list --all -o csv'],
  run: async (context, _args, options) => {
    const { listUsers } = await import('../../domain/shop/users.ts');
    return printList(context, options, USERS, {
      read: async (server, page) => listUsers(await server.orm(), page),
      positionOf: ({ id }) => id,
    });
  },
});
