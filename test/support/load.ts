import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import { Oracle } from './oracle.ts';
import { randomBatch } from './random-batch.ts';
import type { TestProcess, TestShop } from './shop.ts';

const USERS = ['ann', 'bo', 'cy', 'di'];
const PRODUCTS = ['pen,Pen,7,100000', 'ink,Ink,31,1200', 'cap,Cap,110,60', 'bag,Bag,240,8'];
/** The user of the single charges, who has no rows in the file. */
const SINGLE_USER = 'eve';
/** Number of single charges in a load. */
export const SINGLES = 3;
const MAX_RUNS = 5;
/** Exit statuses of a complete batch. After any other status the batch is run again. */
const COMPLETE = [0, 6];

interface Row {
  readonly key: string;
  readonly status: string;
  readonly code: string | null;
  readonly balance: number | null;
}

/**
 * A small load: a batch file of charges and orders of several users, and single charges, each command in its own
 * process. No other test uses its users, products and keys, so the expected result is known.
 */
export class Load {
  readonly #shop: TestShop;
  readonly #name: string;
  readonly #folder: string;
  readonly #rows: number;
  readonly #text: string;
  readonly #oracle: Oracle;
  #batch: TestProcess | null = null;
  #singles: readonly TestProcess[] = [];

  private constructor(shop: TestShop, name: string, folder: string, rows: number, text: string, oracle: Oracle) {
    this.#shop = shop;
    this.#name = name;
    this.#folder = folder;
    this.#rows = rows;
    this.#text = text;
    this.#oracle = oracle;
  }

  /** Creates the users, products and file of a load. Its keys and references begin with `name`. */
  static async prepare(shop: TestShop, name: string, rows: number): Promise<Load> {
    const named = (reference: string) => `${name}-${reference}`;
    const users = `reference\n${USERS.map(named).join('\n')}`;
    const products = `reference,name,price,stock\n${PRODUCTS.map(named).join('\n')}`;
    const people = [...USERS, SINGLE_USER].map((user) => `${named(user)},${user}`).join('\n');
    await shop.ok(['user', 'import', '-'], { stdin: `reference,name\n${people}\n` });
    await shop.ok(['product', 'import', '-'], { stdin: `${products}\n` });
    const references = PRODUCTS.map((product) => named(product.split(',')[0] ?? ''));
    const text = randomBatch(USERS.map(named), references, rows, rows);
    const folder = await mkdtemp(join(tmpdir(), 'shop-load-'));
    await writeFile(join(folder, 'rows.csv'), text);
    return new Load(shop, name, folder, rows, text, new Oracle(users, products));
  }

  /** Starts the commands. */
  begin(): void {
    this.#batch = this.#run();
    this.#singles = Array.from({ length: SINGLES }, (_, index) =>
      this.#shop.start(['charge', `@${this.#name}-${SINGLE_USER}`, '5', '--key', this.#key(index), '--json']),
    );
  }

  /** Waits until the given number of requests is recorded. Without a number, waits for all of them. */
  async recorded(atLeast: number = this.#rows + SINGLES): Promise<void> {
    await eventually('the load is recorded', async () => {
      const [{ count = 0 } = {}] = await this.#shop.sql<{ count: number }>(
        'SELECT COUNT(*) AS count FROM requests WHERE idempotency_key LIKE ?',
        [`${this.#name}:%`],
      );
      return count >= atLeast;
    });
  }

  /**
   * Waits until the commands have ended, and runs an interrupted batch again, as an operator would. Expects that the
   * results match the outcomes, and that the outcomes match those of a sequential oracle.
   */
  async expectCorrect(): Promise<void> {
    await this.#expectSingles();
    let result = await this.#batch?.ended;
    for (let runs = 1; !COMPLETE.includes(result?.status ?? -1) && runs < MAX_RUNS; runs++)
      result = await this.#run().ended;
    expect(result, 'the batch').toMatchObject({ status: 6 });
    const shown = (await readFile(this.#results, 'utf8')).trimEnd().split('\n');
    const answered = shown.map((line): Row => JSON.parse(line));
    const expected = this.#oracle.run(this.#text, this.#name);
    expect(answered).toMatchObject(expected.map(({ key, status, code, balance }) => ({ key, status, code, balance })));
    const stored = (await this.#requests()).filter(({ line }) => line !== null);
    expect(stored.map(({ key, status, code }) => ({ key, status, code }))).toEqual(
      expected.map(({ key, status, code }) => ({ key, status, code })),
    );
    await this.#expectState();
    await rm(this.#folder, { recursive: true });
  }

  /** Returns the different numbers of attempts of the decided requests. */
  async attempts(): Promise<number[]> {
    return [...new Set((await this.#requests()).flatMap(({ attempts }) => attempts ?? []))];
  }

  /**
   * Expects that each printed result of a single charge matches its outcome. A command may have given up before the
   * outcome existed.
   */
  async #expectSingles(): Promise<void> {
    const results = await Promise.all(this.#singles.map(({ ended }) => ended));
    const stored = new Map((await this.#requests()).map((row) => [row.key, row]));
    for (const [index, { status, stdout, stderr }] of results.entries()) {
      const row = stored.get(this.#key(index));
      if (status === 0) {
        const { requestId, balance, attempts } = JSON.parse(stdout);
        expect({ id: requestId, status: 'applied', balance, attempts }).toMatchObject({
          id: row?.id,
          status: row?.status,
          balance: JSON.parse(row?.details ?? '{}').balance,
          attempts: row?.attempts,
        });
      } else expect({ status, stderr }).toMatchObject({ status: expect.toSatisfy((code) => [69, 75].includes(code)) });
      // a command that lost its servers has recorded the charge, so the worker still decides it
      if (row !== undefined) expect(row.status).toBe('applied');
    }
  }

  async #expectState(): Promise<void> {
    const own = `${this.#name}-%`;
    const users = await this.#shop.sql<{ reference: string; balance: number }>(
      'SELECT reference, balance FROM users WHERE reference LIKE ? AND reference <> ?',
      [own, `${this.#name}-${SINGLE_USER}`],
    );
    expect(new Map(users.map(({ reference, balance }) => [reference, balance]))).toEqual(this.#oracle.balances);
    const products = await this.#shop.sql<{ reference: string; stock: number }>(
      'SELECT reference, stock FROM products WHERE reference LIKE ?',
      [own],
    );
    const stocks = [...this.#oracle.products].map(([reference, { stock }]) => [reference, stock] as const);
    expect(new Map(products.map(({ reference, stock }) => [reference, stock]))).toEqual(new Map(stocks));
  }

  #requests() {
    return this.#shop.sql<{
      id: number;
      key: string;
      line: number | null;
      status: string | null;
      code: string | null;
      attempts: number | null;
      details: string | null;
    }>(
      `SELECT r.id, r.idempotency_key AS 'key', r.batch_line AS line, o.status, o.code, o.attempts, o.details
       FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id
       WHERE r.idempotency_key LIKE ? ORDER BY r.batch_line, r.id`,
      [`${this.#name}:%`],
    );
  }

  #run(): TestProcess {
    const file = join(this.#folder, 'rows.csv');
    return this.#shop.start(['batch', 'run', file, '--name', this.#name, '--results', this.#results, '--json']);
  }

  get #results(): string {
    return join(this.#folder, 'results.jsonl');
  }

  #key(index: number): string {
    return `${this.#name}:single-${index}`;
  }
}
