import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { acquireLane, type LaneAddress, openLaneSession } from '../../domain/apply/lane-lock.ts';
import { QueuePaused } from '../../domain/requests/gate.ts';
import {
  newestRequest,
  oldestPending,
  type RecordedRequest,
  readPending,
  readRequests,
} from '../../domain/requests/pending.ts';
import { type Session, within } from '../../domain/servers/connections.ts';
import { isConflict, isOutage } from '../../domain/servers/mysql-errors.ts';
import { DEFERRED_RETRY_MS } from './deferred-requests.ts';
import { type CommitEvents, GroupCommit, MAX_GROUP } from './group-commit.ts';
import { PrefetchedRequests } from './prefetched-requests.ts';

/** Interval of an idle lane's heartbeat, well below the server's limit for idle sessions. */
const HEARTBEAT_MS = 1_000;
const LOCK_WAIT_SECONDS = 1;
/**
 * Maximum number of prefetched requests whose jobs have not arrived. The limit is several groups, so that BullMQ has enough jobs
 * to complete while the lane applies the next group.
 */
const MAX_PREFETCHED = 5 * MAX_GROUP;
const MAX_RECONNECT_MS = 1_000;

/** Events that the lane reports to its worker. */
export interface LaneEvents extends CommitEvents {
  /** Called when another worker holds the lane. */
  standingBy(): void;
  /** Called when this worker has taken the lane and is catching up. */
  taken(): void;
  /** Called when this worker holds the lane and has caught up. It may fetch jobs. */
  held(): void;
  /** Called when the lane was lost, or MySQL is unavailable. The worker must not fetch jobs. */
  lost(): void;
}

/** Reports that this worker can't apply a request, because another worker holds the lane or this worker is ending. */
export class LaneLost extends Error {
  override readonly name = 'LaneLost';
}

interface Submission {
  readonly ids: readonly number[];
  /** When the submission was made, by `performance.now()`. */
  readonly taken: number;
  readonly resolve: () => void;
  readonly reject: (reason: LaneLost) => void;
}

/**
 * Applies all requests, one group after another, each in one transaction. Only one lane in a shop runs at a time.
 *
 * States and their transitions:
 *
 * - *standing by*: connects and tries repeatedly to acquire the lane's lock. Submissions left over from an outage are kept
 *   while no other worker holds the lane, and rejected (`LaneLost`) as soon as another worker holds it.
 *   → *catching up* when the lock is acquired.
 * - *catching up*: reads the attempts that have failed before, then applies every pending request from MySQL, in the order of
 *   recording. Redis hides the jobs of a dead worker until their locks expire, and later requests must not overtake them.
 *   → *serving*; → *standing by* on an outage.
 * - *serving*: applies all waiting submissions as one group, while the next submissions gather. The group also contains
 *   every earlier request that is still pending, because requests whose jobs Redis has lost must not be overtaken. Later
 *   requests are added if the transaction has room for them. While jobs keep arriving for prefetched requests, the lane
 *   continues with the next recorded requests, because Redis hands out jobs one by one and is slower than MySQL. A single
 *   submission on an idle lane is applied immediately. An idle lane sends a heartbeat.
 *   → *standing by* on an outage: the active group returns to the head of the waiting submissions; no attempt is counted.
 *   While the queue is paused, the active group waits, and so does catching up.
 *   → *stopped* when `stop()` was called and no submission waits.
 */
export class Lane {
  readonly #address: LaneAddress;
  readonly #events: LaneEvents;
  readonly #log: Logger;
  #waiting: Submission[] = [];
  #active: readonly Submission[] = [];
  readonly #commits: GroupCommit;
  #wake: () => void = () => {};
  readonly #prefetched = new PrefetchedRequests();
  #session: Session | null = null;
  readonly #stop = new AbortController();
  #ended = false;
  /** Id up to which requests were read. A submission may contain lower ids, because a request may become visible after a newer one. */
  #newest = 0;
  /** True if the last read found more requests after `#newest`. */
  #hasMore = false;
  /**
   * Maximum number of requests in the next read. It adapts to the length of the payloads, because MySQL measures the payloads of
   * all requests in a read, even of those that do not fit.
   */
  #readLimit = MAX_GROUP;
  #decidedUpTo = 0;

  constructor(address: LaneAddress, events: LaneEvents, log: Logger) {
    this.#address = address;
    this.#events = events;
    this.#log = log;
    this.#commits = new GroupCommit(log, events, this.#stop.signal);
  }

  /**
   * Submits requests. Resolves when each has its outcome, is deferred, or does not exist. The job of a deferred request may end,
   * because the lane applies the request without a job. If the job stayed active, it would keep the worker from fetching another job.
   *
   * @throws LaneLost
   */
  submit(ids: readonly number[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(new LaneLost('the lane has ended'));
      if (this.#prefetched.take(ids)) {
        if (this.#mayPrefetch) this.#wake();
        return resolve();
      }
      this.#waiting.push({ ids, taken: performance.now(), resolve, reject });
      this.#wake();
    });
  }

  /**
   * Id up to which all recorded requests had their outcomes when the lane was taken. A request with a lower id may have become
   * visible later.
   */
  get decidedUpTo(): number {
    return this.#decidedUpTo;
  }

  /** When MySQL last responded, by `performance.now()`; 0 while the lane is not connected. */
  get heardAt(): number {
    return this.#session?.answeredAt ?? 0;
  }

  /** Runs until `stop()`. Throws if the lane can't run on this database (see `refusalOf`). Any other error is a bug. */
  async run(): Promise<void> {
    const stopping = this.#stop.signal;
    try {
      for (let pause = 50; !stopping.aborted; pause = Math.min(pause * 2, MAX_RECONNECT_MS)) {
        try {
          this.#session = await this.#standBy();
          if (this.#session === null) break;
          pause = 50;
          this.#events.taken();
          await this.#catchUp(this.#session);
          this.#events.held();
          await this.#serve(this.#session);
          await this.#session.close();
        } catch (error) {
          // a conflict while taking the lane is temporary; conflicts of a group are handled where the group is applied
          if (!isOutage(error) && !isConflict(error) && this.#session?.broken !== true) throw error;
          this.#waiting = [...this.#active, ...this.#waiting];
          this.#active = [];
          this.#log.warn({ err: error }, 'MySQL is unavailable or the lane was lost; no attempts are counted');
          this.#events.lost();
          await delay(pause, undefined, { signal: stopping }).catch(() => {});
        } finally {
          this.#session?.destroy();
          this.#session = null;
        }
      }
    } finally {
      this.#ended = true;
      this.#rejectAll();
    }
  }

  /** Lets the lane end when no submission waits, or immediately in an outage. */
  stop(): void {
    this.#stop.abort();
    this.#wake();
  }

  /** Connects and waits for the lane's lock. Returns null if the lane was stopped. */
  async #standBy(): Promise<Session | null> {
    const session = await openLaneSession(this.#address);
    this.#session = session;
    for (let first = true; !this.#stop.signal.aborted; first = false) {
      if (await acquireLane(session, this.#address, LOCK_WAIT_SECONDS)) return session;
      if (first) this.#events.standingBy();
      this.#rejectAll();
    }
    return null;
  }

  async #catchUp(session: Session): Promise<void> {
    await this.#commits.takeOver(session);
    const first = await oldestPending(session, 0);
    const newest = await newestRequest(session);
    this.#newest = first === 0 ? newest : first - 1;
    this.#decidedUpTo = this.#newest;
    const { applied } = await this.#applyUpTo(session, newest);
    if (applied.length > 0) this.#log.info({ requests: applied.length }, 'caught up with the pending requests');
  }

  /**
   * Applies every pending request up to the id `upTo`, in the order of recording, and later requests if the last transaction has
   * room for them.
   *
   * @param late ids up to `#newest`; they are applied first.
   * @returns `applied`: the ids of the applied requests, except `late` ones. Failed and deferred requests are not included, because
   * another job may carry them later. `done`: false if the lane was stopped before it reached `upTo`.
   */
  async #applyUpTo(
    session: Session,
    upTo: number,
    late: readonly number[] = [],
  ): Promise<{ readonly applied: readonly number[]; readonly done: boolean }> {
    const applied: number[] = [];
    const first = await this.#applyLate(
      session,
      late.filter((id) => !this.#commits.isDeferred(id)),
    );
    if (first === null) return { applied, done: false };
    for (let before = first; ; before = []) {
      const limit = Math.max(this.#readLimit - before.length, 1);
      const { pending, last, whole, cut } = await readPending(session, this.#newest, limit);
      this.#readLimit = Math.min(2 * (cut ? pending.length : this.#readLimit), MAX_GROUP);
      const notApplied = await this.#apply(session, [...before, ...pending]);
      if (notApplied === null) return { applied, done: false };
      applied.push(...pending.map(({ id }) => id).filter((id) => !notApplied.has(id)));
      this.#newest = last;
      this.#hasMore = !whole;
      if (whole || last >= upTo) return { applied, done: true };
      // after a retried request, many decided requests may follow before the next pending one; they are skipped
      if (pending.length === 0) this.#newest = await this.#beforeNext(session, last, upTo);
      if (this.#stop.signal.aborted) return { applied, done: false };
    }
  }

  /**
   * Reads late requests in parts and applies all parts except the last, which the caller applies together with later requests.
   * Returns the last part, or null if the lane was stopped.
   */
  async #applyLate(session: Session, late: readonly number[]): Promise<readonly RecordedRequest[] | null> {
    let last: readonly RecordedRequest[] = [];
    for await (const part of readRequests(session, late)) {
      if (last.length > 0 && (await this.#apply(session, last)) === null) return null;
      last = part;
    }
    return last;
  }

  /** Returns the id before the next pending request. If none is pending, returns `upTo`, but at most the newest id. */
  async #beforeNext(session: Session, last: number, upTo: number): Promise<number> {
    const next = await oldestPending(session, last + 1);
    // a forged job may name an id that does not exist
    return next === 0 ? Math.min(upTo, Math.max(last, await newestRequest(session))) : next - 1;
  }

  /** Applies requests and returns those that were not applied. Returns null if the lane was stopped while paused. */
  async #apply(session: Session, requests: readonly RecordedRequest[]): Promise<ReadonlySet<number> | null> {
    try {
      return await this.#commits.apply(session, requests);
    } catch (error) {
      if (error instanceof QueuePaused) return null;
      throw error;
    }
  }

  async #serve(session: Session): Promise<void> {
    while (this.#waiting.length > 0 || !this.#stop.signal.aborted) {
      if (this.#waiting.length === 0) {
        if (this.#mayPrefetch) this.#prefetched.add((await this.#applyUpTo(session, this.#newest)).applied, []);
        else if (!(await this.#waitForWork())) await this.#idle(session);
        continue;
      }
      // all jobs from one read of Redis are submitted in this turn of the event loop, and should be in one group
      await nextTurn();
      this.#active = this.#takeGroup();
      const ids = this.#active.flatMap((submission) => submission.ids).sort((a, b) => a - b);
      const late = ids.filter((id) => id <= this.#newest);
      const { applied, done } = await this.#applyUpTo(session, ids.at(-1) ?? 0, late);
      if (!done) return;
      this.#prefetched.add(applied, ids);
      const oldest = Math.min(...this.#active.map(({ taken }) => taken));
      this.#log.debug({ jobs: this.#active.length, takenMs: performance.now() - oldest }, 'committed');
      for (const { resolve } of this.#active) resolve();
      this.#active = [];
    }
  }

  /** True if more requests are recorded, and few enough have been prefetched. */
  get #mayPrefetch(): boolean {
    return this.#hasMore && this.#prefetched.size < MAX_PREFETCHED;
  }

  /** Keeps the idle session alive and retries the deferred requests. */
  async #idle(session: Session): Promise<void> {
    await this.#commits.keepAlive(session);
    if (this.#commits.waiting) await this.#apply(session, []);
  }

  /** Waits for a submission. Returns false when it is time for a heartbeat or for deferred requests. */
  async #waitForWork(): Promise<boolean> {
    const arrived = new Promise<boolean>((resolve) => {
      this.#wake = () => resolve(true);
    });
    const work = await within(this.#commits.waiting ? DEFERRED_RETRY_MS : HEARTBEAT_MS, arrived, false);
    this.#wake = () => {};
    return work;
  }

  #takeGroup(): Submission[] {
    let requests = 0;
    const end = this.#waiting.findIndex(({ ids }, index) => {
      requests += ids.length;
      return requests > MAX_GROUP && index > 0;
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  #rejectAll(): void {
    const left = [...this.#active, ...this.#waiting];
    this.#active = [];
    this.#waiting = [];
    for (const { reject } of left) reject(new LaneLost('the lane was lost'));
  }
}
