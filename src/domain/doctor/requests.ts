import { type Phrase, phrase } from '../phrase.ts';
import { foreignPrefixHint, foreignPrefixText } from '../requests/gate.ts';
import type { IdJump, LongestWait } from '../requests/pending.ts';
import { type Fault, type Finding, faultsOf, UNKNOWN } from './check.ts';

/** A worker that is behind by more than this, however large the file that was sent, does not get on. */
const PENDING_LIMIT_SECONDS = 300;

/** A setting of the queue in Redis that keeps workers from getting jobs, and the command that removes it. */
export interface QueueHold {
  readonly held: Phrase;
  readonly release: string;
}

/** Who is there to apply requests; null where it could not be told. */
export interface Workers {
  /** True if a worker holds the lane's lock in MySQL: that worker applies requests. */
  readonly laneHeld: boolean | null;
  /** Workers that wait at the queue in Redis for jobs. */
  readonly atQueue: number | null;
  /** The `SHOP_PREFIX` that the database belongs to, and that of this program; undefined where it could not be read. */
  readonly prefix: string | null | undefined;
  readonly ownPrefix: string;
  /** Null also where nothing holds the queue. */
  readonly hold: QueueHold | null;
}

export function judgeWorkers(workers: Workers): Finding {
  const { laneHeld, atQueue, prefix, ownPrefix, hold } = workers;
  return {
    seen: {
      laneHeld: laneHeld ?? UNKNOWN,
      atQueue: atQueue ?? UNKNOWN,
      prefix: prefix === undefined ? UNKNOWN : prefix,
    },
    faults: faultsOf(
      // the workers of another prefix are at another queue
      typeof prefix === 'string' && prefix !== ownPrefix
        ? { fault: foreignPrefixText(prefix, ownPrefix), hint: foreignPrefixHint(prefix, ownPrefix) }
        : workerFault(workers),
      hold === null ? null : { fault: hold.held, hint: releaseHint(hold) },
    ),
  };
}

/** Says how to have jobs handed out again. */
export function releaseHint({ release }: QueueHold): Phrase {
  return phrase`Remove it with \`${release}\`; \`shop queue pause\` is the way to pause.`;
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

/** @param oldest the request that has waited longest. */
export function judgePending(oldest: LongestWait | null, jumps: readonly IdJump[]): Finding {
  return {
    seen: { oldestRequest: oldest?.id ?? null, seconds: oldest?.seconds ?? null },
    faults: [
      ...faultsOf(
        oldest === null || oldest.seconds <= PENDING_LIMIT_SECONDS
          ? null
          : {
              fault: phrase`Request ${oldest.id} has been pending for ${oldest.seconds.toLocaleString('en')} s.`,
              hint: phrase`See it with \`shop request show ${oldest.id}\`; the worker's log says what it waits for.`,
            },
      ),
      ...jumps.map(
        ({ from, to }): Fault => ({
          fault: phrase`The ids of requests jump from ${from.toLocaleString('en')} to ${to.toLocaleString('en')}.`,
          hint: phrase`Somebody inserted this id by SQL: see who with \`shop request show ${to}\`, and grant INSERT without the id as docs/grants.md does. Nothing is lost; ids up to 9,007,199,254,740,991 work.`,
        }),
      ),
    ],
  };
}
