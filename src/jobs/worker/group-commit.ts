import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { applyGroup, failRequest } from '../../domain/apply/apply.ts';
import { keepAlive } from '../../domain/apply/lane-lock.ts';
import {
  attemptBackoffMs,
  MAX_ATTEMPTS,
  readFailedAttempts,
  readRetried,
  recordFailedAttempt,
} from '../../domain/requests/attempts.ts';
import { QueuePaused } from '../../domain/requests/gate.ts';
import type { RecordedRequest } from '../../domain/requests/pending.ts';
import { isConflict, isOutage } from '../../domain/servers/mysql-errors.ts';
import type { Session } from '../../domain/servers/store.ts';
import { countOutcomes, type LaneObserver } from '../monitoring/activity.ts';
import { DEFERRED_RETRY_MS, DeferredRequests } from './deferred-requests.ts';

/** Between two looks whether a paused queue goes on; well within the server's patience with an idle session. */
const PAUSED_LOOK_MS = 500;
/** The most requests that one transaction takes. */
export const MAX_GROUP = 2_000;

/** What is told of the work. */
export interface CommitEvents extends LaneObserver {
  /** The queue is paused, and something waits for it to go on; told once for each pause. */
  paused(): void;
}

/**
 * Applies requests in order, in as few transactions as their errors allow.
 *
 * A group that fails is halved until the guilty request is alone. That one has three attempts with backoff, during which
 * those behind it wait, so that nothing overtakes it; then its failure is its outcome. The attempts of its neighbours
 * are not touched, and an outage counts as none. Failed attempts are written down before the next is made: whoever has
 * the lane next counts on.
 *
 * What another session has locked is nobody's failure: the requests that need it are deferred, see `DeferredRequests`, and
 * the others are applied.
 *
 * While the queue is paused, whatever comes next waits, and counts as no attempt.
 */
export class GroupCommit {
  /** Failed attempts of requests without an outcome; kept over an outage. */
  readonly #failed = new Map<number, number>();
  readonly #deferred: DeferredRequests;
  readonly #log: Logger;
  readonly #events: CommitEvents;
  readonly #stop: AbortSignal;
  #paused = false;

  /** @param stop ends the wait for a paused queue to be resumed. */
  constructor(log: Logger, events: CommitEvents, stop: AbortSignal) {
    this.#deferred = new DeferredRequests(log);
    this.#log = log;
    this.#events = events;
    this.#stop = stop;
  }

  /** True while requests wait for rows that another session has locked: `apply` is to be called again and again. */
  get waiting(): boolean {
    return !this.#deferred.empty;
  }

  /** True for a request that waits for such a row, or behind one that does. */
  isDeferred(id: number): boolean {
    return this.#deferred.has(id);
  }

  /** Learns of the attempts that were made by those who had the lane before; to be called whenever it is taken. */
  async takeOver(session: Session): Promise<void> {
    this.#deferred.clear();
    for (const id of await readRetried(session, [...this.#failed.keys()])) this.#failed.delete(id);
    // one that could not be written down is known here alone
    for (const [id, failed] of await readFailedAttempts(session)) {
      this.#failed.set(id, Math.max(failed, this.#failedOf(id)));
    }
  }

  /**
   * Returns when each request has its outcome or is deferred, or has failed for good and the server takes no outcome of
   * it: then it stays pending, and no further attempt is made. What was deferred before is tried again, first of all.
   *
   * @returns those that were not applied: they have failed, or are deferred.
   * @throws what ended the session: an outage, after which nobody knows what was committed; QueuePaused where it is to stop
   * before the queue goes on.
   */
  async apply(session: Session, requests: readonly RecordedRequest[]): Promise<ReadonlySet<number>> {
    if (this.#deferred.full) this.#log.warn('so many requests wait for locked rows that all later ones wait, too');
    while (this.#deferred.full && !this.#stop.aborted) {
      await delay(DEFERRED_RETRY_MS, undefined, { signal: this.#stop }).catch(() => {});
      // nothing may be written for long: whether this session still may is checked meanwhile
      await keepAlive(session);
      await this.#applyAll(session, [], new Set());
    }
    const notApplied = new Set<number>();
    await this.#applyAll(session, await this.#withoutExhausted(session, requests, notApplied), notApplied);
    for (const { id } of requests) if (this.#deferred.has(id)) notApplied.add(id);
    return notApplied;
  }

  async #applyAll(session: Session, requests: readonly RecordedRequest[], failed: Set<number>): Promise<void> {
    const again = await this.#deferred.retry(session);
    const admitted = await this.#deferred.admit(session, requests);
    let waiting = again.length === 0 ? admitted : [...again, ...admitted].sort((a, b) => a.id - b.id);
    // what one of them has waited for may still be there, unseen
    let size = again.length === 0 ? waiting.length : 1;
    while (waiting.length > 0) {
      const group = waiting.slice(0, size);
      try {
        const rest = await this.#commit(session, group);
        waiting = [...rest, ...waiting.slice(group.length)];
        size = Math.min(size * 2, MAX_GROUP);
      } catch (error) {
        if (session.broken || isOutage(error) || error instanceof QueuePaused) throw error;
        this.#log.debug({ err: error, requests: group.length }, 'a group failed');
        const left = isConflict(error)
          ? await this.#deferred.defer(session, waiting, group)
          : await this.#withoutFailed(session, waiting, group.length, error, failed);
        // the same again, in smaller groups, until the guilty request is alone
        size = left.length === waiting.length ? Math.ceil(group.length / 2) : Math.min(group.length * 2, MAX_GROUP);
        waiting = left;
      }
    }
  }

  /** Counts the failed attempt of a request that was alone in its group; returns those that are to be applied still. */
  async #withoutFailed(
    session: Session,
    [first, ...others]: readonly RecordedRequest[],
    size: number,
    error: unknown,
    failed: Set<number>,
  ): Promise<readonly RecordedRequest[]> {
    if (first === undefined) return others;
    if (size > 1 || !(await this.#failedForGood(session, first, error))) return [first, ...others];
    failed.add(first.id);
    return others;
  }

  /** Stores the failure of those that had all their attempts without it; returns the others. */
  async #withoutExhausted(
    session: Session,
    requests: readonly RecordedRequest[],
    failed: Set<number>,
  ): Promise<readonly RecordedRequest[]> {
    const exhausted = new Set(requests.filter(({ id }) => this.#failedOf(id) >= MAX_ATTEMPTS));
    for (const request of exhausted) {
      await this.#storeFailure(session, request);
      failed.add(request.id);
    }
    return exhausted.size === 0 ? requests : requests.filter((request) => !exhausted.has(request));
  }

  /** One transaction; returns what did not fit in. */
  async #commit(session: Session, group: readonly RecordedRequest[]): Promise<readonly RecordedRequest[]> {
    const { result, ms } = await this.#whileRunning(() => applyGroup(session, group, (id) => this.#failedOf(id) + 1));
    const { decided, rest } = result;
    for (const { id } of group.slice(0, group.length - rest.length)) this.#failed.delete(id);
    const [first, last] = [decided[0], decided.at(-1)];
    if (first !== undefined && last !== undefined) {
      this.#events.committed({ outcomes: countOutcomes(decided), range: { first: first.id, last: last.id }, ms });
    }
    this.#log.debug({ requests: decided.length, transactionMs: ms }, 'applied');
    return rest;
  }

  /** Counts the failed attempt of one request and waits before the next; true where there is none left. */
  async #failedForGood(session: Session, request: RecordedRequest, error: unknown): Promise<boolean> {
    const { id } = request;
    const attempt = this.#failedOf(id) + 1;
    this.#failed.set(id, attempt);
    this.#events.attemptFailed();
    this.#log.warn({ err: error, requestId: id, attempt }, 'an attempt failed');
    await this.#store(session, id, 'the failed attempt could not be written down', () =>
      recordFailedAttempt(session, id, attempt, error),
    );
    if (attempt < MAX_ATTEMPTS) {
      await delay(attemptBackoffMs(attempt));
      return false;
    }
    await this.#storeFailure(session, request);
    return true;
  }

  /** Where even that can't be stored, the request stays pending, and the sweep has it tried again. */
  async #storeFailure(session: Session, request: RecordedRequest): Promise<void> {
    const { id, kind } = request;
    const stored = await this.#store(session, id, 'the failure could not be stored', () =>
      failRequest(session, request, MAX_ATTEMPTS),
    );
    if (stored === null) return;
    this.#failed.delete(id);
    if (stored.result) {
      const outcomes = [{ kind, outcome: 'failed', count: 1 }] as const;
      this.#events.committed({ outcomes, range: { first: id, last: id }, ms: stored.ms });
    }
    this.#log.error({ requestId: id, attempts: MAX_ATTEMPTS }, 'failed for good');
  }

  /** Null where it fails, unless that is an outage. */
  async #store<T>(
    session: Session,
    id: number,
    otherwise: string,
    work: () => Promise<T>,
  ): Promise<{ readonly result: T; readonly ms: number } | null> {
    try {
      return await this.#whileRunning(work);
    } catch (error) {
      if (session.broken || isOutage(error) || error instanceof QueuePaused) throw error;
      this.#log.error({ err: error, requestId: id }, otherwise);
      return null;
    }
  }

  /**
   * Does `work`; where the queue is paused, as soon as it goes on.
   *
   * @returns also how long the work took, without that wait.
   * @throws QueuePaused where it is to stop before.
   */
  async #whileRunning<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
    for (;;) {
      const started = performance.now();
      try {
        const result = await work();
        const ms = performance.now() - started;
        if (this.#paused) this.#log.info('the queue goes on');
        this.#paused = false;
        return { result, ms };
      } catch (error) {
        if (!(error instanceof QueuePaused) || this.#stop.aborted) throw error;
        if (!this.#paused) this.#events.paused();
        this.#paused = true;
        await delay(PAUSED_LOOK_MS, undefined, { signal: this.#stop }).catch(() => {});
      }
    }
  }

  #failedOf(id: number): number {
    return this.#failed.get(id) ?? 0;
  }
}
