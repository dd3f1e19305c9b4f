import type { Context } from '../../cli/context.ts';
import { type Column, columns } from '../../cli/output/view.ts';
import { REFERENCE, searchOffer } from '../../cli/prompts/search.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import { type FoundUser, searchUsers } from '../../domain/shop/search.ts';

/** The columns of users in the prompt. */
const COLUMNS: readonly Column<FoundUser>[] = [
  ...columns<FoundUser>({ id: 'identifier' }),
  REFERENCE,
  ...columns<FoundUser>({ balance: 'amount' }),
  { name: 'blocked', value: ({ blockedAt }) => blockedAt !== null, kind: 'flag' },
  ...columns<FoundUser>({ name: 'text' }),
];

/** The users that a prompt offers. */
interface OfferedUsers {
  /** True for blocked users only, false for unblocked users only; missing for all users. */
  readonly blocked?: boolean;
  readonly noneYet: Phrase;
  readonly notFound: Phrase;
}

export const ALL_USERS: OfferedUsers = {
  noneYet: phrase('There are no users yet.'),
  notFound: phrase('No user matches this name, id or @reference.'),
};

export const UNBLOCKED_USERS: OfferedUsers = {
  blocked: false,
  noneYet: phrase('There are no users to block.'),
  notFound: phrase('No unblocked user matches this name, id or @reference.'),
};

export const BLOCKED_USERS: OfferedUsers = {
  blocked: true,
  noneYet: phrase('There are no blocked users.'),
  notFound: phrase('No blocked user matches this name, id or @reference.'),
};

/** Prompts for a user by id, @reference or part of the name, and returns the id. @throws Interrupted */
export async function pickUser(
  context: Context,
  { blocked, noneYet, notFound }: OfferedUsers,
): Promise<readonly string[]> {
  // fails before the prompt if there is no database
  const session = await context.session();
  const search = (typed: string, signal: AbortSignal) => searchUsers(session, typed, { signal, blocked });
  const spec = { kind: 'user', columns: COLUMNS, search, noneYet, notFound } as const;
  const { id } = await context.prompter.choose(
    'user',
    (typed, signal) => searchOffer(spec, typed, signal, context),
    phrase('user (id, @reference or part of the name)'),
  );
  return [String(id)];
}
