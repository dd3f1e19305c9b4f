import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { findPending, newestRequest } from '../domain/pending.ts';
import { openSession, type Session } from '../domain/store.ts';
import type { Producer } from './producer.ts';

const INTERVAL_MS = 5_000;
/** A command has this long to queue what it has recorded. */
const GRACE_SECONDS = 5;
/** Requests that are this old need not be looked at again once they are decided. */
const SETTLED_SECONDS = 600;
const MAX_REQUESTS = 10_000;

/**
 * Queues again what is pending and in no job: Redis was wiped, or a command died between recording and queueing.
 *
 * The queue is first in, first out: whatever has a lower id than the job that is next in line was taken by a worker,
 * and what is neither in the lane nor decided then is in no job. Queueing something twice would do no harm.
 */
export class Sweep {
  readonly #databaseUrl: string;
  readonly #producer: Producer;
  readonly #inLane: (id: number) => boolean;
  readonly #log: Logger;
  readonly #stop = new AbortController();
  #session: Session | null = null;
  /** All requests up to this one have their outcome. */
  #settled = 0;

  constructor(databaseUrl: string, producer: Producer, inLane: (id: number) => boolean, log: Logger) {
    this.#databaseUrl = databaseUrl;
    this.#producer = producer;
    this.#inLane = inLane;
    this.#log = log;
  }

  /** Sweeps every few seconds until `stop()`. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#once();
      } catch (error) {
        // a server is away; the next round tries again
        this.#log.debug({ err: error }, 'the sweep failed');
        this.#session?.destroy();
        this.#session = null;
      }
      await delay(INTERVAL_MS, undefined, { signal }).catch(() => {});
    }
    await this.#session?.close();
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Ends it now, in whatever it does. */
  destroy(): void {
    this.stop();
    this.#session?.destroy();
  }

  async #once(): Promise<void> {
    this.#session ??= await openSession(this.#databaseUrl);
    const session = this.#session;
    const settled = await newestRequest(session, SETTLED_SECONDS);
    const nextInLine = await this.#producer.firstWaiting();
    const upTo = nextInLine === null ? Number.MAX_SAFE_INTEGER : nextInLine - 1;
    const pending = await findPending(session, {
      after: this.#settled,
      upTo,
      olderThanSeconds: GRACE_SECONDS,
      limit: MAX_REQUESTS,
    });
    this.#settled = Math.min(settled, upTo, (pending[0] ?? Number.MAX_SAFE_INTEGER) - 1);
    const lost = pending.filter((id) => !this.#inLane(id));
    if (lost.length === 0) return;
    this.#log.info({ requests: lost.length, first: lost[0] }, 'queueing again what is pending and in no job');
    await this.#producer.enqueue(lost);
  }
}
