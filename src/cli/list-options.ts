import type { OptionSpec } from './command.ts';

/** Options of every list. */
export interface ListFlags {
  readonly limit?: string;
  readonly after?: string;
}

export const LIST_OPTIONS: readonly OptionSpec[] = [
  { flags: '--limit <n>', description: 'at most this many rows, 1 to 1000 (default: 20)' },
  { flags: '--after <id>', description: 'go on after this id, the last one that was seen' },
];
