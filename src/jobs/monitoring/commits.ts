import type { RequestKind } from '../../domain/requests/kinds/index.ts';
import type { OutcomeStatus } from '../../domain/requests/status.ts';
import type { DecidedRange } from '../queue/job-data.ts';

/** Number of requests of one kind with the same outcome. */
export interface OutcomeCount {
  readonly kind: RequestKind;
  readonly outcome: OutcomeStatus;
  readonly count: number;
}

/** A committed transaction that decided requests. */
export interface Commit {
  readonly outcomes: readonly OutcomeCount[];
  readonly range: DecidedRange;
  /** Milliseconds from its first statement until MySQL has confirmed the COMMIT. */
  readonly ms: number;
}

/** Receives the lane's commits and failed attempts. */
export interface LaneObserver {
  committed(commit: Commit): void;
  /** Called when an attempt to apply a single request has failed. */
  attemptFailed(): void;
}

/** Returns the number of requests that a transaction has decided. */
export function requestsOf({ outcomes }: Commit): number {
  return outcomes.reduce((sum, { count }) => sum + count, 0);
}

/** Counts decisions by kind and outcome. */
export function countOutcomes(
  decided: Iterable<{ readonly kind: RequestKind; readonly status: OutcomeCount['outcome'] }>,
): OutcomeCount[] {
  const counts = new Map<string, OutcomeCount>();
  for (const { kind, status: outcome } of decided) {
    const key = `${kind} ${outcome}`;
    counts.set(key, { kind, outcome, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}
