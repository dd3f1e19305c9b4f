import type { ArgumentSpec } from '../../cli/command.ts';
import { parseRef } from '../../domain/input.ts';

/** The user whom a command is about. */
export const USER_ARGUMENT: ArgumentSpec = {
  name: 'user',
  description: "the user's id, or @reference",
  values: 'user',
  parse: (text: string) => parseRef('user', text),
  ask: async (context) => (await import('./pick.ts')).pickUser(context),
};
