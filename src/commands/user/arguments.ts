import type { ArgumentSpec } from '../../cli/command.ts';
import type { Context } from '../../cli/context.ts';
import { type Column, columns } from '../../cli/output/view.ts';
import { parseRef } from '../../domain/input.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { FoundUser } from '../../domain/shop/search.ts';

const NAMED = {
  name: 'user',
  description: "the user's id, or @reference",
  parse: (text: string) => parseRef('user', text),
} as const;

const BLOCKED: Column<FoundUser> = { name: 'blocked', value: ({ blockedAt }) => blockedAt !== null, kind: 'flag' };

/** The argument for a user. The prompt accepts a part of the name, the id or @reference. */
export const USER_ARGUMENT = {
  ...NAMED,
  values: 'user',
  ask: (context) =>
    pickUser(context, {
      noneYet: phrase('There are no users yet.'),
      notFound: phrase('No user matches this name, id or @reference.'),
    }),
} satisfies ArgumentSpec;

/** The argument for a user to block. The prompt offers users who are not blocked. */
export const UNBLOCKED_USER_ARGUMENT = {
  ...NAMED,
  values: 'unblocked-user',
  ask: (context) =>
    pickUser(context, {
      blocked: false,
      noneYet: phrase('There are no users to block.'),
      notFound: phrase('No user who is not blocked matches this name, id or @reference.'),
    }),
} satisfies ArgumentSpec;

/** The argument for a user to unblock. The prompt offers blocked users. */
export const BLOCKED_USER_ARGUMENT = {
  ...NAMED,
  values: 'blocked-user',
  ask: (context) =>
    pickUser(context, {
      blocked: true,
      noneYet: phrase('There are no blocked users.'),
      notFound: phrase('No blocked user matches this name, id or @reference.'),
    }),
} satisfies ArgumentSpec;

/** The users that a prompt offers. */
interface OfferedUsers {
  /** Undefined stands for all users. */
  readonly blocked?: boolean;
  readonly noneYet: Phrase;
  readonly notFound: Phrase;
}

/** Prompts for a user by a part of the name, the id or @reference, and returns the id. @throws Interrupted */
async function pickUser(context: Context, { blocked, noneYet, notFound }: OfferedUsers): Promise<readonly string[]> {
  const [{ REFERENCE, searchOffer }, { searchUsers }] = await Promise.all([
    import('../../cli/prompts/search.ts'),
    import('../../domain/shop/search.ts'),
  ]);
  const session = await context.session();
  const spec = {
    kind: 'user',
    columns: [
      ...columns<FoundUser>({ id: 'identifier' }),
      REFERENCE,
      ...columns<FoundUser>({ balance: 'amount' }),
      BLOCKED,
      ...columns<FoundUser>({ name: 'text' }),
    ],
    search: (typed: string, signal: AbortSignal) => searchUsers(session, typed, { signal, blocked }),
    noneYet,
    notFound,
  } as const;
  const { id } = await context.prompter.choose(
    'user',
    (typed, signal) => searchOffer(spec, typed, signal, context.language),
    phrase('user (part of the name, id or @reference)'),
  );
  return [String(id)];
}
