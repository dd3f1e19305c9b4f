import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { findPending, findUnsettled, newestRequest, nextRequest } from '../../domain/requests/pending.ts';
import { findRetriedPending } from '../../domain/requests/retries.ts';
import { Watermark } from '../../domain/requests/watermark.ts';
import { openSession, type Session, within } from '../../domain/servers/connections.ts';
import { MAX_JOB_REQUESTS } from '../queue/job-data.ts';
import type { Producer } from '../queue/producer.ts';
import { LaneLost } from './lane.ts';
import type { LaneHandle } from './lane-handle.ts';

const INTERVAL_MS = 2_000;
/** While jobs arrive, the sweep ignores requests recorded within this time, because commands may still be queueing them. */
const GRACE_MS = 2_000;
/**
 * Time limit for reading the next job from Redis. It is shorter while Redis is unavailable, because requests then wait for the
 * sweep, and the sweep waits for this read.
 */
const [REPLY_MS, UNAVAILABLE_REPLY_MS] = [1_000, 50];
/** Interval while no jobs arrive. It is short, because recorded requests then wait only for the sweep. */
const JOBLESS_INTERVAL_MS = 250;
const MAX_REQUESTS = 10_000;
/** Number of older ids that each round checks again. */
const RECHECKED_IDS = 50_000;

/**
 * Submits to the lane the pending requests that no job carries. Such requests exist if Redis was wiped, or if a command ended
 * between recording and queueing. The sweep does not queue them in Redis again, because Redis may be full, or may keep
 * remains of a lost job with the same id.
 *
 * The queue is first in, first out. Requests with lower ids than those in the next waiting job have been fetched by a
 * worker. If one of these requests is neither submitted to the lane nor decided, no job carries it. A request that is
 * submitted twice is applied only once. For this reason every recorded request is submitted at once while Redis is
 * unavailable, has no primary, or hands out no jobs because it is full, is a replica, or its queue is paused.
 *
 * Each round checks the requests recorded in the last seconds, the retried requests, and a range of older ids. Older
 * ids are checked because a command that was suspended while recording may resume at any later time.
 */
export class Sweep {
  readonly #databaseUrl: string;
  readonly #producer: Producer;
  readonly #lane: LaneHandle;
  readonly #log: Logger;
  readonly #stop = new AbortController();
  #session: Session | null = null;
  /** Up to this watermark, all requests are decided, except those recorded late. `#recheck` finds the late ones. */
  readonly #requests = new Watermark();
  readonly #retries = new Watermark();
  /** The id up to which `#recheck` has checked; 0 when it starts over. */
  #recheckedUpTo = 0;
  /** The pending read of the next job from Redis; null after Redis has replied. */
  #reading: Promise<number | null> | null = null;
  #redisUnavailable = false;
  /** The requests that the last round submitted. */
  #submitted: ReadonlySet<number> = new Set();
  /** The lowest request id of the job that was next in the last round; null if no job waited. */
  #lastNextInLine: number | null = null;
  /** True while a job waits and Redis does not hand it out, although the lane is idle. */
  #stuck = false;

  constructor(databaseUrl: string, producer: Producer, lane: LaneHandle, log: Logger) {
    this.#databaseUrl = databaseUrl;
    this.#producer = producer;
    this.#lane = lane;
    this.#log = log;
  }

  /** Sweeps until `stop()`: every few seconds, and more often while no jobs arrive. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        // while this worker does not hold the lane, another worker may be applying the pending requests
        if (this.#lane.serving) await this.#once();
      } catch (error) {
        // the next worker that takes the lane applies the rejected requests while it catches up
        if (!(error instanceof LaneLost)) {
          // a server is unavailable; the next round tries again
          this.#log.warn({ err: error }, 'the sweep failed');
          this.#session?.destroy();
          this.#session = null;
        }
      }
      await delay(this.#jobless ? JOBLESS_INTERVAL_MS : INTERVAL_MS, undefined, { signal }).catch(() => {});
    }
    await this.#session?.close();
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Ends immediately, even during a round. */
  destroy(): void {
    this.stop();
    this.#session?.destroy();
  }

  async #once(): Promise<void> {
    this.#session ??= await openSession(this.#databaseUrl);
    const session = this.#session;
    this.#requests.see(await newestRequest(session));
    this.#requests.raise(this.#lane.decidedUpTo);
    const nextInLine = await this.#nextInLine();
    this.#detectStall(nextInLine);
    const below = this.#stuck || nextInLine === null ? Number.MAX_SAFE_INTEGER : nextInLine;
    const upTo = Math.min(this.#requests.seenBefore(this.#jobless ? 0 : GRACE_MS), below - 1);
    const missed = await this.#recheck(session);
    const recent = await findUnsettled(session, this.#requests, { upTo, limit: MAX_REQUESTS });
    const retried = await findRetriedPending(session, this.#retries, MAX_REQUESTS);
    const pending = new Set([...retried, ...missed, ...recent].sort((a, b) => a - b));
    const lost = this.#lane.notSubmitted(pending);
    if (lost.length === 0) return;
    // only new requests are logged, because each round also finds the deferred requests and those whose failure can't be stored
    if (lost.some((id) => !this.#submitted.has(id))) {
      this.#log.info({ requests: lost.length, first: lost[0] }, 'applying pending requests that are not in any job');
    }
    this.#submitted = new Set(lost);
    const submissions: Promise<void>[] = [];
    for (let start = 0; start < lost.length; start += MAX_JOB_REQUESTS) {
      submissions.push(this.#lane.submit(lost.slice(start, start + MAX_JOB_REQUESTS)));
    }
    await Promise.all(submissions);
  }

  /** Returns the lowest request id of the next job, or null if none waits or Redis does not reply in time. */
  async #nextInLine(): Promise<number | null> {
    this.#reading ??= this.#producer.firstWaiting().finally(() => {
      this.#reading = null;
    });
    const reply = await within(
      this.#redisUnavailable ? UNAVAILABLE_REPLY_MS : REPLY_MS,
      this.#reading,
      'late' as const,
    );
    this.#redisUnavailable = reply === 'late';
    return reply === 'late' ? null : reply;
  }

  /** True while no jobs arrive. */
  get #jobless(): boolean {
    return this.#redisUnavailable || this.#stuck;
  }

  /**
   * Detects that Redis hands out no jobs. An idle worker fetches the next job before the next round. So if two rounds
   * see the same next job, Redis does not hand it out.
   */
  #detectStall(nextInLine: number | null): void {
    const stuck = nextInLine !== null && nextInLine === this.#lastNextInLine && this.#lane.idle;
    if (stuck && !this.#stuck) {
      this.#log.warn({ request: nextInLine }, 'Redis hands out no jobs; all requests are applied from MySQL');
    } else if (this.#stuck && !stuck) this.#log.info('Redis hands out jobs again');
    this.#stuck = stuck;
    this.#lastNextInLine = nextInLine;
  }

  /** Finds pending requests in the next range of older ids. After the last range it starts over. */
  async #recheck(session: Session): Promise<number[]> {
    const { settled } = this.#requests;
    // skips ids that do not exist
    const first = await nextRequest(session, this.#recheckedUpTo);
    const after = first === null ? settled : Math.min(first - 1, settled);
    const upTo = Math.min(after + RECHECKED_IDS, settled);
    this.#recheckedUpTo = upTo < settled ? upTo : 0;
    return findPending(session, { after, upTo, limit: MAX_REQUESTS });
  }
}
