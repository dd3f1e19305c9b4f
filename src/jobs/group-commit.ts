import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { applyGroup, failRequest } from '../domain/apply.ts';
import type { RecordedRequest } from '../domain/pending.ts';
import { isOutage, type Session } from '../domain/store.ts';

/** Attempts that a request has in all. */
const MAX_ATTEMPTS = 3;
const FIRST_BACKOFF_MS = 200;
/** The most requests that one transaction takes. */
export const MAX_GROUP = 1_000;

/**
 * Applies requests in order, in as few transactions as their errors allow.
 *
 * A group that fails is halved until the guilty request is alone. That one has three attempts with backoff, during which
 * those behind it wait, so that nothing overtakes it; then its failure is its outcome. The attempts of its neighbours
 * are not touched, and an outage counts as none.
 */
export class GroupCommit {
  /** Failed attempts of requests that are to be tried again; kept over an outage. */
  readonly #failed = new Map<number, number>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /**
   * Returns when each request has its outcome.
   *
   * @throws what ended the session: an outage, after which nobody knows what was committed.
   */
  async apply(session: Session, requests: readonly RecordedRequest[]): Promise<void> {
    let waiting = requests;
    let size = requests.length;
    while (waiting.length > 0) {
      const group = waiting.slice(0, size);
      try {
        const rest = await this.#commit(session, group);
        waiting = [...rest, ...waiting.slice(group.length)];
        size = Math.min(size * 2, MAX_GROUP);
      } catch (error) {
        if (session.broken || isOutage(error)) throw error;
        const [first] = group;
        if (group.length > 1 || first === undefined) {
          this.#log.debug({ err: error, requests: group.length }, 'a group failed and is halved');
          size = Math.ceil(group.length / 2);
        } else if (await this.#failedForGood(session, first, error)) {
          waiting = waiting.slice(1);
        }
      }
    }
  }

  /** One transaction; returns what did not fit in. */
  async #commit(session: Session, group: readonly RecordedRequest[]): Promise<readonly RecordedRequest[]> {
    const started = performance.now();
    const { decided, rest } = await applyGroup(session, group, (id) => (this.#failed.get(id) ?? 0) + 1);
    for (const { id } of group) this.#failed.delete(id);
    this.#log.debug({ requests: decided.length, transactionMs: performance.now() - started }, 'applied');
    return rest;
  }

  /** Counts the failed attempt of one request and waits before the next; true where there is none left. */
  async #failedForGood(session: Session, request: RecordedRequest, error: unknown): Promise<boolean> {
    const { id } = request;
    const attempts = (this.#failed.get(id) ?? 0) + 1;
    this.#failed.set(id, attempts);
    this.#log.warn({ err: error, requestId: id, attempt: attempts }, 'an attempt failed');
    if (attempts < MAX_ATTEMPTS) {
      await delay(FIRST_BACKOFF_MS * 2 ** (attempts - 1) * (1 + Math.random() / 4));
      return false;
    }
    await this.#storeFailure(session, request, error);
    return true;
  }

  /** Where even that can't be stored, the request stays pending for the sweep, which gives it one more attempt. */
  async #storeFailure(session: Session, request: RecordedRequest, reason: unknown): Promise<void> {
    const { id } = request;
    try {
      await failRequest(session, request, MAX_ATTEMPTS);
      this.#failed.delete(id);
      this.#log.error({ err: reason, requestId: id, attempts: MAX_ATTEMPTS }, 'failed for good');
    } catch (error) {
      if (session.broken || isOutage(error)) throw error;
      this.#failed.set(id, MAX_ATTEMPTS - 1);
      this.#log.error({ err: error, requestId: id }, 'the failure could not be stored');
    }
  }
}
