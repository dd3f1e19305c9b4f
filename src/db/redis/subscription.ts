import type { Redis } from 'ioredis';
import type { RedisClient } from './client.ts';

const MAX_RECONNECT_DELAY_MS = 1_000;

/**
 * Subscribes to one channel on a separate connection, because a subscribed connection accepts no other commands. A cluster's
 * client already has a separate connection for subscriptions. The subscription reconnects until it is closed, and reports no
 * errors. Messages may be lost; `active` shows whether messages currently arrive.
 */
export class RedisSubscription {
  readonly #client: RedisClient;
  readonly #own: boolean;
  readonly #channel: string;
  #active = false;

  /**
   * Starts to connect.
   *
   * @param redis the client whose server and login are used; `close` does not close this client.
   */
  constructor(redis: RedisClient, channel: string, receive: (text: string) => void) {
    this.#channel = channel;
    this.#own = !redis.isCluster;
    this.#client = this.#own ? duplicate(redis as Redis) : redis;
    this.#client.on('ready', () => this.#subscribe());
    this.#client.on('close', () => {
      this.#active = false;
    });
    this.#client.on('message', (from: string, text: string) => {
      if (from === channel) receive(text);
    });
    if (this.#client.status === 'ready') this.#subscribe();
    else this.#client.connect().catch(() => {});
  }

  /** True while the connection exists and the server has confirmed the subscription. */
  get active(): boolean {
    return this.#active;
  }

  close(): void {
    if (this.#own) this.#client.disconnect();
  }

  #subscribe(): void {
    this.#client.subscribe(this.#channel).then(
      () => {
        this.#active = true;
      },
      // the account may have no right to subscribe to the channel
      () => {},
    );
  }
}

function duplicate(redis: Redis): Redis {
  const client = redis.duplicate({
    lazyConnect: true,
    enableReadyCheck: false,
    autoResubscribe: false,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), MAX_RECONNECT_DELAY_MS),
  });
  // without a listener ioredis writes to the console
  client.on('error', () => {});
  return client;
}
