import { type RedisClient, RedisSubscription, within } from '../../domain/servers/store.ts';
import { type DecidedRange, decidedChannel, parseDecidedRange } from './job-data.ts';

/**
 * The worker's messages about decided requests, as a waiting command receives them. A message only says that reading
 * from MySQL is worthwhile, so one that is lost or forged changes no outcome.
 */
export class DecidedMessages {
  readonly #redis: RedisClient;
  readonly #channel: string;
  readonly #watches = new Set<DecidedWatch>();
  #subscription: RedisSubscription | null = null;

  /** @param redis stays the caller's to close. */
  constructor(redis: RedisClient, prefix: string) {
    this.#redis = redis;
    this.#channel = decidedChannel(prefix);
  }

  /** Starts to collect messages. A watch that is opened before a request is recorded misses no message about it. */
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
  /** Spans all messages since the last wait: the id of the request is not known before it is recorded. */
  #seen: DecidedRange | null = null;
  #wake: () => void = () => {};
  /** True if messages have arrived since the watch was opened. */
  readonly complete: boolean;

  constructor(subscription: RedisSubscription, end: () => void) {
    this.#subscription = subscription;
    this.complete = subscription.active;
    this.#end = end;
  }

  /** True if messages arrive from now on. */
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

  /** Resolves when a message since the last wait covers the request; at the latest after `ms`. Rejects on `signal`. */
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
