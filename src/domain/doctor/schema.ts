import { phrase } from '../phrase.ts';
import { type Fault, type Finding, UNKNOWN } from './check.ts';

/**
 * Checks whether the database differs from the entities.
 *
 * @param drift a line for each difference, as in `db status`; null if the account lacks the right to compare.
 */
export function checkDrift(drift: readonly string[] | null): Finding {
  return {
    seen: { differences: drift?.length ?? UNKNOWN },
    faults: (drift ?? []).map(
      (line): Fault => ({
        fault: phrase`The schema differs from its migrations: ${line}.`,
        hint: phrase(
          'The schema was changed outside the migrations. If the difference is shown as an SQL statement, review the statement and run it. If a CHECK constraint is missing or changed, restore it; if no migration has created it, drop it.',
        ),
      }),
    ),
  };
}
