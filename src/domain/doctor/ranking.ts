import { phrase } from '../phrase.ts';
import type { CachedRanking } from '../ranking/cache.ts';
import { type Finding, faultsOf } from './check.ts';

/**
 * Checks whether the ranking is refreshed on time.
 *
 * @param ranking the cached ranking; null if there is none.
 * @param periodMs time between two refreshes.
 */
export function checkRanking(ranking: Pick<CachedRanking, 'refreshedAt' | 'stale'> | null, periodMs: number): Finding {
  const period = (periodMs / 1_000).toLocaleString('en');
  const hint = phrase('Start a worker with `shop worker`, or let cron run `shop ranking refresh`.');
  return {
    seen: { refreshedAt: ranking?.refreshedAt ?? null },
    faults: faultsOf(
      ranking === null
        ? {
            fault: phrase`There is no ranking in Redis, which keeps a ranking for ten refresh periods of ${period} s each.`,
            hint,
          }
        : ranking.stale
          ? {
              fault: phrase`The ranking was last refreshed at ${ranking.refreshedAt.toISOString()}, but a refresh is due every ${period} s.`,
              hint,
            }
          : null,
    ),
  };
}
