import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { findPending, findUnsettled, newestRequest, nextRequest } from '../../domain/requests/pending.ts';
import { findRetriedPending } from '../../domain/requests/retries.ts';
import { Watermark } from '../../domain/requests/watermark.ts';
import { openSession, type Session, within } from '../../domain/servers/store.ts';
import { MAX_JOB_REQUESTS } from '../queue/job-data.ts';
import type { Producer } from '../queue/producer.ts';
import { LaneLost } from './lane.ts';
import type { LaneHandle } from './lane-handle.ts';

const INTERVAL_MS = 2_000;
/** A command has this long to queue what it has recorded. */
const GRACE_MS = 2_000;
/** Redis answers what is next in line in a moment, or is away; of one that has been away until now it is seen at once. */
const [ANSWER_MS, AWAY_ANSWER_MS] = [1_000, 50];
/** Between two rounds while it is away: no job comes to wake the lane, and what is recorded waits for nothing else. */
const AWAY_INTERVAL_MS = 250;
const MAX_REQUESTS = 10_000;
/** Ids of long ago that are looked at again in each round. */
const PATROL = 50_000;

/**
 * Gives the lane what is pending and in no job: Redis was wiped, or a command died between recording and queueing. It
 * does not go through Redis again, which may be full, or have kept the rest of a lost job that would keep out a new one.
 *
 * The queue is first in, first out: whatever has a lower id than the job that is next in line was taken by a worker,
 * and what is neither in the lane nor decided then is in no job. Applying something twice would do no harm: while Redis is
 * away, or its primary has failed and has no successor yet, all that is recorded is given to the lane, without delay. So it
 * is while Redis hands out no jobs: it is full, a replica, or somebody has paused the queue there.
 *
 * What was recorded in the last seconds is looked at in each round, and what was retried. What is older is patrolled, a stretch in each round,
 * for a command that was frozen in the middle of recording may thaw after any time.
 */
export class Sweep {
  readonly #databaseUrl: string;
  readonly #producer: Producer;
  readonly #lane: LaneHandle;
  readonly #log: Logger;
  readonly #stop = new AbortController();
  #session: Session | null = null;
  /** The patrol finds a request that is recorded below the mark later than expected. */
  readonly #requests = new Watermark();
  readonly #retries = new Watermark();
  /** How far the patrol has come. */
  #patrolled = 0;
  /** What Redis has been asked for and has not answered yet: there is never more than one question. */
  #asked: Promise<number | null> | null = null;
  #away = false;
  /** The requests that the last round gave to the lane. */
  #given: ReadonlySet<number> = new Set();
  /** The first request of the job that was next in line in the last round; null where none was. */
  #head: number | null = null;
  /** True while a job waits and none is handed out, though the lane has nothing to do. */
  #stuck = false;

  constructor(databaseUrl: string, producer: Producer, lane: LaneHandle, log: Logger) {
    this.#databaseUrl = databaseUrl;
    this.#producer = producer;
    this.#lane = lane;
    this.#log = log;
  }

  /** Sweeps every few seconds until `stop()`. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        // another worker may have in hand what looks lost from here
        if (this.#lane.serving) await this.#once();
      } catch (error) {
        // who has the lane next catches up with what it gave back
        if (!(error instanceof LaneLost)) {
          // a server is away; the next round tries again
          this.#log.warn({ err: error }, 'the sweep failed');
          this.#session?.destroy();
          this.#session = null;
        }
      }
      await delay(this.#jobless ? AWAY_INTERVAL_MS : INTERVAL_MS, undefined, { signal }).catch(() => {});
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
    this.#requests.see(await newestRequest(session));
    this.#requests.raise(this.#lane.decidedUpTo);
    const nextInLine = await this.#nextInLine();
    this.#notice(nextInLine);
    const below = this.#stuck || nextInLine === null ? Number.MAX_SAFE_INTEGER : nextInLine;
    const upTo = Math.min(this.#requests.seenBefore(this.#jobless ? 0 : GRACE_MS), below - 1);
    const missed = await this.#patrol(session);
    const recent = await findUnsettled(session, this.#requests, { upTo, limit: MAX_REQUESTS });
    const retried = await findRetriedPending(session, this.#retries, MAX_REQUESTS);
    const pending = new Set([...retried, ...missed, ...recent].sort((a, b) => a - b));
    const lost = this.#lane.notHeld(pending);
    if (lost.length === 0) return;
    // what waits for a locked row, or can't be stored, is found in each round
    if (lost.some((id) => !this.#given.has(id))) {
      this.#log.info({ requests: lost.length, first: lost[0] }, 'applying what is pending and in no job');
    }
    this.#given = new Set(lost);
    const submissions: Promise<void>[] = [];
    for (let start = 0; start < lost.length; start += MAX_JOB_REQUESTS) {
      submissions.push(this.#lane.submit(lost.slice(start, start + MAX_JOB_REQUESTS)));
    }
    await Promise.all(submissions);
  }

  /** The first request of the job that is next in line; null where none waits, or where Redis does not say. */
  async #nextInLine(): Promise<number | null> {
    this.#asked ??= this.#producer.firstWaiting().finally(() => {
      this.#asked = null;
    });
    const answer = await within(this.#away ? AWAY_ANSWER_MS : ANSWER_MS, this.#asked, 'late' as const);
    this.#away = answer === 'late';
    return answer === 'late' ? null : answer;
  }

  /** No job comes to wake the lane. */
  get #jobless(): boolean {
    return this.#away || this.#stuck;
  }

  /** Whether jobs are handed out: an idle worker takes the next one long before the next round. */
  #notice(nextInLine: number | null): void {
    const stuck = nextInLine !== null && nextInLine === this.#head && this.#lane.idle;
    if (stuck && !this.#stuck) {
      this.#log.warn({ request: nextInLine }, 'Redis hands out no jobs: all that is recorded is applied from MySQL');
    } else if (this.#stuck && !stuck) this.#log.info('Redis hands out jobs again');
    this.#stuck = stuck;
    this.#head = nextInLine;
  }

  /** Looks at the next stretch of what is settled, and begins anew behind the last. */
  async #patrol(session: Session): Promise<number[]> {
    const { settled } = this.#requests;
    // no round is spent on ids that do not exist
    const first = await nextRequest(session, this.#patrolled);
    const after = first === null ? settled : Math.min(first - 1, settled);
    const upTo = Math.min(after + PATROL, settled);
    this.#patrolled = upTo < settled ? upTo : 0;
    return findPending(session, { after, upTo, limit: MAX_REQUESTS });
  }
}
