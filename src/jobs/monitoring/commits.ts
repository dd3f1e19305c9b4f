import type { DecidedRequest } from '../../domain/apply/apply.ts';
import type { DecidedRange } from '../queue/job-data.ts';

/** Number of requests of one kind with the same outcome. */
export interface OutcomeCount extends Pick<DecidedRequest, 'kind' | 'code'> {
  readonly outcome: DecidedRequest['status'];
  readonly count: number;
}

/** A committed transaction that decided requests. */
export interface Commit {
  readonly outcomes: readonly OutcomeCount[];
  /** Milliseconds from the recording of each request until MySQL has confirmed the COMMIT. */
  readonly waitsMs: readonly number[];
  readonly range: DecidedRange;
  /** Milliseconds from the transaction's first statement until MySQL has confirmed the COMMIT. */
  readonly ms: number;
}

/** Receives the lane's commits and failed attempts. */
export interface LaneObserver {
  committed(commit: Commit): void;
  /** Called when an attempt to apply a single request has failed. */
  attemptFailed(): void;
}

/** Summarizes a transaction. Returns null if it decided no request. */
export function summarizeCommit(decided: readonly DecidedRequest[], ms: number): Commit | null {
  const [first, last] = [decided[0], decided.at(-1)];
  if (first === undefined || last === undefined) return null;
  return {
    outcomes: countOutcomes(decided),
    waitsMs: decided.map(({ waitedMs }) => waitedMs + ms),
    range: { first: first.id, last: last.id },
    ms,
  };
}

/** Counts decisions by kind, outcome and code. */
function countOutcomes(decided: readonly DecidedRequest[]): OutcomeCount[] {
  const counts = new Map<string, OutcomeCount>();
  for (const { kind, status: outcome, code } of decided) {
    const key = `${kind} ${outcome} ${code}`;
    counts.set(key, { kind, outcome, code, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}
