import type { ArgumentSpec } from '../../cli/command.ts';
import { parseRef } from '../../domain/input.ts';

const NAMED = {
  name: 'user',
  description: "the user's id, or @reference",
  parse: (text: string) => parseRef('user', text),
} as const;

/** The argument for a user. The prompt accepts a part of the name, the id or @reference. */
export const USER_ARGUMENT = {
  ...NAMED,
  values: 'user',
  ask: async (context) => {
    const { ALL_USERS, pickUser } = await import('./pick.ts');
    return pickUser(context, ALL_USERS);
  },
} satisfies ArgumentSpec;

/** The argument for a user to block. The prompt offers users who are not blocked. */
export const UNBLOCKED_USER_ARGUMENT = {
  ...NAMED,
  values: 'unblocked-user',
  ask: async (context) => {
    const { pickUser, UNBLOCKED_USERS } = await import('./pick.ts');
    return pickUser(context, UNBLOCKED_USERS);
  },
} satisfies ArgumentSpec;

/** The argument for a user to unblock. The prompt offers blocked users. */
export const BLOCKED_USER_ARGUMENT = {
  ...NAMED,
  values: 'blocked-user',
  ask: async (context) => {
    const { BLOCKED_USERS, pickUser } = await import('./pick.ts');
    return pickUser(context, BLOCKED_USERS);
  },
} satisfies ArgumentSpec;
