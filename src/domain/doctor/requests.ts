import type { PendingAge } from '../pending.ts';
import { phrase } from '../phrase.ts';
import { type Fault, type Finding, faultsOf, UNKNOWN } from './check.ts';

/** A worker that is behind by more than this, however large the file that was sent, does not get on. */
const PENDING_LIMIT_SECONDS = 300;

/** Who is there to apply requests; null where it could not be told. */
export interface Workers {
  /** True if a worker holds the lane's lock in MySQL: that worker applies requests. */
  readonly laneHeld: boolean | null;
  /** Workers that wait at the queue in Redis for jobs. */
  readonly atQueue: number | null;
}

export function judgeWorkers(workers: Workers): Finding {
  return {
    seen: { laneHeld: workers.laneHeld ?? UNKNOWN, atQueue: workers.atQueue ?? UNKNOWN },
    faults: faultsOf(workerFault(workers)),
  };
}

function workerFault({ laneHeld, atQueue }: Workers): Fault | null {
  const log = phrase("Its log says why; with `shop dev up`'s worker, `shop dev logs worker` shows it.");
  if (laneHeld === false && atQueue !== null && atQueue > 0) {
    return { fault: phrase`${atQueue} at the queue, but no worker has the lane: nothing is applied.`, hint: log };
  }
  if (laneHeld === true && atQueue === 0) {
    return {
      fault: phrase('A worker has the lane, but none waits at the queue: it gets no jobs from this Redis.'),
      hint: log,
    };
  }
  if (laneHeld === false || atQueue === 0) {
    return {
      fault: phrase('No worker runs: nothing is applied.'),
      hint: phrase('Start one with `shop worker`, or `shop dev up`.'),
    };
  }
  return null;
}

export function judgePending(oldest: PendingAge | null): Finding {
  return {
    seen: { oldestRequest: oldest?.id ?? null, seconds: oldest?.seconds ?? null },
    faults: faultsOf(
      oldest === null || oldest.seconds <= PENDING_LIMIT_SECONDS
        ? null
        : {
            fault: phrase`Request ${oldest.id} has been pending for ${oldest.seconds.toLocaleString('en')} s.`,
            hint: phrase`See it with \`shop request show ${oldest.id}\`; the worker's log says what it waits for.`,
          },
    ),
  };
}
