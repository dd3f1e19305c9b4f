import { done, title } from '../../cli/output/marks.ts';
import { named } from '../../cli/output/numbers.ts';
import { columns, forPeople, listView, recordView, withSpareColumns } from '../../cli/output/view.ts';
import { phrase } from '../../domain/phrase.ts';
import type { Session } from '../../domain/servers/connections.ts';
import type { User } from '../../domain/shop/users.ts';

const COLUMNS = columns<User>({
  id: 'identifier',
  reference: 'text',
  name: 'text',
  balance: 'amount',
  blocked: 'flag',
  blockedReason: 'text',
  createdAt: 'time',
});

/** View of one user, with the name as the title. A table shows the reason for a block instead of the column `blocked`. */
export const USER = forPeople(recordView<User>(...COLUMNS), {
  headline: ({ id, name }) => title(phrase`${named(name, id)}`),
  hidden: ['id', 'name', 'blocked'],
});

/** View of a user who was created. */
export const CREATED = forPeople(USER, {
  headline: ({ id, name }) => done(phrase`User ${named(name, id)} created.`),
  hidden: ['id', 'name', 'balance', 'createdAt'],
});

/** View of a user who was edited. */
export const SAVED = forPeople(USER, { headline: ({ id, name }) => done(phrase`User ${named(name, id)} saved.`) });

/** View of a user whose edit changed nothing. */
export const UNCHANGED = forPeople(USER, {
  headline: ({ id, name }) => done(phrase`User ${named(name, id)} already has these values; nothing was changed.`),
});

/** View of a user who was blocked. */
export const BLOCKED = forPeople(USER, {
  headline: ({ id, name }) => done(phrase`User ${named(name, id)} is blocked.`),
  hidden: COLUMNS.map(({ name }) => name).filter((name) => name !== 'blockedReason'),
});

/** View of a user who was unblocked. */
export const UNBLOCKED = forPeople(USER, {
  headline: ({ id, name }) => done(phrase`User ${named(name, id)} can place orders.`),
  hidden: COLUMNS.map(({ name }) => name),
});

/** Columns of a list of users. */
export const USERS = forPeople(withSpareColumns(listView<User>(phrase('No users.'), ...COLUMNS), 'createdAt'), {
  hidden: ['blockedReason'],
});

/**
 * Reads a user's name and formats it for a headline, such as `Harbour Books (2)`. Views call this function only for a headline,
 * so that formats without headlines save the query.
 */
export async function readUserName(session: Session, userId: number): Promise<string> {
  const { readBalance } = await import('../../domain/shop/points.ts');
  const { name } = await readBalance(session, userId);
  return named(name, userId);
}
