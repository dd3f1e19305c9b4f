import type { ClaimsView } from '../domain/lane-claims.ts';

/** What a worker is to do to have its even share of the lanes. */
export interface ShareStep {
  /** How many lanes are its share. */
  readonly quota: number;
  /** To be given up. */
  readonly release: readonly number[];
  /** To be claimed, the first ones that nobody is faster at, up to the quota. */
  readonly claim: readonly number[];
}

/**
 * The step of the one who looks (`me`). All who see the same come to steps that fit together: no two shares differ by more
 * than one lane, and no lane moves that need not. Where the lanes don't divide evenly, those that have most keep the most.
 *
 * @param running lanes that it applies, and is not about to end with. It may have lost its claim to them: it claims them
 * first, and gives them up last.
 */
export function shareOfLanes({ me, workers, claims }: ClaimsView, running: ReadonlySet<number>): ShareStep {
  const claimed = (worker: number) => claims.filter((claim) => claim === worker).length;
  const order = [...workers.keys()].sort((a, b) => claimed(workers[b] ?? 0) - claimed(workers[a] ?? 0) || a - b);
  const rank = order.findIndex((seat) => workers[seat] === me);
  const [least, more] = [Math.floor(claims.length / workers.length), claims.length % workers.length];
  const quota = rank === -1 ? 0 : least + (rank < more ? 1 : 0);
  const byRunning = (a: number, b: number) => Number(running.has(b)) - Number(running.has(a)) || a - b;
  const mine = claims.flatMap((claim, lane) => (claim === me ? [lane] : [])).sort(byRunning);
  const free = claims.flatMap((claim, lane) => (claim === null ? [lane] : [])).sort(byRunning);
  return {
    quota,
    release: mine.slice(quota),
    claim: mine.length < quota ? free : [],
  };
}
