import type { Logger } from 'pino';
import type { RedisClient } from '../../domain/servers/connections.ts';
import type { Commit, LaneObserver } from '../monitoring/commits.ts';
import { decidedChannel, formatDecidedRange } from '../queue/job-data.ts';

/** Maximum number of unconfirmed messages. Further messages can be dropped, because waiting commands also poll. */
const MAX_UNCONFIRMED = 100;

/** Publishes each commit to waiting commands. It does not wait for Redis, so it never delays the lane. */
export class DecidedPublisher implements LaneObserver {
  readonly #redis: RedisClient;
  readonly #channel: string;
  readonly #log: Logger;
  #unconfirmed = 0;
  #warned = false;

  /** @param redis closed by the caller. */
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
