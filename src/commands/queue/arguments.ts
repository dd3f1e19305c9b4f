import { type OptionSpec, optional, parseChoice, parseTime } from '../../cli/options.ts';
import { FAILURE_CODES } from '../../domain/errors.ts';
import { REQUEST_KINDS } from '../../domain/requests/kinds/index.ts';
import type { FailedFilter } from '../../domain/requests/list.ts';

/** Options that choose among the failed requests. */
export interface FailedFlags {
  readonly code?: string;
  readonly kind?: string;
  readonly since?: string;
}

export const FAILED_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '--code <code>',
    description: FAILURE_CODES.join(', '),
    values: FAILURE_CODES,
  },
  { flags: '--kind <kind>', description: REQUEST_KINDS.join(', '), values: REQUEST_KINDS },
  { flags: '--since <time>', description: 'failed at or after: ISO 8601, or an age such as 2h' },
];

/** The failed requests that the options choose. @throws ShopError `INVALID_INPUT` */
export function parseFailedFilter(flags: FailedFlags): FailedFilter {
  return {
    code: optional(flags.code, (text) => parseChoice('--code', text, FAILURE_CODES)),
    kind: optional(flags.kind, (text) => parseChoice('--kind', text, REQUEST_KINDS)),
    since: optional(flags.since, (text) => parseTime('--since', text)),
  };
}
