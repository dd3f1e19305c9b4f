import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import type { TestProcess, TestShop } from '../support/shop.ts';

/** Pause of a service manager before it restarts a worker. */
const RESTART_MS = 300;

/** Restarts workers whenever they end, as a service manager does. */
export class Crew {
  readonly #shop: TestShop;
  readonly #env: Readonly<Record<string, string>>;
  readonly #workers: (TestProcess | null)[];
  readonly #shifts: readonly Promise<void>[];
  /** Workers that a fault has signalled. Their exit status is not checked, and a second signal would end them at once. */
  readonly #told = new WeakSet<TestProcess>();
  #dismissed = false;

  constructor(shop: TestShop, size: number, env: Readonly<Record<string, string>>) {
    this.#shop = shop;
    this.#env = env;
    this.#workers = Array.from({ length: size }, () => null);
    this.#shifts = this.#workers.map((_, place) => this.#keep(place));
  }

  /** Sends a signal to one of the workers. */
  signal(place: number, name: NodeJS.Signals): void {
    const worker = this.#workers[place % this.#workers.length];
    if (worker === null || worker === undefined) return;
    if (name === 'SIGTERM' || name === 'SIGKILL') this.#told.add(worker);
    worker.signal(name);
  }

  /** Stops all workers with SIGTERM. Returns the exit status and the end of the log of each worker that no fault has ended. */
  async dismiss(): Promise<{ readonly status: number | null; readonly log: string }[]> {
    this.#dismissed = true;
    const last = this.#workers.filter((worker) => worker !== null).filter((worker) => !this.#told.has(worker));
    // a worker that has just started does not handle signals yet
    await Promise.all(last.map((worker) => Promise.race([started(worker), worker.ended])));
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
      this.#workers[place] = null;
      if (!this.#dismissed) await delay(RESTART_MS);
    }
  }
}

function started(worker: TestProcess): Promise<boolean> {
  return eventually('a worker that has started', () => /worker ready|standing by/.test(worker.stderr));
}
