import type { Logger } from 'pino';
import type { RedisClient } from '../../domain/servers/store.ts';
import type { Commit, LaneObserver } from '../monitoring/activity.ts';
import { decidedChannel, formatDecidedRange } from '../queue/job-data.ts';

/** Messages that may wait for Redis; further ones are dropped, because waiting commands poll as well. */
const MAX_UNCONFIRMED = 100;

/** Publishes each commit to the commands that wait for it. It never delays the lane: nothing waits for Redis here. */
export class DecidedPublisher implements LaneObserver {
  readonly #redis: RedisClient;
  readonly #channel: string;
  readonly #log: Logger;
  #unconfirmed = 0;
  #warned = false;

  /** @param redis stays the caller's to close. */
  constructor(redis: RedisClient, prefix: string, log: Logger) {
    this.#redis = redis;
    this.#channel = decidedChannel(prefix);
    this.#log = log;
  }

  committed({ range }: Commit): void {
    if (this.#redis.status !== 'ready' || this.#unconfirmed >= MAX_UNCONFIRMED) return;
    this.#unconfirmed++;
    this.#redis
      .publish(this.#channel, formatDecidedRange(range))
      .catch((error) => this.#warn(error))
      .finally(() => {
        this.#unconfirmed--;
      });
  }

  attemptFailed(): void {}

  #warn(error: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#log.warn({ err: error }, 'Redis refused a message about decided requests; waiting commands poll MySQL');
  }
}
