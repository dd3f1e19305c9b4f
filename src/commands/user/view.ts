import { fields, listView, recordView, sparing } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { User } from '../../domain/user.ts';

const COLUMNS = fields<User>('id', 'reference', 'name', 'balance', 'createdAt');

export const USER = recordView<User>(...COLUMNS);

export const USERS = sparing(listView<User>(phrase('No users.'), ...COLUMNS), 'createdAt');
