import { phrase } from '../phrase.ts';
import type { CachedRanking } from '../ranking/cache.ts';
import { type Finding, faultsOf } from './check.ts';

/**
 * Judges whether the ranking is refreshed on time.
 *
 * @param ranking the cached ranking; null if there is none.
 * @param periodMs time between two refreshes.
 */
export function judgeRanking(ranking: Pick<CachedRanking, 'refreshedAt' | 'stale'> | null, periodMs: number): Finding {
  const due = phrase`it is to be refreshed every ${(periodMs / 1_000).toLocaleString('en')} s`;
  const hint = phrase('A worker refreshes it, or cron with `shop ranking refresh`; `shop worker` starts one.');
  return {
    seen: { refreshedAt: ranking?.refreshedAt ?? null },
    faults: faultsOf(
      ranking === null
        ? { fault: phrase`There is no ranking in Redis, or none for ten periods: ${due}.`, hint }
        : ranking.stale
          ? { fault: phrase`The ranking was refreshed at ${ranking.refreshedAt.toISOString()}: ${due}.`, hint }
          : null,
    ),
  };
}
