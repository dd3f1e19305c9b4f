import { parseRef } from '../domain/input.ts';
import type { ArgumentSpec } from './command.ts';

/** The user whom a command is about. */
export const USER_ARGUMENT: ArgumentSpec = {
  name: 'user',
  description: "the user's id, or @reference",
  values: 'user',
  parse: (text: string) => parseRef('user', text),
};
