import type { OptionSpec } from '../../cli/options.ts';

/** Options of the commands that make a request. */
export interface RequestFlags {
  readonly key?: string;
  readonly wait?: boolean;
  readonly timeout?: string;
}

/** Options of the commands that make a request. */
export const REQUEST_OPTIONS: readonly OptionSpec[] = [
  { flags: '--key <key>', description: 'idempotency key: the same key has one effect (default: a new one)' },
  { flags: '--no-wait', description: 'answer as soon as the request is recorded' },
  { flags: '--timeout <duration>', description: 'wait this long for the outcome (default: 30s)' },
];
