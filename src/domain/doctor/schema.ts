import { phrase } from '../phrase.ts';
import { type Fault, type Finding, UNKNOWN } from './check.ts';

/** @param drift one line for each difference, as `db status` has them; null where the account can't see enough. */
export function judgeDrift(drift: readonly string[] | null): Finding {
  return {
    seen: { differences: drift?.length ?? UNKNOWN },
    faults: (drift ?? []).map(
      (line): Fault => ({
        fault: phrase`The schema is not as its migrations have made it: ${line}.`,
        hint: phrase('Undo what was changed by hand; where a statement is named, it does that.'),
      }),
    ),
  };
}
