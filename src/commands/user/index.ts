import type { Command } from 'commander';
import type { Runner } from '../../cli/command.ts';
import { LIST_OPTIONS, type ListFlags, optional, parsePage } from '../../cli/options.ts';
import { answer, fields, listView, recordView, sparing } from '../../cli/output/view.ts';
import { addCommand, defineGroup } from '../../cli/registration.ts';
import { parseName, parseRef, parseReference } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import type { User } from '../../domain/user.ts';
import { addImport } from '../import.ts';
import { USER_ARGUMENT } from './arguments.ts';

const COLUMNS = fields<User>('id', 'reference', 'name', 'balance', 'createdAt');
const USER = recordView<User>(...COLUMNS);
const USERS = sparing(listView<User>(phrase('No users.'), ...COLUMNS), 'createdAt');

/** `shop user` */
export function defineUser(group: Command, runner: Runner): void {
  defineGroup(group, { examples: ['shop user create "Corner Cafe" --reference CC-4', 'shop user list --limit 100'] });
  addCommand<{ reference?: string }>(
    group,
    {
      name: 'create',
      summary: 'Create a user with no points',
      arguments: [{ name: 'name', description: '1 to 200 characters', parse: parseName }],
      options: [{ flags: '--reference <reference>', description: 'the id by which the outside world knows the user' }],
      examples: ['shop user create "Corner Cafe"', 'shop user create "Harbour Books" --reference HB-17'],
      run: async (context, [name = ''], { reference }) => {
        const parsed = [
          parseName(name),
          optional(reference, (text) => parseReference('reference', text)) ?? null,
        ] as const;
        const { createUser } = await import('../../domain/user.ts');
        return answer(await createUser(await context.orm(), ...parsed), USER);
      },
    },
    runner,
  );

  addCommand(
    group,
    {
      name: 'show',
      summary: 'Show a user',
      arguments: [USER_ARGUMENT],
      examples: ['shop user show 1', 'shop user show @HB-17 --json'],
      run: async (context, [user = '']) => {
        const ref = parseRef('user', user);
        const { findUser } = await import('../../domain/user.ts');
        return answer(await findUser(await context.orm(), ref), USER);
      },
    },
    runner,
  );

  addCommand<ListFlags>(
    group,
    {
      name: 'list',
      summary: 'List users, newest first',
      options: LIST_OPTIONS,
      examples: ['shop user list', 'shop user list --limit 100 --after 900 --json'],
      run: async (context, _args, flags) => {
        const page = parsePage(flags);
        const { listUsers } = await import('../../domain/user.ts');
        return answer(await context.read(async (server) => listUsers(await server.orm(), page)), USERS);
      },
    },
    runner,
  );

  addImport(group, 'user', runner);
}
