import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually.ts';
import type { TestProcess, TestShop } from '../support/shop.ts';

/** Pause of a service manager before it restarts a worker. */
const RESTART_MS = 300;

/** Restarts workers whenever they end, as a service manager does. */
export class SupervisedWorkers {
  readonly #shop: TestShop;
  readonly #env: Readonly<Record<string, string>>;
  readonly #workers: (TestProcess | null)[];
  readonly #supervisions: readonly Promise<void>[];
  /** Workers that a fault has signalled. Their exit status is not checked, and a second signal would end them at once. */
  readonly #signalled = new WeakSet<TestProcess>();
  #stopping = false;

  constructor(shop: TestShop, size: number, env: Readonly<Record<string, string>>) {
    this.#shop = shop;
    this.#env = env;
    this.#workers = Array.from({ length: size }, () => null);
    this.#supervisions = this.#workers.map((_, index) => this.#supervise(index));
  }

  /** Sends a signal to one of the workers. */
  signal(index: number, name: NodeJS.Signals): void {
    const worker = this.#workers[index % this.#workers.length];
    if (worker === null || worker === undefined) return;
    if (name === 'SIGTERM' || name === 'SIGKILL') this.#signalled.add(worker);
    worker.signal(name);
  }

  /** Stops all workers with SIGTERM. Returns the exit status and the end of the log of each worker that no fault has ended. */
  async stop(): Promise<{ readonly status: number | null; readonly log: string }[]> {
    this.#stopping = true;
    const remaining = this.#workers
      .filter((worker) => worker !== null)
      .filter((worker) => !this.#signalled.has(worker));
    // a worker that has just started does not handle signals yet
    await Promise.all(remaining.map((worker) => Promise.race([started(worker), worker.ended])));
    for (const worker of remaining) worker.signal('SIGTERM');
    const results = await Promise.all(remaining.map(({ ended }) => ended));
    await Promise.all(this.#supervisions);
    return results.map(({ status, stderr }) => ({ status, log: stderr.slice(-2_000) }));
  }

  async #supervise(index: number): Promise<void> {
    while (!this.#stopping) {
      const worker = this.#shop.start(['worker'], { env: this.#env });
      this.#workers[index] = worker;
      await worker.ended;
      this.#workers[index] = null;
      if (!this.#stopping) await delay(RESTART_MS);
    }
  }
}

function started(worker: TestProcess): Promise<boolean> {
  return eventually('a worker that has started', () => /worker ready|standing by/.test(worker.stderr));
}
