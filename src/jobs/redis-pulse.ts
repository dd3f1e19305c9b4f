import type { RedisClient } from '../domain/store.ts';

/** Between two questions. */
const BEAT_MS = 1_000;

/** Asks Redis again and again whether it is there, on a connection that is used for other things too. */
export class RedisPulse {
  readonly #redis: RedisClient;
  readonly #timer: NodeJS.Timeout;
  #asked = false;
  #heardAt = performance.now();

  /** @param redis stays the caller's to close. */
  constructor(redis: RedisClient) {
    this.#redis = redis;
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
    if (this.#asked) return;
    this.#asked = true;
    this.#redis
      .ping()
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
