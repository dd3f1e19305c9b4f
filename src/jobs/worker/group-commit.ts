import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { applyGroup, type DecidedRequest, failRequest } from '../../domain/apply/apply.ts';
import { keepAlive } from '../../domain/apply/lane-lock.ts';
import { readFailedAttempts, readRetried, recordFailedAttempt } from '../../domain/requests/attempts.ts';
import { QueuePaused } from '../../domain/requests/gate.ts';
import type { Origin } from '../../domain/requests/origin.ts';
import { type Pause, readPause, readResume } from '../../domain/requests/pause.ts';
import type { RecordedRequest } from '../../domain/requests/pending.ts';
import { attemptBackoffMs, MAX_ATTEMPTS } from '../../domain/requests/retry-delay.ts';
import type { Session } from '../../domain/servers/connections.ts';
import { isConflict, isOutage } from '../../domain/servers/mysql-errors.ts';
import { type LaneObserver, summarizeCommit } from '../monitoring/commits.ts';
import { DEFERRED_RETRY_MS, DeferredRequests } from './deferred-requests.ts';

/** Milliseconds between two checks of a paused queue, well below the server's limit for idle sessions. */
const PAUSED_POLL_MS = 500;
/** Maximum number of requests in one transaction. */
export const MAX_GROUP = 2_000;

/** Events of the group commit. */
export interface CommitEvents extends LaneObserver {
  /** Called once per pause. */
  paused(pause: Pause): void;
  /** Called when a pause has ended. @param origin null if the recorded activities do not show who ended the pause. */
  resumed(origin: Origin | null): void;
}

/**
 * Applies requests in order, in as few transactions as possible.
 *
 * A group that fails is halved until the failing request is alone. That request has three attempts with backoff, then it
 * fails permanently. Later requests wait meanwhile, so that none overtakes it, and their attempts are not counted. An outage
 * does not count as an attempt. Each failed attempt is stored before the next one, so that another worker continues the count.
 *
 * A row locked by another session does not count as a failure. The requests that need it are deferred (see
 * `DeferredRequests`), and the others are applied.
 *
 * While the queue is paused, requests wait, and no attempt is counted.
 */
export class GroupCommit {
  /** Numbers of failed attempts, by the id of the undecided request. They are kept during an outage. */
  readonly #failed = new Map<number, number>();
  readonly #deferred: DeferredRequests;
  readonly #log: Logger;
  readonly #events: CommitEvents;
  readonly #stop: AbortSignal;
  /** The pause that was reported last; null while the queue runs. */
  #pause: Pause | null = null;

  /** @param stop ends the waits for `queue resume` and for locked rows. */
  constructor(log: Logger, events: CommitEvents, stop: AbortSignal) {
    this.#deferred = new DeferredRequests(log);
    this.#log = log;
    this.#events = events;
    this.#stop = stop;
  }

  /** True while requests wait for rows locked by another session. `apply` must then be called repeatedly. */
  get waiting(): boolean {
    return !this.#deferred.empty;
  }

  /**
   * Keeps the session alive while nothing is applied, and reports when the queue is paused or resumed.
   *
   * @returns true if the queue is paused.
   * @throws DatabaseError (see `keepAlive`)
   */
  async keepAlive(session: Session): Promise<boolean> {
    const pause = (await keepAlive(session)) ? await readPause(session) : null;
    const before = this.#pause;
    this.#pause = pause;
    if (pause !== null && pause.pausedAt.getTime() !== before?.pausedAt.getTime()) this.#events.paused(pause);
    if (pause === null && before !== null) this.#events.resumed(await readResume(session, before));
    return pause !== null;
  }

  /** Returns true if the request is deferred. */
  isDeferred(id: number): boolean {
    return this.#deferred.has(id);
  }

  /** Reads the attempts that other workers have made. Call this method each time the lane is taken. */
  async takeOver(session: Session): Promise<void> {
    this.#deferred.clear();
    for (const id of await readRetried(session, [...this.#failed.keys()])) this.#failed.delete(id);
    // an attempt that could not be stored is known only in this process
    for (const [id, failed] of await readFailedAttempts(session)) {
      this.#failed.set(id, Math.max(failed, this.#failedOf(id)));
    }
  }

  /**
   * Applies the requests, after retrying the deferred ones. Returns when each request has its outcome or is deferred. A
   * request whose permanent failure can't be stored stays pending, without further attempts.
   *
   * @returns the requests that were not applied, because they failed or are deferred.
   * @throws the error that ended the session (after an outage, it is unknown which requests were committed); QueuePaused if
   * the lane stops while the queue is paused.
   */
  async apply(session: Session, requests: readonly RecordedRequest[]): Promise<ReadonlySet<number>> {
    if (this.#deferred.full) this.#log.warn('too many requests wait for locked rows; all later requests wait too');
    while (this.#deferred.full && !this.#stop.aborted) {
      await delay(DEFERRED_RETRY_MS, undefined, { signal: this.#stop }).catch(() => {});
      // as long as the rows stay locked, no transaction checks whether this worker may still write, so this call checks it
      await this.keepAlive(session);
      await this.#applyAll(session, [], new Set());
    }
    const notApplied = new Set<number>();
    await this.#applyAll(session, await this.#withoutExhausted(session, requests, notApplied), notApplied);
    for (const { id } of requests) if (this.#deferred.has(id)) notApplied.add(id);
    return notApplied;
  }

  async #applyAll(session: Session, requests: readonly RecordedRequest[], failed: Set<number>): Promise<void> {
    const retried = await this.#deferred.retry(session);
    const admitted = await this.#deferred.admit(session, requests);
    let waiting = retried.length === 0 ? admitted : [...retried, ...admitted].sort((a, b) => a.id - b.id);
    // the first group is a single request, because a retried request may still conflict with a lock that was not detected
    let size = retried.length === 0 ? waiting.length : 1;
    while (waiting.length > 0) {
      const group = waiting.slice(0, size);
      try {
        const rest = await this.#commit(session, group);
        waiting = [...rest, ...waiting.slice(group.length)];
        size = Math.min(size * 2, MAX_GROUP);
      } catch (error) {
        if (session.broken || isOutage(error) || error instanceof QueuePaused) throw error;
        this.#log.debug({ err: error, requests: group.length }, 'a group of requests failed');
        const left = isConflict(error)
          ? await this.#deferred.defer(session, waiting, group)
          : await this.#withoutFailed(session, waiting, group.length, error, failed);
        // if all requests are still waiting, the group is halved, until the failing request is alone
        size = left.length === waiting.length ? Math.ceil(group.length / 2) : Math.min(group.length * 2, MAX_GROUP);
        waiting = left;
      }
    }
  }

  /** Counts the failed attempt if the group was a single request. Returns the requests that are still to be applied. */
  async #withoutFailed(
    session: Session,
    [first, ...others]: readonly RecordedRequest[],
    size: number,
    error: unknown,
    failed: Set<number>,
  ): Promise<readonly RecordedRequest[]> {
    if (first === undefined) return others;
    if (size > 1 || !(await this.#countFailedAttempt(session, first, error))) return [first, ...others];
    failed.add(first.id);
    return others;
  }

  /** Stores the failure of requests that have no attempts left, and returns the others. */
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

  /** Applies a group in one transaction, and returns the requests that did not fit. */
  async #commit(session: Session, group: readonly RecordedRequest[]): Promise<readonly RecordedRequest[]> {
    const { result, ms } = await this.#whileRunning(session, () =>
      applyGroup(session, group, (id) => this.#failedOf(id) + 1),
    );
    const { decided, rest } = result;
    for (const { id } of group.slice(0, group.length - rest.length)) this.#failed.delete(id);
    this.#report(decided, ms);
    this.#log.debug({ requests: decided.length, transactionMs: ms }, 'applied');
    return rest;
  }

  /** Counts the failed attempt of a request, and waits before the next one. Returns true if no attempt is left. */
  async #countFailedAttempt(session: Session, request: RecordedRequest, error: unknown): Promise<boolean> {
    const { id } = request;
    const attempt = this.#failedOf(id) + 1;
    this.#failed.set(id, attempt);
    this.#events.attemptFailed();
    this.#log.warn({ err: error, requestId: id, attempt }, 'an attempt failed');
    await this.#store(session, id, 'the failed attempt could not be stored', () =>
      recordFailedAttempt(session, id, attempt, error),
    );
    if (attempt < MAX_ATTEMPTS) {
      await delay(attemptBackoffMs(attempt));
      return false;
    }
    await this.#storeFailure(session, request);
    return true;
  }

  /** Stores a permanent failure. If storing fails too, the request stays pending, and the sweep submits it again. */
  async #storeFailure(session: Session, request: RecordedRequest): Promise<void> {
    const { id } = request;
    const stored = await this.#store(session, id, 'the failure could not be stored', () =>
      failRequest(session, request, MAX_ATTEMPTS),
    );
    if (stored === null) return;
    this.#failed.delete(id);
    if (stored.result !== null) this.#report([stored.result], stored.ms);
    // a withdrawn request is refused instead
    if (stored.result?.status !== 'refused')
      this.#log.error({ requestId: id, attempts: MAX_ATTEMPTS }, 'a request failed after three attempts');
  }

  /**
   * Runs `work`. If `work` fails, logs the error and returns null. Throws only in an outage, or if the lane stops while
   * the queue is paused.
   */
  async #store<T>(
    session: Session,
    id: number,
    failureMessage: string,
    work: () => Promise<T>,
  ): Promise<{ readonly result: T; readonly ms: number } | null> {
    try {
      return await this.#whileRunning(session, work);
    } catch (error) {
      if (session.broken || isOutage(error) || error instanceof QueuePaused) throw error;
      this.#log.error({ err: error, requestId: id }, failureMessage);
      return null;
    }
  }

  /**
   * Runs `work`. If the queue is paused, waits until it is resumed, and runs `work` again.
   *
   * @returns the result, and the duration of the last run of `work` in milliseconds.
   * @throws QueuePaused if the lane stops before the queue is resumed.
   */
  async #whileRunning<T>(
    session: Session,
    work: () => Promise<T>,
  ): Promise<{ readonly result: T; readonly ms: number }> {
    for (;;) {
      const started = performance.now();
      try {
        const result = await work();
        return { result, ms: performance.now() - started };
      } catch (error) {
        if (!(error instanceof QueuePaused) || this.#stop.aborted) throw error;
        while ((await this.keepAlive(session)) && !this.#stop.aborted)
          await delay(PAUSED_POLL_MS, undefined, { signal: this.#stop }).catch(() => {});
      }
    }
  }

  #report(decided: readonly DecidedRequest[], ms: number): void {
    const commit = summarizeCommit(decided, ms);
    if (commit !== null) this.#events.committed(commit);
  }

  #failedOf(id: number): number {
    return this.#failed.get(id) ?? 0;
  }
}
