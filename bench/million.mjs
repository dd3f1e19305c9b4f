#!/usr/bin/env node
// A batch file of a million orders, run to its end, and once more killed with SIGKILL at five random points: peak memory
// of command and worker for a tenth and for the whole, and whether both runs end with the same totals and the same rows.
//
//   node bench/million.mjs [--orders 1000000] [--kills 5] [--seed 1]
//
// Each run has a MySQL, a Redis and a worker of its own in a temporary folder, on loopback; all are gone afterwards.
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import mysql from 'mysql2/promise';

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '1000000' },
    kills: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
  },
});
const [orders, kills, seed] = [values.orders, values.kills, values.seed].map(Number);
const SHOP = fileURLToPath(new URL('../bin/shop.js', import.meta.url));
const GENERATE = fileURLToPath(new URL('generate.mjs', import.meta.url));
const [USERS, PRODUCTS] = ['10000', '1000'];
const folder = mkdtempSync(join(tmpdir(), 'shop-million-'));

/** One environment: servers, worker, users with points, products with stock. */
class Shop {
  constructor(name) {
    this.env = { ...process.env, SHOP_DEV_DIR: join(folder, name, '.shop') };
    for (const setting of ['SHOP_DATABASE_URL', 'SHOP_REDIS_URL']) delete this.env[setting];
  }

  command(...args) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [SHOP, ...args, '--json'], {
      env: this.env,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (status !== 0) throw new Error(`shop ${args.join(' ')}: ${status} ${stderr} ${stdout.slice(0, 2_000)}`);
    return JSON.parse(stdout);
  }

  async fill(scale) {
    const services = this.command('dev', 'up').services;
    this.worker = services.find(({ name }) => name === 'worker').pid;
    const { databaseUrl } = JSON.parse(readFileSync(join(this.env.SHOP_DEV_DIR, 'environment.json'), 'utf8'));
    this.sql = await mysql.createConnection(databaseUrl);
    this.command('user', 'import', await file('users', '--users', USERS));
    // so much that some users run out of points, and some products out of stock
    this.command(
      'product',
      'import',
      await file('products', '--products', PRODUCTS, '--stock', String(40_000 * scale)),
    );
    const points = String(Math.round(150_000 * scale));
    this.command('batch', 'run', await file('charges', '--users', USERS, '--points', points));
  }

  async number(statement) {
    const [[row]] = await this.sql.query(statement);
    return Number(Object.values(row)[0] ?? 0);
  }

  /** Runs the file; ends it with SIGKILL as soon as `killWhen` says so. */
  async run(path, killWhen) {
    const started = performance.now();
    const child = spawn(process.execPath, [SHOP, 'batch', 'run', path, '--name', 'million', '--json'], {
      env: this.env,
    });
    let [stdout, stderr, peak, ended] = ['', '', 0, false];
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr = String(text);
    });
    const end = new Promise((resolve) =>
      child.once('close', () => {
        ended = true;
        resolve();
      }),
    );
    while (!ended) {
      peak = Math.max(peak, peakMemory(child.pid));
      if (killWhen !== undefined && (await killWhen())) child.kill('SIGKILL');
      await Promise.race([end, delay(100)]);
    }
    const seconds = (performance.now() - started) / 1_000;
    if (child.signalCode === 'SIGKILL') return { killed: true, seconds };
    if (child.exitCode !== 0 && child.exitCode !== 6) throw new Error(`batch run: ${child.exitCode} ${stderr}`);
    return {
      killed: false,
      seconds,
      commandPeak: peak,
      workerPeak: peakMemory(this.worker),
      totals: JSON.parse(stdout),
    };
  }

  /** Figures that differ where anything else happened, or happened in another order. */
  async fingerprint() {
    return {
      outcomes: await this.number(
        "SELECT SUM(CRC32(CONCAT(r.idempotency_key, ' ', o.status, COALESCE(o.code, ''), o.details))) FROM requests r JOIN outcomes o ON o.request_id = r.id WHERE r.kind = 'order'",
      ),
      balances: await this.number("SELECT SUM(CRC32(CONCAT(reference, ' ', balance))) FROM users"),
      stocks: await this.number("SELECT SUM(CRC32(CONCAT(reference, ' ', stock))) FROM products"),
      requests: await this.number('SELECT COUNT(*) FROM requests'),
      lines: await this.number('SELECT COUNT(*) FROM order_lines'),
    };
  }

  async audit() {
    const started = performance.now();
    const { ok } = this.command('audit');
    return { ok, seconds: Math.round(performance.now() - started) / 1_000 };
  }

  down() {
    this.sql?.destroy();
    this.command('dev', 'down');
  }
}

async function file(kind, ...args) {
  const path = join(folder, `${[kind, ...args].join('-').replaceAll('--', '')}.csv`);
  const child = spawn(process.execPath, [GENERATE, kind, '--seed', String(seed), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const target = createWriteStream(path);
  child.stdout.pipe(target);
  await new Promise((resolve) => target.once('finish', resolve));
  return path;
}

/** Megabytes: the largest so far on Linux, that of now elsewhere. */
function peakMemory(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
  } catch {
    return Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout) / 1_024;
  }
}

const open = new Set();
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    for (const shop of open) shop.down();
    rmSync(folder, { recursive: true, force: true });
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}

async function measured(name, count, work) {
  const shop = new Shop(name);
  open.add(shop);
  try {
    await shop.fill(count / 1_000_000);
    return await work(shop, await file('orders', '--orders', String(count), '--users', USERS, '--products', PRODUCTS));
  } finally {
    shop.down();
    open.delete(shop);
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

const whole = (value) => Math.round(value).toLocaleString('en');
const told = ({ seconds, commandPeak, workerPeak, totals }) =>
  `${whole(seconds)} s, ${whole(totals.total / seconds)} orders/s, command ${whole(commandPeak)} MB, worker ${whole(workerPeak)} MB; ` +
  `${whole(totals.applied)} applied, ${whole(totals.refused)} refused, ${totals.failed} failed, ${totals.pending} pending`;

try {
  const tenth = await measured('tenth', orders / 10, (shop, path) => shop.run(path));
  console.log(`${whole(orders / 10)} orders: ${told(tenth)}`);

  const once = await measured('once', orders, async (shop, path) => {
    const run = await shop.run(path);
    return { run, fingerprint: await shop.fingerprint(), audit: await shop.audit() };
  });
  console.log(`${whole(orders)} orders: ${told(once.run)}`);
  console.log(`audit: ${JSON.stringify(once.audit)}`);
  for (const who of ['commandPeak', 'workerPeak']) {
    console.log(`${who} of the whole to that of a tenth: ${(once.run[who] / tenth[who]).toFixed(2)}`);
  }

  const killed = await measured('killed', orders, async (shop, path) => {
    const recorded = () => shop.number("SELECT COUNT(*) FROM requests WHERE kind = 'order'");
    const decided = () =>
      shop.number("SELECT COUNT(*) FROM outcomes o JOIN requests r ON r.id = o.request_id WHERE r.kind = 'order'");
    // most while rows are sent, the last ones while they are decided
    const points = Array.from({ length: kills }, () => Math.random()).sort((a, b) => a - b);
    for (const [index, point] of points.entries()) {
      const [what, count] = index < kills - 2 ? ['recorded', recorded] : ['decided', decided];
      const limit = Math.floor(point * orders);
      const run = await shop.run(path, async () => (await count()) > limit);
      console.log(
        run.killed
          ? `killed after ${whole(limit)} rows were ${what}`
          : `ended before ${whole(limit)} rows were ${what}`,
      );
    }
    const run = await shop.run(path);
    return { run, fingerprint: await shop.fingerprint(), audit: await shop.audit() };
  });
  console.log(`${whole(orders)} orders, killed and run again: ${told(killed.run)}`);
  console.log(`audit: ${JSON.stringify(killed.audit)}`);
  console.log(`one run:    ${JSON.stringify(once.fingerprint)}`);
  console.log(`many runs:  ${JSON.stringify(killed.fingerprint)}`);
  const same = JSON.stringify(once.fingerprint) === JSON.stringify(killed.fingerprint);
  console.log(same ? 'the same' : 'NOT THE SAME');
  if (!same || !once.audit.ok || !killed.audit.ok) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
