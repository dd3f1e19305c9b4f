import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ReturnableOrder, randomMixedBatch, seededRandom } from '../support/random-batch.ts';
import type { Result, TestShop } from '../support/shop.ts';

/** The last output of a command for one key or batch. */
export interface CommandResult {
  /** Arguments of the command. */
  readonly command: string;
  readonly status: number | null;
  /** The JSON output or, if the command was refused, the error. */
  readonly output: Record<string, unknown>;
}

/** Output of a request, by its key. */
export interface RequestResult extends CommandResult {
  readonly key: string;
}

/** Output of a batch, by its name. */
export interface BatchResult extends CommandResult {
  readonly name: string;
}

/** Ids and references of the users and products under load. */
export interface TestData {
  readonly users: readonly number[];
  readonly products: readonly number[];
  readonly userReferences: readonly string[];
  readonly productReferences: readonly string[];
}

/**
 * Exit statuses of commands without a known outcome: `UNAVAILABLE`, `PENDING`, killed. Such a command is run again with
 * the same key.
 */
const UNDECIDED: readonly (number | null)[] = [69, 75, null];
const BATCH_ROWS = 120;
/** How many of the newest orders an operator may cancel or return. */
const NEWEST_ORDERS = 20;
/** Maximum time from the start of a batch until it is cancelled. */
const LONGEST_BATCH_MS = 2_000;
const PAUSE_MS = 200;
/** Maximum number of attempts to get a result after the load has ended. */
const LAST_TRIES = 60;

/**
 * An operator that runs one command after another and kills some of them. Like a script, the operator repeats each
 * command with the same key until it has a result.
 */
export class Operator {
  readonly requests: RequestResult[] = [];
  readonly batches: BatchResult[] = [];
  /** Output of `request cancel`. */
  readonly cancelledRequests: RequestResult[] = [];
  /** Output of `batch cancel`. */
  readonly cancelledBatches: BatchResult[] = [];
  /** Results of commands that had no known outcome. */
  readonly undecided: string[] = [];
  readonly #shop: TestShop;
  readonly #env: Readonly<Record<string, string>>;
  readonly #name: string;
  readonly #random: (below: number) => number;
  readonly #data: TestData;
  #orders: readonly ReturnableOrder[] = [];
  #count = 0;

  /** @param env variables for its commands in addition to the shop's environment, such as the URLs of proxies. */
  constructor(shop: TestShop, name: string, options: { seed: number; env: Record<string, string>; data: TestData }) {
    this.#shop = shop;
    this.#name = name;
    this.#env = options.env;
    this.#random = seededRandom(options.seed);
    this.#data = options.data;
  }

  /** Works until `ended` is aborted and the last result has arrived. */
  async work(ended: AbortSignal): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'shop-nemesis-'));
    try {
      while (!ended.aborted) {
        const kind = this.#random(12);
        if (kind < 2) await this.#runBatch(directory, ended);
        else if (kind < 4) await this.#withdrawRequest(ended);
        else if (kind < 5) await this.#suspend(directory, ended);
        else await this.#request(ended);
      }
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  async #request(ended: AbortSignal): Promise<void> {
    const key = this.#nextName();
    const request = this.#randomRequest();
    const result = await this.#runUntilDecided([...request, '--key', key, '--timeout', '5s'], ended);
    this.requests.push({ key, command: request.join(' '), ...result });
  }

  /**
   * Records a request, cancels it, and then waits for its outcome with the same key. The cancel may come too late, but
   * not while the queue is paused.
   */
  async #withdrawRequest(ended: AbortSignal): Promise<void> {
    const key = this.#nextName();
    const request = this.#randomRequest();
    await this.#maybePaused(ended, async () => {
      await this.#runUntilDecided([...request, '--key', key, '--no-wait'], ended);
      const cancel = ['request', 'cancel', key, '--timeout', '5s'];
      const cancelled = await this.#runUntilDecided(cancel, ended);
      this.cancelledRequests.push({ key, command: cancel.join(' '), ...cancelled });
    });
    const result = await this.#runUntilDecided([...request, '--key', key, '--timeout', '5s'], ended);
    this.requests.push({ key, command: request.join(' '), ...result });
  }

  /** Runs `work`. In half of the calls, the queue is paused meanwhile, unless another operator resumes it. */
  async #maybePaused(ended: AbortSignal, work: () => Promise<void>): Promise<void> {
    const paused = this.#random(2) === 0;
    if (paused) await this.#change(['queue', 'pause'], ended);
    await work();
    if (paused) await this.#change(['queue', 'resume'], ended);
  }

  /** Blocks a user or retires a product while a batch runs, and undoes this afterwards. */
  async #suspend(directory: string, ended: AbortSignal): Promise<void> {
    const { users, products } = this.#data;
    const isUser = this.#random(2) === 0;
    const id = String(this.#pick(isUser ? users : products));
    await this.#change(isUser ? ['user', 'block', id, '--reason', 'nemesis'] : ['product', 'retire', id], ended);
    await this.#runBatch(directory, ended);
    await this.#change(isUser ? ['user', 'unblock', id] : ['product', 'restore', id], ended);
  }

  /** Runs a command that makes no request. */
  async #change(args: readonly string[], ended: AbortSignal): Promise<void> {
    const { status, output } = await this.#runUntilDecided(args, ended);
    if (status !== 0) throw new Error(`shop ${args.join(' ')} exited with ${status}: ${JSON.stringify(output)}`);
  }

  #randomRequest(): string[] {
    const { users, products } = this.#data;
    const [user, product] = [String(this.#pick(users)), this.#pick(products)];
    const orders = this.#orders;
    switch (this.#random(11)) {
      case 0:
      case 1:
        return ['charge', user, String(1 + this.#random(200))];
      case 2:
        return ['product', 'restock', String(product), String(1 + this.#random(20))];
      case 3:
        return orders.length === 0 ? ['charge', user, '50'] : ['order', 'cancel', String(this.#pick(orders).orderId)];
      case 4:
        return ['balance', 'adjust', user, '--by', String(this.#difference(100)), '--reason', 'nemesis'];
      case 5:
        return ['product', 'adjust', String(product), ...this.#stockChange(), '--reason', 'nemesis'];
      case 6:
      case 7: {
        if (orders.length === 0) return ['charge', user, '50'];
        const { orderId, lines } = this.#pick(orders);
        const { productId, quantity } = this.#pick(lines);
        // one return in eight names a product that the order may not contain
        const returned = this.#random(8) === 0 ? product : productId;
        const restock = this.#random(3) === 0 ? ['--no-restock'] : [];
        return ['order', 'return', String(orderId), `${returned}:${1 + this.#random(quantity)}`, ...restock];
      }
      default:
        return ['order', 'place', user, `${product}:${1 + this.#random(3)}`, `${this.#pick(products)}:1`];
    }
  }

  #stockChange(): string[] {
    if (this.#random(2) === 0) return ['--by', String(this.#difference(10))];
    const expected = this.#random(2) === 0 ? ['--expect', String(this.#random(60))] : [];
    return ['--to', String(this.#random(60)), ...expected];
  }

  /** Reads the newest orders of a user of this run. Later steps cancel or return some of them. */
  async #listOrders(): Promise<void> {
    // orders of other users belong to a load, which expects certain balances at its end
    const user = String(this.#pick(this.#data.users));
    const { status, stdout } = await this.#run(
      ['order', 'list', '--user', user, '--limit', String(NEWEST_ORDERS)],
      true,
    );
    if (status === 0) this.#orders = JSON.parse(stdout);
  }

  /** Runs a batch, and in one of three cases cancels it meanwhile. */
  async #runBatch(directory: string, ended: AbortSignal): Promise<void> {
    await this.#listOrders();
    const name = this.#nextName();
    const path = join(directory, `${name}.csv`);
    const { userReferences, productReferences } = this.#data;
    const random = seededRandom(this.#random(2 ** 31));
    await writeFile(path, randomMixedBatch(userReferences, productReferences, this.#orders, BATCH_ROWS, random));
    const cancelled = this.#random(3) === 0 ? this.#cancelBatch(name, ended) : null;
    const run = this.#runUntilDecided(['batch', 'run', path, '--name', name], ended);
    const [result] = await Promise.all([run, cancelled]);
    this.batches.push({ name, command: `batch run ${name}`, ...result });
  }

  /** Cancels a batch while it is running. The batch may not exist yet, or may be decided already. */
  async #cancelBatch(name: string, ended: AbortSignal): Promise<void> {
    await this.#maybePaused(ended, async () => {
      await delay(this.#random(LONGEST_BATCH_MS));
      const cancel = ['batch', 'cancel', name, '--yes'];
      const result = await this.#runUntilDecided(cancel, ended);
      this.cancelledBatches.push({ name, command: cancel.join(' '), ...result });
    });
  }

  async #runUntilDecided(args: readonly string[], ended: AbortSignal): Promise<Omit<CommandResult, 'command'>> {
    for (let lastTries = 0; ; ) {
      const result = await this.#run(args, ended.aborted);
      if (!UNDECIDED.includes(result.status)) return { status: result.status, output: outputOf(result) };
      this.undecided.push(result.status === null ? 'killed' : String(outputOf(result).code));
      if (ended.aborted && ++lastTries > LAST_TRIES) {
        throw new Error(`no result of shop ${args.join(' ')}: ${result.status} ${result.stderr}`);
      }
      await delay(PAUSE_MS);
    }
  }

  /** Runs a command, and kills one command in ten unless the load has ended. */
  async #run(args: readonly string[], loadEnded: boolean): Promise<Result> {
    const process = this.#shop.start([...args, '--json'], { env: this.#env });
    const kill =
      this.#random(10) === 0 && !loadEnded ? setTimeout(() => process.signal('SIGKILL'), this.#random(600)) : undefined;
    const result = await process.ended;
    clearTimeout(kill);
    return result;
  }

  #nextName(): string {
    return `${this.#name}-${this.#count++}`;
  }

  /** Returns a number from −`maximum` to `maximum`, except 0. */
  #difference(maximum: number): number {
    const size = 1 + this.#random(maximum);
    return this.#random(2) === 0 ? size : -size;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random(from.length)] as T;
  }
}

/** Parses the output or, if there is none, the error, which follows the progress lines. */
function outputOf({ stdout, stderr }: Result): Record<string, unknown> {
  if (stdout.trim() !== '') return JSON.parse(stdout);
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return JSON.parse(last).error;
}
