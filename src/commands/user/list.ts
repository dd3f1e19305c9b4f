import { command } from '../../cli/command.ts';
import { LIST_OPTIONS } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { SEARCH_OPTION } from '../search-option.ts';
import { USERS } from './view.ts';

/** `shop user list` */
export const list = command({
  name: 'list',
  summary: 'List users, newest first',
  options: { ...SEARCH_OPTION, ...LIST_OPTIONS },
  examples: ['shop user list', 'shop user list --search books', 'shop user list --limit 100 --after 900 --json'],
  run: async (context, _args, filter) => {
    const { listUsers } = await import('../../domain/shop/users.ts');
    return answer(await context.read(async (server) => listUsers(await server.session(), filter)), USERS);
  },
});
