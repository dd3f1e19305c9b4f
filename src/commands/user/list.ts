import { command } from '../../cli/command.ts';
import { LIST_OPTIONS } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { USERS } from './view.ts';

/** `shop user list` */
export const list = command({
  name: 'list',
  summary: 'List users, newest first',
  options: LIST_OPTIONS,
  examples: ['shop user list', 'shop user list --limit 100 --after 900 --json'],
  run: async (context, _args, page) => {
    const { listUsers } = await import('../../domain/shop/users.ts');
    return answer(await context.read(async (server) => listUsers(await server.orm(), page)), USERS);
  },
});
