import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { acquireLane, keepAlive, type LaneAddress, openLaneSession } from '../../domain/apply/lane-lock.ts';
import { QueuePaused } from '../../domain/requests/gate.ts';
import {
  newestRequest,
  oldestPending,
  type RecordedRequest,
  readPending,
  readRequests,
} from '../../domain/requests/pending.ts';
import { isConflict, isOutage } from '../../domain/servers/mysql-errors.ts';
import { type Session, within } from '../../domain/servers/store.ts';
import { DEFERRED_RETRY_MS } from './deferred-requests.ts';
import { type CommitEvents, GroupCommit, MAX_GROUP } from './group-commit.ts';
import { Ahead } from './prefetched-groups.ts';

/** How often an idle lane tells the server that it lives; well within the server's patience with it. */
const HEARTBEAT_MS = 1_000;
const LOCK_WAIT_SECONDS = 1;
/** So many requests that wait for their jobs keep the queue busy while the next group is applied. */
const ENOUGH_AHEAD = 5 * MAX_GROUP;
const LONGEST_RECONNECT_MS = 1_000;

/** What the lane tells its worker. */
export interface LaneEvents extends CommitEvents {
  /** Another worker has the lane. */
  standingBy(): void;
  /** The lane is ours; it catches up now. */
  taken(): void;
  /** The lane is ours and has caught up: jobs may be fetched. */
  held(): void;
  /** The lane or its database is gone: no jobs are to be fetched. */
  lost(): void;
}

/** The request can't be applied here any more: another worker has the lane, or this one ends. */
export class LaneLost extends Error {
  override readonly name = 'LaneLost';
}

interface Submission {
  readonly ids: readonly number[];
  /** When the job was taken, by `performance.now()`. */
  readonly taken: number;
  readonly resolve: () => void;
  readonly reject: (reason: LaneLost) => void;
}

/**
 * The one place where requests are applied: group commit, one group after another.
 *
 * States and their transitions:
 *
 * - *standing by*: connects and asks for the lane's lock again and again. Submissions that are left over from an outage
 *   are kept while nobody else has the lane, and given back (`LaneLost`) as soon as somebody has.
 *   → *catching up* when the lock is ours.
 * - *catching up*: learns which attempts have failed before, then applies all that is pending, in the order of recording,
 *   straight from MySQL. Jobs of a worker that died are hidden in Redis until their locks run out, and what was queued
 *   after them must not overtake them.
 *   → *serving*; → *standing by* on an outage.
 * - *serving*: takes all submissions that have arrived as one group, applies it in one transaction while the next
 *   gather, and so on; with it, all that was recorded before and is still pending, for what Redis has lost must not be
 *   overtaken either, and what was recorded behind it, while there is room in the transaction. As long as jobs come for
 *   what was applied ahead of them, it goes on with what was recorded next: Redis hands jobs out one by one, and MySQL is
 *   not to wait for that. One submission on an idle lane is applied at once. Idle, it sends a heartbeat.
 *   → *standing by* on an outage: the group in hand goes back to the head of the line, no attempt is counted.
 *   While the queue is paused, the group in hand waits for it to go on; so does what is to be caught up with.
 *   → *stopped* when `stop()` was called and the line is empty.
 */
export class Lane {
  readonly #address: LaneAddress;
  readonly #events: LaneEvents;
  readonly #log: Logger;
  #line: Submission[] = [];
  #inHand: readonly Submission[] = [];
  readonly #commits: GroupCommit;
  #wake: () => void = () => {};
  readonly #ahead = new Ahead();
  #session: Session | null = null;
  readonly #stop = new AbortController();
  #ended = false;
  /** The newest request that was come across. What is pending below it was recorded late. */
  #newest = 0;
  /** Whether more was recorded behind it at the last look. */
  #more = false;
  /** The most requests of the next stretch: the server measures the payloads of all of them, also of those that don't fit. */
  #reach = MAX_GROUP;
  #decidedUpTo = 0;

  constructor(address: LaneAddress, events: LaneEvents, log: Logger) {
    this.#address = address;
    this.#events = events;
    this.#log = log;
    this.#commits = new GroupCommit(log, events, this.#stop.signal);
  }

  /**
   * Hands requests to the lane. Resolves when each has its outcome, is deferred or is not known: what is deferred needs no
   * job, and would take the place of one that brings other work.
   *
   * @throws LaneLost
   */
  submit(ids: readonly number[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(new LaneLost('the lane has ended'));
      if (this.#ahead.take(ids)) {
        if (this.#mayGoAhead) this.#wake();
        return resolve();
      }
      this.#line.push({ ids, taken: performance.now(), resolve, reject });
      this.#wake();
    });
  }

  /**
   * When the lane was taken, all that was recorded up to this request had its outcome. One with a lower id may have been
   * on its way into the database.
   */
  get decidedUpTo(): number {
    return this.#decidedUpTo;
  }

  /** When MySQL has last answered it, by `performance.now()`; 0 while it is not connected. */
  get heardAt(): number {
    return this.#session?.answeredAt ?? 0;
  }

  /** Runs until `stop()`; throws what is a bug. */
  async run(): Promise<void> {
    const stopping = this.#stop.signal;
    try {
      for (let pause = 50; !stopping.aborted; pause = Math.min(pause * 2, LONGEST_RECONNECT_MS)) {
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
          // another session was in the way of taking the lane: groups handle their conflicts themselves
          if (!isOutage(error) && !isConflict(error) && this.#session?.broken !== true) throw error;
          this.#line = [...this.#inHand, ...this.#line];
          this.#inHand = [];
          this.#log.warn({ err: error }, 'the database is away or took the lane; no attempts are counted');
          this.#events.lost();
          await delay(pause, undefined, { signal: stopping }).catch(() => {});
        } finally {
          this.#session?.destroy();
          this.#session = null;
        }
      }
    } finally {
      this.#ended = true;
      this.#giveBack();
    }
  }

  /** Lets the lane end once the line is empty; in an outage it ends at once. */
  stop(): void {
    this.#stop.abort();
    this.#wake();
  }

  /** Connects and waits for the lock; null where the lane is to stop. */
  async #standBy(): Promise<Session | null> {
    const session = await openLaneSession(this.#address);
    this.#session = session;
    for (let first = true; !this.#stop.signal.aborted; first = false) {
      if (await acquireLane(session, this.#address, LOCK_WAIT_SECONDS)) return session;
      if (first) this.#events.standingBy();
      this.#giveBack();
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
    if (applied.length > 0) this.#log.info({ requests: applied.length }, 'caught up with what was pending');
  }

  /**
   * Applies all that is pending up to this id, in the order of recording, and what was recorded after it, as far as the
   * last transaction has room for it: its jobs find it done. `done` is false where the lane is to stop before it has
   * come so far.
   *
   * @param late ids up to `#newest`; they go first.
   * @returns `applied`: without those that have failed or are deferred, for which another job may come.
   */
  async #applyUpTo(
    session: Session,
    upTo: number,
    late: readonly number[] = [],
  ): Promise<{ readonly applied: readonly number[]; readonly done: boolean }> {
    const applied: number[] = [];
    const first = await this.#beginWith(
      session,
      late.filter((id) => !this.#commits.isDeferred(id)),
    );
    if (first === null) return { applied, done: false };
    for (let before = first; ; before = []) {
      const limit = Math.max(this.#reach - before.length, 1);
      const { pending, last, whole, cut } = await readPending(session, this.#newest, limit);
      this.#reach = Math.min(2 * (cut ? pending.length : this.#reach), MAX_GROUP);
      const notApplied = await this.#apply(session, [...before, ...pending]);
      if (notApplied === null) return { applied, done: false };
      applied.push(...pending.map(({ id }) => id).filter((id) => !notApplied.has(id)));
      this.#newest = last;
      this.#more = !whole;
      if (whole || last >= upTo) return { applied, done: true };
      // one that was retried may have been recorded long before the next
      if (pending.length === 0) this.#newest = await this.#beforeNext(session, last, upTo);
      if (this.#stop.signal.aborted) return { applied, done: false };
    }
  }

  /** Applies all of `late` that does not fit in one part; returns the last part, or null where the lane is to stop. */
  async #beginWith(session: Session, late: readonly number[]): Promise<readonly RecordedRequest[] | null> {
    let last: readonly RecordedRequest[] = [];
    for await (const part of readRequests(session, late)) {
      if (last.length > 0 && (await this.#apply(session, last)) === null) return null;
      last = part;
    }
    return last;
  }

  /** The request before the next one that is pending; where none is, the last one that is asked for. */
  async #beforeNext(session: Session, last: number, upTo: number): Promise<number> {
    const next = await oldestPending(session, last + 1);
    // a forged job may name an id that nothing has
    return next === 0 ? Math.min(upTo, Math.max(last, await newestRequest(session))) : next - 1;
  }

  /** Those that were not applied; null where the lane is to stop while the queue is paused. */
  async #apply(session: Session, requests: readonly RecordedRequest[]): Promise<ReadonlySet<number> | null> {
    try {
      return await this.#commits.apply(session, requests);
    } catch (error) {
      if (error instanceof QueuePaused) return null;
      throw error;
    }
  }

  async #serve(session: Session): Promise<void> {
    while (this.#line.length > 0 || !this.#stop.signal.aborted) {
      if (this.#line.length === 0) {
        if (this.#mayGoAhead) this.#ahead.add((await this.#applyUpTo(session, this.#newest)).applied, []);
        else if (!(await this.#waitForWork())) await this.#keepUp(session);
        continue;
      }
      // jobs whose replies came in one read from Redis are handed over within this turn of the event loop
      await nextTurn();
      this.#inHand = this.#takeGroup();
      const ids = this.#inHand.flatMap((submission) => submission.ids).sort((a, b) => a - b);
      const late = ids.filter((id) => id <= this.#newest);
      const { applied, done } = await this.#applyUpTo(session, ids.at(-1) ?? 0, late);
      if (!done) return;
      this.#ahead.add(applied, ids);
      const oldest = Math.min(...this.#inHand.map(({ taken }) => taken));
      this.#log.debug({ jobs: this.#inHand.length, takenMs: performance.now() - oldest }, 'committed');
      for (const { resolve } of this.#inHand) resolve();
      this.#inHand = [];
    }
  }

  /** Jobs are on their way to what is recorded next, and what is applied ahead of them does not suffice for long. */
  get #mayGoAhead(): boolean {
    return this.#more && this.#ahead.size < ENOUGH_AHEAD;
  }

  /** Keeps the idle session alive, and tries again what was deferred. */
  async #keepUp(session: Session): Promise<void> {
    await keepAlive(session);
    if (this.#commits.waiting) await this.#apply(session, []);
  }

  /** True where work has come, false where it is time to keep the session alive. */
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
    const end = this.#line.findIndex(({ ids }, index) => {
      requests += ids.length;
      return requests > MAX_GROUP && index > 0;
    });
    return this.#line.splice(0, end === -1 ? this.#line.length : end);
  }

  #giveBack(): void {
    const left = [...this.#inHand, ...this.#line];
    this.#inHand = [];
    this.#line = [];
    for (const { reject } of left) reject(new LaneLost('the lane is not here'));
  }
}
