import type { ArgumentSpec } from '../../cli/command.ts';

/** The batch that a command is about. */
export const BATCH_ARGUMENT: ArgumentSpec = {
  name: 'batch',
  description: "the batch's name, or its id",
  values: 'batch',
  ask: async (context) => (await import('./pick.ts')).pickBatch(context),
};
