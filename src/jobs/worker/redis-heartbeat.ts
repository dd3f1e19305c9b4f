import { rankingKey } from '../../domain/servers/redis-keys.ts';
import type { RedisClient } from '../../domain/servers/store.ts';

/** Between two questions. */
const BEAT_MS = 1_000;
/** A server that has not answered for so many beats of ours hangs, or is gone without a word. */
const MOST_MISSED = 5;

/**
 * Asks Redis again and again whether it is there, on a connection that is used for other things too. One that hangs is left
 * for whoever has taken over from it: sentinels, or a name, tell who that is to a new connection alone. A cluster's client
 * learns it by itself. (The driver's `failoverDetector` ends a client for good that is just connecting when sentinels tell.)
 */
export class RedisPulse {
  readonly #redis: RedisClient;
  /** Asked for one of the shop's keys, the node of a cluster that has them answers, and no other. */
  readonly #key: string;
  readonly #timer: NodeJS.Timeout;
  #asked = false;
  /** Beats since it was asked; if this process was frozen meanwhile they say less than the clock, and are right. */
  #missed = 0;
  #heardAt = performance.now();

  /** @param redis stays the caller's to close. */
  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#key = rankingKey(prefix);
    this.#timer = setInterval(() => this.#ask(), BEAT_MS).unref();
  }

  /** For how many milliseconds it has not answered. */
  get silentMs(): number {
    return performance.now() - this.#heardAt;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** While it is away the question waits for it: there is never more than one. */
  #ask(): void {
    if (this.#asked) {
      const { isCluster, status } = this.#redis;
      if (++this.#missed >= MOST_MISSED && !isCluster && status === 'ready') this.#redis.disconnect(true);
      return;
    }
    this.#missed = 0;
    this.#asked = true;
    this.#redis
      .exists(this.#key)
      .then(
        () => {
          this.#heardAt = performance.now();
        },
        // told by how long it is silent; whatever else uses the connection reports what is wrong
        () => {},
      )
      .finally(() => {
        this.#asked = false;
      });
  }
}
