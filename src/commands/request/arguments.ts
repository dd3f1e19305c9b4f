import type { ArgumentSpec } from '../../cli/command.ts';
import { parseKey } from '../../domain/input.ts';

/** The request that a command is about. */
export const KEY_ARGUMENT: ArgumentSpec = {
  name: 'key',
  description: "the request's key, or its id",
  values: 'request',
  parse: parseKey,
  ask: async (context) => (await import('./pick.ts')).pickRequest(context),
};
