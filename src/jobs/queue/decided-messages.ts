import { type RedisClient, RedisSubscription, within } from '../../domain/servers/connections.ts';
import { type DecidedRange, decidedChannel, parseDecidedRange } from './job-data.ts';

/**
 * Receives the worker's messages about decided requests, and wakes the commands that wait for these requests. A message only
 * causes a read from MySQL, so a lost or forged message changes no outcome.
 */
export class DecidedMessages {
  readonly #redis: RedisClient;
  readonly #channel: string;
  readonly #watches = new Set<DecidedWatch>();
  #subscription: RedisSubscription | null = null;

  /** @param redis closed by the caller. */
  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#channel = decidedChannel(prefix);
  }

  /** Starts collecting messages. Open the watch before the request is recorded, so that it misses no message. */
  watch(): DecidedWatch {
    this.#subscription ??= new RedisSubscription(this.#redis, this.#channel, (text) => this.#receive(text));
    const watch = new DecidedWatch(this.#subscription, () => this.#watches.delete(watch));
    this.#watches.add(watch);
    return watch;
  }

  close(): void {
    this.#subscription?.close();
  }

  #receive(text: string): void {
    const range = parseDecidedRange(text);
    if (range === null) return;
    for (const watch of this.#watches) watch.add(range);
  }
}

/** Collects messages for one waiting command. */
export class DecidedWatch {
  readonly #subscription: RedisSubscription;
  readonly #end: () => void;
  /**
   * Range of ids that covers all messages since the last wait. It is kept between waits, because a message may arrive before the
   * command knows the id of its request.
   */
  #seen: DecidedRange | null = null;
  #wake: () => void = () => {};
  /** True if the subscription was active when the watch was opened, so that the watch misses no message. */
  readonly complete: boolean;

  constructor(subscription: RedisSubscription, end: () => void) {
    this.#subscription = subscription;
    this.complete = subscription.active;
    this.#end = end;
  }

  /** True while the subscription is active. */
  get active(): boolean {
    return this.#subscription.active;
  }

  add({ first, last }: DecidedRange): void {
    this.#seen = {
      first: Math.min(first, this.#seen?.first ?? first),
      last: Math.max(last, this.#seen?.last ?? last),
    };
    this.#wake();
  }

  /** Waits for a message that covers the request, for at most `ms`. Rejects when `signal` is aborted. */
  async wait(id: number, ms: number, signal: AbortSignal): Promise<void> {
    const covered = new Promise<boolean>((resolve) => {
      this.#wake = () => {
        if (this.#seen !== null && this.#seen.first <= id && id <= this.#seen.last) resolve(true);
      };
      this.#wake();
    });
    try {
      await within(ms, covered, false, signal);
    } finally {
      this.#wake = () => {};
      this.#seen = null;
    }
  }

  end(): void {
    this.#end();
  }
}
