import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { randomBatch, seededRandom } from '../support/random-batch.ts';
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
const PAUSE_MS = 200;
/** Maximum number of attempts for a result after the load has ended. */
const LAST_TRIES = 60;

/**
 * An operator that runs one command after another and kills some of them. Like a script, it repeats each command with the same
 * key until it has a result.
 */
export class Operator {
  readonly requests: RequestResult[] = [];
  readonly batches: BatchResult[] = [];
  /** Results of commands that had no known outcome. */
  readonly undecided: string[] = [];
  readonly #shop: TestShop;
  readonly #env: Readonly<Record<string, string>>;
  readonly #name: string;
  readonly #random: (below: number) => number;
  readonly #data: TestData;
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
        if (this.#random(6) === 0) await this.#runBatch(directory, ended);
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

  #randomRequest(): string[] {
    const { users, products } = this.#data;
    const [user, product] = [String(this.#pick(users)), this.#pick(products)];
    const placed = this.requests.flatMap(({ status, output }) =>
      status === 0 && typeof output.orderId === 'number' ? [output.orderId] : [],
    );
    switch (this.#random(10)) {
      case 0:
      case 1:
        return ['charge', user, String(1 + this.#random(200))];
      case 2:
        return ['product', 'restock', String(product), String(1 + this.#random(20))];
      case 3:
        return placed.length === 0 ? ['charge', user, '50'] : ['order', 'cancel', String(this.#pick(placed))];
      case 4:
        return ['balance', 'adjust', user, '--by', String(this.#change(100)), '--reason', 'nemesis'];
      case 5:
        return this.#random(2) === 0
          ? ['product', 'adjust', String(product), '--by', String(this.#change(10)), '--reason', 'nemesis']
          : ['product', 'adjust', String(product), '--to', String(this.#random(60)), '--reason', 'nemesis'];
      case 6:
        if (placed.length === 0) return ['charge', user, '50'];
        return ['order', 'return', String(this.#pick(placed)), `${product}:${1 + this.#random(2)}`, ...this.#restock()];
      default:
        return ['order', 'place', user, `${product}:${1 + this.#random(3)}`, `${this.#pick(products)}:1`];
    }
  }

  #restock(): string[] {
    return this.#random(3) === 0 ? ['--no-restock'] : [];
  }

  async #runBatch(directory: string, ended: AbortSignal): Promise<void> {
    const name = this.#nextName();
    const path = join(directory, `${name}.csv`);
    const { userReferences, productReferences } = this.#data;
    await writeFile(path, randomBatch(userReferences, productReferences, BATCH_ROWS, this.#random(2 ** 31)));
    const result = await this.#runUntilDecided(['batch', 'run', path, '--name', name], ended);
    this.batches.push({ name, command: `batch run ${name}`, ...result });
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

  /** Runs a command and kills one in ten, except after the load has ended. */
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
  #change(maximum: number): number {
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
