import { fields, listView, recordView, withSpareColumns } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { User } from '../../domain/shop/users.ts';

const COLUMNS = fields<User>('id', 'reference', 'name', 'balance', 'createdAt');

/** Columns of one user. */
export const USER = recordView<User>(...COLUMNS);

/** Columns of a list of users. */
export const USERS = withSpareColumns(listView<User>(phrase('No users.'), ...COLUMNS), 'createdAt');
