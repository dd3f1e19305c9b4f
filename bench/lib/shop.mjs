import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { generate } from './generated.mjs';
import { runNode, startWorker } from './programs.mjs';
import { end } from './scope.mjs';
import { connection } from './servers.mjs';
import { SHOP } from './source.mjs';

/** Points of each user and stock of each product. They are enough for all orders of a benchmark. */
const PLENTY = '1000000000000';
/** Maximum number of active jobs of a worker: the default of `shop worker`. */
export const WORKER_CONCURRENCY = 100;

/** A shop on the servers of a benchmark, with its own database and Redis prefix. It is driven by the built program. */
export class Shop {
  #scope;
  #worker = null;

  constructor(scope, { rootUrl, redisUrl }, name, program) {
    this.#scope = scope;
    this.program = program;
    this.name = `bench_${name}`;
    this.url = Object.assign(new URL(rootUrl), { pathname: `/${this.name}` }).href;
    this.redisUrl = redisUrl;
    this.prefix = this.name;
    // settings in the environment of the caller must not affect the measurement
    const others = Object.entries(process.env).filter(([setting]) => !setting.startsWith('SHOP_'));
    this.env = {
      ...Object.fromEntries(others),
      SHOP_DATABASE_URL: this.url,
      SHOP_REDIS_URL: redisUrl,
      SHOP_PREFIX: this.prefix,
    };
  }

  /** Creates a migrated shop without data. */
  static async empty(scope, servers, name, program = SHOP) {
    const shop = new Shop(scope, servers, name, program);
    await servers.sql.query(`CREATE DATABASE ${shop.name} CHARACTER SET utf8mb4`);
    await shop.command('db', 'migrate');
    shop.sql = await mysql.createConnection(connection(shop.url));
    scope.add(() => shop.sql.destroy());
    return shop;
  }

  /**
   * Creates a shop with users and products. By default, all users can pay, and no product runs out. No worker runs afterwards.
   *
   * @param options `program`: `bin/shop.js` of another build, which then runs every command.
   */
  static async stocked(scope, servers, name, options) {
    const { users, products, stock = PLENTY, points = PLENTY, seed = 1, program } = options;
    const shop = await Shop.empty(scope, servers, name, program);
    const of = ['--users', `${users}`, '--products', `${products}`, '--stock', stock, '--points', points];
    const file = (rows) =>
      generate(scope, join(servers.folder, `${name}-${rows}.csv`), rows, '--seed', `${seed}`, ...of);
    await shop.command('user', 'import', await file('users'));
    await shop.command('product', 'import', await file('products'));
    await shop.startWorker();
    await shop.command('batch', 'run', await file('charges'));
    await shop.endWorker();
    shop.userIds = await shop.#ids('users');
    shop.productIds = await shop.#ids('products');
    return shop;
  }

  /** Runs a command and returns its JSON. */
  async command(...args) {
    const { code, stdout, stderr } = await runNode(this.#scope, [this.program, ...args, '--json'], { env: this.env });
    if (code !== 0) throw new Error(`shop ${args.join(' ')}: ${code} ${stderr} ${stdout.slice(0, 2_000)}`);
    return JSON.parse(stdout);
  }

  /** Starts a worker and returns its process. */
  async startWorker() {
    this.#worker = await startWorker(
      this.#scope,
      [this.program, 'worker', '--concurrency', String(WORKER_CONCURRENCY)],
      { env: this.env },
    );
    return this.#worker;
  }

  async endWorker() {
    await end(this.#worker);
  }

  /** Audits the shop. @throws if the audit finds a fault, or if a request is not applied. */
  async check() {
    const { ok, checks } = await this.command('audit');
    if (!ok) throw new Error(`the audit of ${this.name} found: ${JSON.stringify(checks.filter((check) => !check.ok))}`);
    const [[left]] = await this.sql.query(
      `SELECT COUNT(*) AS count FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id
       WHERE o.status IS NULL OR o.status <> 'applied'`,
    );
    if (left.count > 0) throw new Error(`${left.count} requests of ${this.name} are not applied`);
  }

  async #ids(table) {
    const [rows] = await this.sql.query(`SELECT id FROM ${table} ORDER BY id`);
    return rows.map(({ id }) => id);
  }
}
