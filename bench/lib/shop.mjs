import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { generate } from './generated.mjs';
import { runNode, startWorker } from './programs.mjs';
import { end } from './scope.mjs';
import { connection } from './servers.mjs';
import { SHOP } from './source.mjs';

/** Enough for whatever a benchmark orders: none of its orders is to be refused. */
const PLENTY = '1000000000000';
/** Jobs that a worker has in hand at once: the default of `shop worker`. */
export const WORKER_CONCURRENCY = 500;

/** One shop on the servers of a benchmark: a database and a prefix in Redis of its own, driven by the built program. */
export class Shop {
  #scope;
  #folder;
  #worker = null;

  constructor(scope, { folder, rootUrl, redisUrl }, name) {
    this.#scope = scope;
    this.#folder = folder;
    this.name = `bench_${name}`;
    this.url = Object.assign(new URL(rootUrl), { pathname: `/${this.name}` }).href;
    this.redisUrl = redisUrl;
    this.prefix = this.name;
    this.env = {
      ...process.env,
      SHOP_DATABASE_URL: this.url,
      SHOP_REDIS_URL: redisUrl,
      SHOP_PREFIX: this.prefix,
    };
  }

  /** A migrated shop without any data. */
  static async empty(scope, servers, name) {
    const shop = new Shop(scope, servers, name);
    await servers.sql.query(`CREATE DATABASE ${shop.name} CHARACTER SET utf8mb4`);
    await shop.command('db', 'migrate');
    shop.sql = await mysql.createConnection(connection(shop.url));
    scope.add(() => shop.sql.destroy());
    return shop;
  }

  /** A shop with users who can pay and products that do not run out. Its worker does not run. */
  static async stocked(scope, servers, name, { users, products }) {
    const shop = await Shop.empty(scope, servers, name);
    await shop.#import('user', 'users', '--users', String(users));
    await shop.#import('product', 'products', '--products', String(products), '--stock', PLENTY);
    await shop.startWorker();
    const charges = await generate(
      scope,
      shop.#file('charges'),
      'charges',
      '--users',
      String(users),
      '--points',
      PLENTY,
    );
    await shop.command('batch', 'run', charges);
    await shop.endWorker();
    shop.userIds = await shop.#ids('users');
    shop.productIds = await shop.#ids('products');
    return shop;
  }

  /** Runs a command; answers its JSON. */
  async command(...args) {
    const { code, stdout, stderr } = await runNode(this.#scope, [SHOP, ...args, '--json'], { env: this.env });
    if (code !== 0) throw new Error(`shop ${args.join(' ')}: ${code} ${stderr} ${stdout.slice(0, 2_000)}`);
    return JSON.parse(stdout);
  }

  async startWorker() {
    this.#worker = await startWorker(this.#scope, [SHOP, 'worker', '--concurrency', String(WORKER_CONCURRENCY)], {
      env: this.env,
    });
  }

  async endWorker() {
    await end(this.#worker);
  }

  /** @throws where the books are wrong, or not all that was asked for was applied. */
  async check() {
    const { ok, checks } = await this.command('audit');
    if (!ok) throw new Error(`the audit of ${this.name} found: ${JSON.stringify(checks.filter((check) => !check.ok))}`);
    const [[left]] = await this.sql.query(
      `SELECT COUNT(*) AS count FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id
       WHERE o.status IS NULL OR o.status <> 'applied'`,
    );
    if (left.count > 0) throw new Error(`${left.count} requests of ${this.name} are not applied`);
  }

  async #import(kind, rows, ...args) {
    await this.command(kind, 'import', await generate(this.#scope, this.#file(rows), rows, ...args));
  }

  #file(rows) {
    return join(this.#folder, `${this.name}-${rows}.csv`);
  }

  async #ids(table) {
    const [rows] = await this.sql.query(`SELECT id FROM ${table} ORDER BY id`);
    return rows.map(({ id }) => id);
  }
}
