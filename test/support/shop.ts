import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { expect, inject } from 'vitest';
import { connect, connectionOptions } from '../../src/db/mysql/connection.ts';
import { lockName } from '../../src/db/mysql/named-lock.ts';
import { inheritedEnvironment, PROGRAM } from './environment.ts';
import { eventually } from './eventually.ts';
import { inProcessIsBusy, runInProcess } from './in-process.ts';
import { createDatabase, withDatabase } from './new-database.ts';
import { applySchemaTemplate } from './schema-template.ts';
import { type TerminalOptions, TestTerminal } from './terminal.ts';

/** Time limit for a command that hangs. A worker has no limit and lives as long as its shop. */
const COMMAND_LIMIT_MS = 150_000;

/** Output and exit status of a command. */
export interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Path of another copy of `bin/shop.js`. */
  readonly program?: string;
}

/** An error in the output of `--json`. */
export interface JsonError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly details: Record<string, unknown>;
}

/** URLs of a shop's servers: MySQL, with an account that may create databases, and Redis. */
export interface ServerUrls {
  readonly rootUrl: string;
  readonly redisUrl: string;
}

/** Rights as in `GRANT`, on a table or on `*`. */
export type Right = readonly [what: string, table: string];

/** An account of the database server. */
export interface TestAccount {
  /** Environment that makes a command use this account. */
  readonly env: Readonly<Record<string, string>>;
  readonly revoke: (...right: Right) => Promise<void>;
}

/** The shop of a test file: its own database, Redis prefix and processes. */
export class TestShop {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly prefix: string;
  readonly #database: string;
  #root: Connection;
  readonly #processes = new Set<TestProcess | TestTerminal>();
  readonly #accounts: string[] = [];
  readonly #inProcess: boolean;
  readonly #node: string;

  private constructor(
    database: string,
    root: Connection,
    { rootUrl, redisUrl }: ServerUrls,
    { inProcess, node }: { readonly inProcess: boolean; readonly node: string },
  ) {
    this.#inProcess = inProcess;
    this.#node = node;
    this.#database = database;
    this.#root = root;
    this.prefix = database;
    this.redisUrl = redisUrl;
    this.databaseUrl = withDatabase(rootUrl, database);
  }

  /**
   * Creates an empty database, on the run's servers or on others.
   *
   * @param options `migrated: false` leaves it without tables; `inProcess` runs commands in the process of the tests,
   * one at a time, which saves most of their time; `node` is a Node.js other than that of the tests.
   */
  static async create({
    migrated = true,
    servers,
    inProcess = false,
    node = process.execPath,
  }: {
    migrated?: boolean;
    servers?: ServerUrls;
    inProcess?: boolean;
    node?: string;
  } = {}): Promise<TestShop> {
    const urls = servers ?? { rootUrl: inject('rootUrl'), redisUrl: inject('redisUrl') };
    const database = `shop_test_${randomBytes(6).toString('hex')}`;
    const root = await connectAsRoot(urls.rootUrl);
    // a test may kill the server; the next statement then reports the error
    root.on('error', () => {});
    await createDatabase(root, database);
    const shop = new TestShop(database, root, urls, { inProcess, node });
    if (migrated && !(await applySchemaTemplate(root, inject('schemaTemplate')))) await shop.ok(['db', 'migrate']);
    return shop;
  }

  /** Environment of the commands. */
  get env(): Record<string, string> {
    return {
      SHOP_DATABASE_URL: this.databaseUrl,
      SHOP_REDIS_URL: this.redisUrl,
      SHOP_PREFIX: this.prefix,
      SHOP_ACTOR: 'tester',
    };
  }

  /** Starts the built program. `close` ends the program if it still runs. */
  start(args: readonly string[], options: RunOptions = {}): TestProcess {
    const process = new TestProcess(this.#node, args, { ...this.env, ...options.env }, options);
    this.#processes.add(process);
    return process;
  }

  /** Starts the built program on a terminal. `close` ends the program if it still runs. */
  startOnTerminal(args: readonly string[], options: TerminalOptions = {}): TestTerminal {
    return this.onTerminal(process.execPath, [PROGRAM, ...args], options);
  }

  /** Starts any program on a terminal with the environment of the commands. `close` ends the program if it still runs. */
  onTerminal(file: string, args: readonly string[], options: TerminalOptions = {}): TestTerminal {
    const terminal = new TestTerminal(file, args, { ...options, env: { ...this.env, ...options.env } });
    this.#processes.add(terminal);
    return terminal;
  }

  /** Runs a command to its end. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<Result> {
    if (this.#inProcess && options.program === undefined && !inProcessIsBusy()) {
      return runInProcess(args, { ...options, env: { ...this.env, ...options.env } });
    }
    const process = this.start(args, options);
    const limit = setTimeout(() => process.signal('SIGKILL'), COMMAND_LIMIT_MS);
    const result = await process.ended.finally(() => clearTimeout(limit));
    this.#processes.delete(process);
    return result;
  }

  /** Runs a command that must succeed with `--json`; returns its output. */
  async ok<T = Record<string, unknown>>(args: readonly string[], options: RunOptions = {}): Promise<T> {
    const { status, stdout, stderr } = await this.run([...args, '--json'], options);
    if (status !== 0) throw new Error(`shop ${args.join(' ')} exited with ${status}: ${stderr}`);
    return JSON.parse(stdout);
  }

  /** Runs a command that must be refused with `--json`; returns its exit status and error. */
  async refused(args: readonly string[], options: RunOptions = {}): Promise<JsonError & { status: number | null }> {
    const { status, stdout, stderr } = await this.run([...args, '--json'], options);
    if (status === 0 || stdout !== '')
      throw new Error(`shop ${args.join(' ')} exited with ${status}: ${stdout}${stderr}`);
    // on a slow machine, a line with the key may precede the error
    const lines = stderr
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('{"recorded":'));
    return { ...JSON.parse(lines.join('\n')).error, status };
  }

  /** Runs a command that creates something; returns its id. */
  async created(args: readonly string[]): Promise<number> {
    return (await this.ok<{ id: number }>(args)).id;
  }

  /** Creates a user with the given points; needs a worker for points above 0. */
  async userWith(points: number): Promise<string> {
    const id = String(await this.created(['user', 'create', 'Ann']));
    if (points > 0) await this.ok(['charge', id, String(points)]);
    return id;
  }

  /** Creates a product; `more` are further options of the command. */
  product(name: string, price: number, stock: number, ...more: readonly string[]): Promise<number> {
    return this.created(['product', 'create', name, '--price', String(price), '--stock', String(stock), ...more]);
  }

  async stockOf(product: number): Promise<unknown> {
    return (await this.ok(['product', 'show', String(product)])).stock;
  }

  /** Waits for the outcome of the request with this key, and returns the request. */
  async decided(key: string): Promise<Record<string, unknown>> {
    return eventually(`an outcome of ${key}`, async () => {
      const request = await this.ok(['request', 'show', key]);
      return request.status !== 'pending' && request;
    });
  }

  /** Runs `work` while a worker runs, and expects that the worker exits cleanly afterwards. */
  async whileWorking<T>(work: () => Promise<T>): Promise<T> {
    const worker = await this.startWorker();
    try {
      return await work();
    } finally {
      expect((await worker.stop()).status).toBe(0);
    }
  }

  /** Creates a database account that has only `rights` in this shop's database; it is dropped with the shop. */
  async account(...rights: readonly Right[]): Promise<TestAccount> {
    const name = `op_${randomBytes(6).toString('hex')}`;
    const password = randomBytes(12).toString('hex');
    await this.sql(`CREATE USER '${name}'@'%' IDENTIFIED BY '${password}'`);
    this.#accounts.push(name);
    for (const [what, table] of rights) await this.sql(`GRANT ${what} ON ${this.#database}.${table} TO '${name}'@'%'`);
    const revoke = async (...[what, table]: Right) => {
      await this.sql(`REVOKE ${what} ON ${this.#database}.${table} FROM '${name}'@'%'`);
    };
    const url = this.databaseUrl.replace(/\/\/[^@/]*@/, `//${name}:${password}@`);
    return { env: { SHOP_DATABASE_URL: url }, revoke };
  }

  /** Starts a worker and waits until it has the lane. */
  async startWorker(options: { args?: readonly string[]; env?: Record<string, string> } = {}): Promise<TestProcess> {
    const worker = this.start(['worker', ...(options.args ?? [])], {
      env: { SHOP_LOG_LEVEL: 'debug', ...options.env },
    });
    await worker.logged('worker ready');
    return worker;
  }

  /** Runs plain SQL as root in this shop's database. */
  async sql<Row extends object>(statement: string, values: unknown[] = []): Promise<Row[]> {
    const [rows] = await this.#root.query<RowDataPacket[]>(statement, values);
    return rows as Row[];
  }

  /** Opens the connection for `sql` again, after the server was down or replaced. */
  async reconnect(): Promise<void> {
    this.#root.destroy();
    this.#root = await this.connection();
    this.#root.on('error', () => {});
  }

  /** Opens another connection as root, for locks and transactions of a test. The caller closes it. */
  async connection(): Promise<Connection> {
    return connectAsRoot(this.databaseUrl);
  }

  /** Lists the ids of the connections to this shop's database, except that of `sql`. */
  async connections(): Promise<number[]> {
    // information_schema converts the text of each statement, which fails for a session that is just ending
    const rows = await this.sql<{ Id: number; db: string | null }>('SHOW PROCESSLIST');
    const own = this.#root.threadId;
    return rows.filter(({ Id, db }) => db === this.#database && Id !== own).map(({ Id }) => Id);
  }

  /** Waits until no connection is left. */
  async disconnected(limitMs?: number): Promise<void> {
    await eventually('no connection is left', async () => (await this.connections()).length === 0, limitMs);
  }

  /** Returns the id of the connection that holds the lane's lock. */
  async laneConnection(): Promise<number> {
    const lock = lockName(this.#database, 'lane');
    return eventually('a worker has the lane', async () => {
      const [row] = await this.sql<{ id: number | null }>('SELECT IS_USED_LOCK(?) AS id', [lock]);
      return row?.id ?? undefined;
    });
  }

  /** Waits until a worker waits for a row that a test has locked. Assumes that no other locking read takes long. */
  async laneWaitsForLock(): Promise<void> {
    await eventually('a locking read that waits', async () => {
      const rows = await this.sql(
        "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = ? AND ID <> CONNECTION_ID() AND INFO LIKE '%FOR UPDATE'",
        [this.#database],
      );
      return rows.length > 0;
    });
  }

  /** Reads all rows of all tables except the requests. A refusal must not change them. */
  async snapshot(): Promise<Record<string, unknown[]>> {
    const tables = ['users', 'products', 'orders', 'order_lines', 'point_transactions', 'stock_movements'];
    const entries = await Promise.all(
      tables.map(async (table) => [table, await this.sql(`SELECT * FROM ${table} ORDER BY 1, 2`)] as const),
    );
    return Object.fromEntries(entries);
  }

  /**
   * Finds inconsistencies with plain SQL: a balance that differs from the sum of its ledger, a stock that differs from the sum
   * of its movements, a total that differs from the sum of its lines, chains with gaps, and effects without an outcome.
   */
  async faults(): Promise<unknown[]> {
    const found = await Promise.all(INVARIANTS.map((statement) => this.sql(statement)));
    return found.flat();
  }

  /** Expects that neither plain SQL nor the shop's own audit finds a fault. */
  async expectSound(): Promise<void> {
    expect(await this.faults()).toEqual([]);
    const { status, stdout } = await this.run(['audit', '--json']);
    expect({ status, ...JSON.parse(stdout) }, stdout).toMatchObject({ status: 0, ok: true });
  }

  /** Ends all processes, drops the database and the keys, and checks that no connection is left. */
  async close(): Promise<void> {
    for (const process of this.#processes) await process.kill();
    await this.disconnected();
    for (const name of this.#accounts) await this.sql(`DROP USER '${name}'@'%'`);
    await this.#root.query(`DROP DATABASE ${this.#database}`);
    await this.#root.end();
    // clusters and servers behind sentinels belong to one test, and are removed after it
    if (this.redisUrl.includes('+')) return;
    const redis = new Redis(this.redisUrl);
    const keys = await redis.keys(`{${this.prefix}}:*`);
    if (keys.length > 0) await redis.del(...keys);
    await redis.quit();
  }
}

/** Connects as root. If there are several hosts, connects to the one that accepts writes. */
async function connectAsRoot(url: string): Promise<Connection> {
  const session = await connect(url);
  await session.close();
  return createConnection(connectionOptions(session.url));
}

const INVARIANTS: readonly string[] = [
  `SELECT 'balance' AS fault, u.id, u.balance, SUM(t.amount) AS ledger FROM users u
   LEFT JOIN point_transactions t ON t.user_id = u.id GROUP BY u.id, u.balance
   HAVING u.balance <> COALESCE(SUM(t.amount), 0)`,
  `SELECT 'stock' AS fault, p.id, p.stock, SUM(m.quantity) AS movements FROM products p
   LEFT JOIN stock_movements m ON m.product_id = p.id GROUP BY p.id, p.stock
   HAVING p.stock <> COALESCE(SUM(m.quantity), 0)`,
  `SELECT 'total' AS fault, o.id, o.total, SUM(l.quantity * l.unit_price) AS summed, MAX(t.amount) AS paid FROM orders o
   LEFT JOIN order_lines l ON l.order_id = o.id
   LEFT JOIN point_transactions t ON t.order_id = o.id AND t.request_id = o.id
   GROUP BY o.id, o.total HAVING COALESCE(SUM(l.quantity * l.unit_price), 0) <> o.total OR COALESCE(MAX(t.amount), 0) <> -o.total`,
  `SELECT 'effect of a request twice' AS fault, request_id, COUNT(*) AS times FROM point_transactions
   GROUP BY request_id HAVING COUNT(*) > 1`,
  `SELECT 'effect on a product twice' AS fault, request_id, product_id, COUNT(*) AS times FROM stock_movements
   WHERE request_id IS NOT NULL GROUP BY request_id, product_id HAVING COUNT(*) > 1`,
  `SELECT 'refund' AS fault, o.id, o.refunded, SUM(l.returned * l.unit_price) AS given_back FROM orders o
   JOIN order_lines l ON l.order_id = o.id GROUP BY o.id, o.refunded HAVING SUM(l.returned * l.unit_price) <> o.refunded`,
  `SELECT 'ledger chain' AS fault, id, balance_after, running FROM (
     SELECT id, balance_after, SUM(amount) OVER (PARTITION BY user_id ORDER BY id) AS running FROM point_transactions
   ) AS chain WHERE balance_after <> running`,
  `SELECT 'stock chain' AS fault, id, stock_after, running FROM (
     SELECT id, stock_after, SUM(quantity) OVER (PARTITION BY product_id ORDER BY id) AS running FROM stock_movements
   ) AS chain WHERE stock_after <> running`,
  `SELECT 'effect without an applied outcome' AS fault, e.request_id FROM (
     SELECT id AS request_id FROM orders UNION SELECT request_id FROM point_transactions
     UNION SELECT request_id FROM stock_movements WHERE request_id IS NOT NULL
   ) AS e LEFT JOIN outcomes o ON o.request_id = e.request_id AND o.status = 'applied' WHERE o.request_id IS NULL`,
  `SELECT 'applied without effect' AS fault, o.request_id FROM outcomes o JOIN requests r ON r.id = o.request_id
   LEFT JOIN orders ON orders.id = r.id
   LEFT JOIN point_transactions t ON t.request_id = r.id
   WHERE o.status = 'applied' AND ((r.kind = 'order' AND orders.id IS NULL) OR (r.kind IN ('order', 'charge') AND t.id IS NULL))`,
];

/** A run of the built program. */
export class TestProcess {
  /** Resolves when the process has ended and all its output has been read. */
  readonly ended: Promise<Result>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  #running = true;

  constructor(
    node: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    { stdin = '', program = PROGRAM }: RunOptions = {},
  ) {
    this.#child = spawn(node, [program, ...args], {
      env: { ...inheritedEnvironment(), ...env },
    });
    this.#child.stdin?.on('error', () => {});
    this.#child.stdin?.end(stdin);
    this.#child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.#stdout += text;
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text) => {
      this.#stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.on('error', reject);
      this.#child.on('close', (status) => {
        this.#running = false;
        resolve({ status, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the process was not started');
    return this.#child.pid;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Waits until standard error contains `text`. */
  async logged(text: string): Promise<void> {
    await eventually(`"${text}" in: ${this.#stderr}`, () => {
      if (this.#stderr.includes(text)) return true;
      if (!this.#running) throw new Error(`the process ended without printing "${text}": ${this.#stderr}`);
      return false;
    });
  }

  /** Stops the process with SIGTERM, as an operator would. */
  async stop(): Promise<Result> {
    this.signal('SIGTERM');
    return this.ended;
  }

  async kill(): Promise<void> {
    if (!this.#running) return;
    this.signal('SIGKILL');
    // a stopped process handles signals only after SIGCONT
    this.signal('SIGCONT');
    await this.ended;
  }
}
