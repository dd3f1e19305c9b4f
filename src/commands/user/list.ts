import type { Runner } from '../../cli/command.ts';
import { LIST_OPTIONS, type ListFlags, parsePage } from '../../cli/options.ts';
import { answer } from '../../cli/output/view.ts';
import { addCommand, type Command } from '../../cli/registration.ts';
import { USERS } from './view.ts';

/** `shop user list` */
export function addList(group: Command, runner: Runner): void {
  addCommand<ListFlags>(
    group,
    {
      name: 'list',
      summary: 'List users, newest first',
      options: LIST_OPTIONS,
      examples: ['shop user list', 'shop user list --limit 100 --after 900 --json'],
      run: async (context, _args, flags) => {
        const page = parsePage(flags);
        const { listUsers } = await import('../../domain/shop/users.ts');
        return answer(await context.read(async (server) => listUsers(await server.orm(), page)), USERS);
      },
    },
    runner,
  );
}
