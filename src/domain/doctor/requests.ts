import { type Phrase, phrase, sentences } from '../phrase.ts';
import { foreignPrefixHint, foreignPrefixText } from '../requests/gate.ts';
import type { Pause } from '../requests/pause.ts';
import type { IdJump, LongestWait } from '../requests/pending.ts';
import { type Fault, type Finding, faultsOf, UNKNOWN } from './check.ts';

/** Longest accepted wait of a request. Even after a large import, a longer wait means that the worker is stuck. */
const PENDING_LIMIT_SECONDS = 300;

/** Setting of the queue in Redis that stops workers from getting jobs, and the command that removes it. */
export interface QueueHold {
  readonly held: Phrase;
  readonly release: string;
}

/** State of the workers. `laneHeld` and `atQueue` are null if they could not be read. */
export interface Workers {
  /** True if a worker holds the lane's lock in MySQL. Only that worker may apply requests. */
  readonly laneHeld: boolean | null;
  /** Number of workers that wait for jobs at the queue in Redis. */
  readonly atQueue: number | null;
  /**
   * `SHOP_PREFIX` of the workers that the database belongs to; null until a worker claims the database, and undefined if the
   * prefix could not be read.
   */
  readonly prefix: string | null | undefined;
  /** `SHOP_PREFIX` of this program. */
  readonly ownPrefix: string;
  /** The setting that stops the queue; null if there is none, or if it could not be read. */
  readonly hold: QueueHold | null;
}

/** Checks whether a worker applies requests. */
export function checkWorkers(workers: Workers): Finding {
  const { laneHeld, atQueue, prefix, ownPrefix, hold } = workers;
  return {
    seen: {
      laneHeld: laneHeld ?? UNKNOWN,
      atQueue: atQueue ?? UNKNOWN,
      prefix: prefix === undefined ? UNKNOWN : prefix,
    },
    faults: faultsOf(
      // workers with another prefix wait for jobs of another queue
      typeof prefix === 'string' && prefix !== ownPrefix
        ? { fault: foreignPrefixText(prefix, ownPrefix), hint: foreignPrefixHint(prefix, ownPrefix) }
        : workerFault(workers),
      hold === null ? null : { fault: hold.held, hint: releaseHint(hold) },
    ),
  };
}

/** Returns the hint that explains how to remove a setting that stops the queue. */
export function releaseHint({ release }: QueueHold): Phrase {
  return phrase`Remove this setting from Redis with \`${release}\`. To pause the queue, use \`shop queue pause\`.`;
}

function workerFault({ laneHeld, atQueue }: Workers): Fault | null {
  const log = phrase("See the worker's log; `shop dev logs worker` shows it for the worker of `shop dev up`.");
  if (laneHeld === false && atQueue !== null && atQueue > 0) {
    return {
      fault: phrase`Workers wait for jobs, but none holds the lane, so no request is applied. Waiting workers: ${atQueue}.`,
      hint: log,
    };
  }
  if (laneHeld === true && atQueue === 0) {
    return {
      fault: phrase('A worker holds the lane, but no worker waits for jobs in this Redis.'),
      hint: log,
    };
  }
  if (laneHeld === false || atQueue === 0) {
    return {
      fault: phrase('No worker is running, so no request is applied.'),
      hint: phrase('Start a worker with `shop worker` or `shop dev up`.'),
    };
  }
  return null;
}

/**
 * Checks the backlog. A pause alone is not a fault, because it is deliberate.
 *
 * @param oldest the request that has waited longest; null if none is pending.
 * @param pause null while the queue runs.
 */
export function checkPending(oldest: LongestWait | null, jumps: readonly IdJump[], pause: Pause | null): Finding {
  return {
    seen: {
      oldestRequest: oldest?.id ?? null,
      seconds: oldest?.seconds ?? null,
      pausedBy: pause?.pausedBy ?? null,
      pausedAt: pause?.pausedAt ?? null,
    },
    faults: [
      ...faultsOf(oldest === null || oldest.seconds <= PENDING_LIMIT_SECONDS ? null : waitFault(oldest, pause)),
      ...jumps.map(
        ({ from, to }): Fault => ({
          fault: phrase`The ids of requests jump from ${from.toLocaleString('en')} to ${to.toLocaleString('en')}.`,
          hint: phrase`An SQL statement has inserted request ${to} with an id of its own; \`shop request show ${to}\` shows the actor and the host. To prevent this, grant INSERT without the id column, as in docs/grants.md. No request is lost: later requests get higher ids, up to 9,007,199,254,740,991.`,
        }),
      ),
    ],
  };
}

function waitFault({ id, seconds }: LongestWait, pause: Pause | null): Fault {
  const fault = phrase`Request ${id} has been pending for ${seconds.toLocaleString('en')} s.`;
  const hint = phrase`Show the request with \`shop request show ${id}\`; the worker's log shows what the worker is waiting for.`;
  if (pause === null) return { fault, hint };
  return {
    fault: sentences(fault, phrase`The queue is paused by ${pause.pausedBy} since ${pause.pausedAt.toISOString()}.`),
    // a short pause is not the reason for a long wait
    hint: sentences(phrase('Resume the queue with `shop queue resume`.'), hint),
  };
}
