import { setTimeout as delay } from 'node:timers/promises';
import type { TestProcess, TestShop } from '../support/shop.ts';

/** A service manager waits so long before it starts a worker again. */
const RESTART_MS = 300;

/** Workers that are started again whenever they end, as a service manager does. */
export class Crew {
  readonly #shop: TestShop;
  readonly #env: Readonly<Record<string, string>>;
  readonly #workers: (TestProcess | null)[];
  readonly #shifts: readonly Promise<void>[];
  #dismissed = false;

  constructor(shop: TestShop, size: number, env: Readonly<Record<string, string>>) {
    this.#shop = shop;
    this.#env = env;
    this.#workers = Array.from({ length: size }, () => null);
    this.#shifts = this.#workers.map((_, place) => this.#keep(place));
  }

  /** Sends a signal to one of the workers. */
  signal(place: number, name: NodeJS.Signals): void {
    this.#workers[place % this.#workers.length]?.signal(name);
  }

  /** Lets all of them end by themselves; answers how each has ended, and the end of its log. */
  async dismiss(): Promise<{ readonly status: number | null; readonly log: string }[]> {
    this.#dismissed = true;
    const last = this.#workers.filter((worker) => worker !== null);
    for (const worker of last) worker.signal('SIGTERM');
    const ends = await Promise.all(last.map(({ ended }) => ended));
    await Promise.all(this.#shifts);
    return ends.map(({ status, stderr }) => ({ status, log: stderr.slice(-2_000) }));
  }

  async #keep(place: number): Promise<void> {
    while (!this.#dismissed) {
      const worker = this.#shop.start(['worker'], { env: this.#env });
      this.#workers[place] = worker;
      await worker.ended;
      if (!this.#dismissed) await delay(RESTART_MS);
    }
  }
}
