import type { Logger } from 'pino';
import { within } from '../../domain/servers/connections.ts';

/** Maximum wait of a caller. A slower server counts as unavailable. */
const LIMIT_MS = 2_000;
/** A value is reused for this time. */
const FRESH_MS = 1_000;

/** Polls a server with a time limit. All callers share one poll at a time, and its value is reused for one second. */
export class BoundedPoll<T> {
  readonly #name: string;
  readonly #read: () => Promise<T>;
  readonly #log: Logger;
  #running: Promise<T | null> | null = null;
  #last: { readonly value: T | null; readonly at: number } | null = null;
  #failing = false;

  /** @param name the name of the server, for the log. */
  constructor(name: string, read: () => Promise<T>, log: Logger) {
    this.#name = name;
    this.#read = read;
    this.#log = log;
  }

  /** Returns the value, which may be up to one second old, or null if it can't be read within the limit. */
  async read(): Promise<T | null> {
    if (this.#last !== null && performance.now() - this.#last.at < FRESH_MS) return this.#last.value;
    this.#running ??= this.#poll().finally(() => {
      this.#running = null;
    });
    return within(LIMIT_MS, this.#running, null);
  }

  async #poll(): Promise<T | null> {
    let value: T | null = null;
    try {
      value = await this.#read();
      this.#failing = false;
    } catch (error) {
      // one warning per outage is enough
      if (!this.#failing) this.#log.warn({ err: error, server: this.#name }, 'could not read the state of the queue');
      this.#failing = true;
    }
    this.#last = { value, at: performance.now() };
    return value;
  }
}
