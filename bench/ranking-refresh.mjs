#!/usr/bin/env node
// Refreshing the ranking with 5,000,000 order lines in the last three days, and with 50,000: how many times as long.
//
//   node bench/ranking-refresh.mjs [--many 5000000] [--few 50000] [--products 1000] [--sales even|skewed] [--rounds 9]
//
// On the servers of SHOP_DATABASE_URL (an account that may create databases) and SHOP_REDIS_URL, else on private ones;
// what it makes there is gone afterwards. Rounds go from one database to the other, so that load hits both alike.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import mysql from 'mysql2/promise';

const { values } = parseArgs({
  options: {
    many: { type: 'string', default: '5000000' },
    few: { type: 'string', default: '50000' },
    products: { type: 'string', default: '1000' },
    sales: { type: 'string', default: 'even' },
    rounds: { type: 'string', default: '9' },
  },
});
const [many, few, products, rounds] = [values.many, values.few, values.products, values.rounds].map(Number);
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const HOUR_MS = 3_600_000;
const LINES_AN_ORDER = 3;
/** Orders that one statement inserts. */
const CHUNK = 100_000;

const { ShopRanking, computeRanking, connect, loadConfig, migrate, reset, startServers } = await domain();
const config = loadConfig();
const given = config.urlsGiven === 'both';
const directory = mkdtempSync(join(tmpdir(), 'shop-ranking-bench-'));
const servers = given
  ? { rootUrl: config.databaseUrl, redisUrl: config.redisUrl }
  : await startServers({ ...config.dev, directory });
const sql = await mysql.createConnection({ uri: servers.rootUrl, timezone: 'Z' });
// half past: the most that may have to be read of the first hour
const end = new Date(Math.floor((Date.now() + HOUR_MS / 2) / HOUR_MS) * HOUR_MS - HOUR_MS / 2);
const [databases, shops] = [[], []];
try {
  for (const lines of [few, many]) shops.push(await fill(lines));
  await measure();
} finally {
  for (const { session } of shops) await session.close();
  for (const database of databases) await sql.query(`DROP DATABASE ${database}`);
  await sql.end();
  if (!given) await reset({ ...config.dev, directory });
  rmSync(directory, { recursive: true, force: true });
}

/** The shop's own code, from its sources. */
async function domain() {
  const outfile = join(ROOT, 'node_modules', `.ranking-bench-${process.pid}.mjs`);
  try {
    await build({
      stdin: {
        contents: `export { ShopRanking } from './src/domain/shop-ranking.ts';
          export { computeRanking } from './src/domain/ranking.ts';
          export { connect } from './src/db/connection.ts';
          export { migrate } from './src/db/schema.ts';
          export { loadConfig } from './src/config.ts';
          export { reset, startServers } from './src/dev/environment.ts';`,
        resolveDir: ROOT,
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      outfile,
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}

/** A database with so many order lines, spread evenly over the three days before `end` and the hour before them. */
async function fill(lines) {
  const started = Date.now();
  const database = `shop_bench_${randomBytes(6).toString('hex')}`;
  const url = Object.assign(new URL(servers.rootUrl), { pathname: `/${database}` }).href;
  await sql.query(`CREATE DATABASE ${database} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`);
  databases.push(database);
  const shop = { database, url, prefix: database };
  await migrate(url);
  await sql.query(`USE ${database}`);
  await sql
    .query(
      "SET SESSION foreign_key_checks = 0, unique_checks = 0, time_zone = '+00:00', cte_max_recursion_depth = 1000000",
    )
    .catch(() =>
      sql.query(
        "SET SESSION foreign_key_checks = 0, unique_checks = 0, time_zone = '+00:00', max_recursive_iterations = 1000000",
      ),
    );
  await sql.query('CREATE TABLE bench_numbers (n INT NOT NULL PRIMARY KEY)');
  await sql.query(
    'INSERT INTO bench_numbers WITH RECURSIVE c AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM c WHERE n < ?) SELECT n FROM c',
    [Math.max(CHUNK, products) - 1],
  );
  await sql.query(
    "INSERT INTO products (id, name, price, stock, created_at) SELECT n + 1, CONCAT('Product ', n + 1), 100, 0, ? FROM bench_numbers WHERE n < ?",
    [end, products],
  );
  // made again when all is there, which is quicker
  await sql.query('ALTER TABLE order_lines DROP FOREIGN KEY fk_order_lines_product, DROP INDEX ix_order_lines_product');
  const orders = Math.round((lines / LINES_AN_ORDER) * (73 / 72));
  const spacing = (73 * HOUR_MS * 1000) / orders;
  // the same numbers in each run, and no two lines of an order with one product
  const draw = (position, first) => `RAND(${first + position})`;
  const third = products / LINES_AN_ORDER;
  const chosen = (position, first) =>
    values.sales === 'skewed'
      ? `1 + ${position} + ${LINES_AN_ORDER} * FLOOR(${Math.floor(third)} * POW(${draw(position, first)}, 3))`
      : `1 + ${position} + ${LINES_AN_ORDER} * FLOOR(${Math.floor(third)} * ${draw(position, first)})`;
  for (let first = 0; first < orders; first += CHUNK) {
    const count = Math.min(CHUNK, orders - first);
    await sql.query(
      `INSERT INTO orders (id, request_id, user_id, status, total, created_at)
       SELECT ? + n + 1, ? + n + 1, 1, IF(n % 50 = 7, 'cancelled', 'placed'), 300,
         ? - INTERVAL ROUND((? - ? - n - 1) * ?) MICROSECOND FROM bench_numbers WHERE n < ?`,
      [first, first, end, orders, first, spacing, count],
    );
    for (let position = 0; position < LINES_AN_ORDER; position++) {
      await sql.query(
        `INSERT INTO order_lines (order_id, position, product_id, quantity, unit_price)
         SELECT o.id, ${position}, ${chosen(position, first)}, 1 + (o.id + ${position}) % 3, 100
         FROM orders o WHERE o.id > ? AND o.id <= ?`,
        [first, first + count],
      );
    }
  }
  await sql.query('ALTER TABLE order_lines ADD KEY ix_order_lines_product (product_id)');
  await sql.query(
    `INSERT INTO hourly_sales (hour, product_id, quantity)
     SELECT DATE_FORMAT(o.created_at, '%Y-%m-%d %H:00:00'), l.product_id, SUM(l.quantity)
     FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.status = 'placed' GROUP BY 1, 2`,
  );
  await sql.query('DROP TABLE bench_numbers');
  await sql.query('ANALYZE TABLE orders, order_lines, hourly_sales, products');
  const [[{ there, sums }]] = await sql.query(
    `SELECT (SELECT COUNT(*) FROM orders o JOIN order_lines l ON l.order_id = o.id WHERE o.created_at >= ?) AS there,
       (SELECT COUNT(*) FROM hourly_sales) AS sums`,
    [new Date(end.getTime() - 72 * HOUR_MS)],
  );
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  say(
    `${number(there)} lines in three days, ${number(sums)} hourly sums of ${number(products)} products (${seconds} s)`,
  );
  const session = await connect(url);
  return { ...shop, session };
}

function rankingOf({ url, prefix }) {
  return new ShopRanking({ databaseUrl: url, redisUrl: servers.redisUrl, prefix, periodMs: 60_000 });
}

async function measure() {
  for (const { session, database } of shops) await check(session, database);
  await compare('computing it, at half past an hour', ({ session }) => computeRanking(session, end));
  await compare('a refresh, as the worker does it', async (shop) => {
    const ranking = rankingOf(shop);
    await ranking.refresh(0);
    await ranking.close();
  });
  await compare('`shop ranking refresh`', async ({ url, prefix }) => {
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'bin', 'shop.js'), 'ranking', 'refresh'], {
      env: { ...process.env, SHOP_DATABASE_URL: url, SHOP_REDIS_URL: servers.redisUrl, SHOP_PREFIX: prefix },
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
  });
}

/** The ranking is right, and a plain query takes so long. */
async function check(session, database) {
  const { from, to, items } = await computeRanking(session, end);
  const started = performance.now();
  const [plain] = await sql.query(
    `SELECT l.product_id AS productId, CAST(SUM(l.quantity) AS SIGNED) AS sold
     FROM ${database}.orders o JOIN ${database}.order_lines l ON l.order_id = o.id
     WHERE o.status = 'placed' AND o.created_at BETWEEN ? AND ?
     GROUP BY l.product_id ORDER BY sold DESC, l.product_id LIMIT 5`,
    [from, to],
  );
  const seen = items.map(({ productId, sold }) => `${productId}:${sold}`).join(' ');
  const said = plain.map(({ productId, sold }) => `${productId}:${sold}`).join(' ');
  if (seen !== said) throw new Error(`the ranking is ${seen}, a plain query says ${said}`);
  say(`a plain query says the same, in ${(performance.now() - started).toFixed(0)} ms: ${said}`);
}

async function compare(what, work) {
  const times = shops.map(() => []);
  for (let round = -2; round < rounds; round++) {
    for (const [index, shop] of shops.entries()) {
      const started = performance.now();
      await work(shop);
      // the first rounds warm up
      if (round >= 0) times[index].push(performance.now() - started);
    }
  }
  const [small, large] = times.map((each) => each.sort((a, b) => a - b)[Math.floor(each.length / 2)]);
  say(`${what}: ${small.toFixed(1)} ms and ${large.toFixed(1)} ms, ratio ${(large / small).toFixed(2)}`);
}

function number(value) {
  return Number(value).toLocaleString('en');
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
