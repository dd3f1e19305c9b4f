import type { Logger } from 'pino';
import { within } from '../../domain/servers/store.ts';

/** Whoever looks waits no longer; a server that takes longer is as good as away. */
const LIMIT_MS = 2_000;
/** What was seen so recently is not looked at again. */
const FRESH_MS = 1_000;

/**
 * Looks at a server for those who can't wait for it, however many ask: never more than one look is under way, and its
 * answer is everyone's for a second.
 */
export class BoundedLook<T> {
  readonly #name: string;
  readonly #look: () => Promise<T>;
  readonly #log: Logger;
  #underWay: Promise<T | null> | null = null;
  #seen: { readonly value: T | null; readonly at: number } | null = null;
  #failing = false;

  /** @param name of the server, for the log. */
  constructor(name: string, look: () => Promise<T>, log: Logger) {
    this.#name = name;
    this.#look = look;
    this.#log = log;
  }

  /** What is there; null where it can't be told, or not in time. */
  async see(): Promise<T | null> {
    if (this.#seen !== null && performance.now() - this.#seen.at < FRESH_MS) return this.#seen.value;
    this.#underWay ??= this.#begin().finally(() => {
      this.#underWay = null;
    });
    return within(LIMIT_MS, this.#underWay, null);
  }

  async #begin(): Promise<T | null> {
    let value: T | null = null;
    try {
      value = await this.#look();
      this.#failing = false;
    } catch (error) {
      // once, however often it is asked for while it is away
      if (!this.#failing)
        this.#log.warn({ err: error, server: this.#name }, 'the state of the queue could not be read');
      this.#failing = true;
    }
    this.#seen = { value, at: performance.now() };
    return value;
  }
}
