import type { RedisClient } from '../../domain/servers/connections.ts';
import { rankingKey } from '../../domain/servers/redis-keys.ts';

/** Milliseconds between two heartbeats. */
const HEARTBEAT_MS = 1_000;
/** After this number of missed heartbeats, the server counts as hanging or unreachable. */
const MAX_MISSED = 5;

/**
 * Checks regularly whether Redis responds, on a connection that has other uses, too. If Redis hangs, the heartbeat
 * reconnects, because only a new connection finds the new primary through Sentinel or the host name. A cluster's client
 * finds the primary itself. The driver's `failoverDetector` is not used, because it permanently closes a client that is
 * connecting during a failover.
 */
export class RedisHeartbeat {
  readonly #redis: RedisClient;
  /** The key that a heartbeat looks up. It is one of the shop's keys, because in a cluster the node with these keys must respond. */
  readonly #key: string;
  readonly #timer: NodeJS.Timeout;
  #waiting = false;
  /**
   * Number of heartbeats since the last command was sent. Unlike a duration, this number does not grow while this process is
   * frozen.
   */
  #missed = 0;
  #heardAt = performance.now();

  /** @param redis closed by the caller. */
  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#key = rankingKey(prefix);
    this.#timer = setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
  }

  /** Milliseconds since Redis last responded. */
  get silentMs(): number {
    return performance.now() - this.#heardAt;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Sends a command, unless the last one is still waiting for a response. */
  #beat(): void {
    if (this.#waiting) {
      const { isCluster, status } = this.#redis;
      if (++this.#missed >= MAX_MISSED && !isCluster && status === 'ready') this.#redis.disconnect(true);
      return;
    }
    this.#missed = 0;
    this.#waiting = true;
    this.#redis
      .exists(this.#key)
      .then(
        () => {
          this.#heardAt = performance.now();
        },
        // `silentMs` shows the failure, and other users of the connection report the error
        () => {},
      )
      .finally(() => {
        this.#waiting = false;
      });
  }
}
