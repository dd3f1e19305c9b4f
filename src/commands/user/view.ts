import { columns, listView, recordView, withSpareColumns } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { User } from '../../domain/shop/users.ts';

const COLUMNS = columns<User>({
  id: 'identifier',
  reference: 'text',
  name: 'text',
  balance: 'amount',
  createdAt: 'time',
});

/** Columns of one user. */
export const USER = recordView<User>(...COLUMNS);

/** Columns of a list of users. */
export const USERS = withSpareColumns(listView<User>(phrase('No users.'), ...COLUMNS), 'createdAt');
