#!/usr/bin/env node
// Runs a batch file of a million orders twice: without interruption, and with SIGKILL at five random points. Checks
// that both runs end with the same totals and rows. Also measures the peak memory of the command and the worker, for
// all orders and for a tenth of them.
//
//   node bench/million.mjs [--orders 1000000] [--kills 5] [--seed 1]
//
// Each run has its own MySQL, Redis and worker on loopback, in a temporary folder that is removed afterwards.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { generate } from './lib/generated.mjs';
import { closeOnSignals, withScope } from './lib/scope.mjs';
import { openServers } from './lib/servers.mjs';
import { Shop } from './lib/shop.mjs';
import { loadSource, SHOP } from './lib/source.mjs';

const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '1000000' },
    kills: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
  },
});
const [orders, kills, seed] = [values.orders, values.kills, values.seed].map(Number);
const [USERS, PRODUCTS] = [10_000, 1_000];
closeOnSignals();
const source = await loadSource();

/** A shop, and the file of orders that is run on it. */
class Million {
  #scope;
  #shop;
  #file;
  #worker;

  constructor(scope, { shop, file, worker }) {
    this.#scope = scope;
    this.#shop = shop;
    this.#file = file;
    this.#worker = worker;
  }

  /** Creates users and products with limited points and stock, so that some orders are refused for each reason. */
  static async open(scope, name, orders) {
    const servers = await openServers(scope, source);
    const scale = orders / 1_000_000;
    const [stock, points] = [40_000, 150_000].map((most) => String(Math.round(most * scale)));
    const shop = await Shop.stocked(scope, servers, name, { users: USERS, products: PRODUCTS, stock, points, seed });
    const file = join(servers.folder, 'orders.csv');
    const of = { orders, users: USERS, products: PRODUCTS, seed };
    await generate(scope, file, 'orders', ...Object.entries(of).flatMap(([what, count]) => [`--${what}`, `${count}`]));
    return new Million(scope, { shop, file, worker: await shop.startWorker() });
  }

  /** Returns the single figure that a statement selects. */
  async number(statement) {
    const [[row]] = await this.#shop.sql.query(statement);
    return Number(Object.values(row)[0] ?? 0);
  }

  /** Runs the file. If `killWhen` is given, kills the command with SIGKILL as soon as the function returns true. */
  async run(killWhen) {
    const started = performance.now();
    const child = this.#scope.spawn([SHOP, 'batch', 'run', this.#file, '--name', 'million', '--json'], {
      env: this.#shop.env,
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
      workerPeak: peakMemory(this.#worker.pid),
      totals: JSON.parse(stdout),
    };
  }

  /**
   * Returns figures for comparing two runs. They differ if the runs apply different requests, or the same requests in a
   * different order.
   */
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
    const { ok } = await this.#shop.command('audit');
    return { ok, seconds: Math.round(performance.now() - started) / 1_000 };
  }
}

/** Returns the memory of a process in megabytes: the peak on Linux, the current value elsewhere. */
function peakMemory(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
  } catch {
    return Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout) / 1_024;
  }
}

function measured(name, count, work) {
  return withScope(async (scope) => work(await Million.open(scope, name, count)));
}

const whole = (value) => Math.round(value).toLocaleString('en');
const describe = ({ seconds, commandPeak, workerPeak, totals }) =>
  `${whole(seconds)} s, ${whole(totals.total / seconds)} orders/s, command ${whole(commandPeak)} MB, worker ${whole(workerPeak)} MB; ` +
  `${whole(totals.applied)} applied, ${whole(totals.refused)} refused, ${totals.failed} failed, ${totals.pending} pending`;

const tenth = await measured('tenth', orders / 10, (million) => million.run());
console.log(`${whole(orders / 10)} orders: ${describe(tenth)}`);

const once = await measured('once', orders, async (million) => {
  const run = await million.run();
  return { run, fingerprint: await million.fingerprint(), audit: await million.audit() };
});
console.log(`${whole(orders)} orders: ${describe(once.run)}`);
console.log(`audit: ${JSON.stringify(once.audit)}`);
for (const who of ['commandPeak', 'workerPeak']) {
  console.log(`${who} of the whole to that of a tenth: ${(once.run[who] / tenth[who]).toFixed(2)}`);
}

const killed = await measured('killed', orders, async (million) => {
  const recorded = () => million.number("SELECT COUNT(*) FROM requests WHERE kind = 'order'");
  const decided = () =>
    million.number("SELECT COUNT(*) FROM outcomes o JOIN requests r ON r.id = o.request_id WHERE r.kind = 'order'");
  // the last two kills come while rows are decided, the others while rows are recorded
  const points = Array.from({ length: kills }, () => Math.random()).sort((a, b) => a - b);
  for (const [index, point] of points.entries()) {
    const [what, count] = index < kills - 2 ? ['recorded', recorded] : ['decided', decided];
    const limit = Math.floor(point * orders);
    const run = await million.run(async () => (await count()) > limit);
    console.log(
      run.killed ? `killed after ${whole(limit)} rows were ${what}` : `ended before ${whole(limit)} rows were ${what}`,
    );
  }
  const run = await million.run();
  return { run, fingerprint: await million.fingerprint(), audit: await million.audit() };
});
console.log(`${whole(orders)} orders, killed and run again: ${describe(killed.run)}`);
console.log(`audit: ${JSON.stringify(killed.audit)}`);
console.log(`one run:    ${JSON.stringify(once.fingerprint)}`);
console.log(`many runs:  ${JSON.stringify(killed.fingerprint)}`);
const same = JSON.stringify(once.fingerprint) === JSON.stringify(killed.fingerprint);
console.log(same ? 'the same' : 'NOT THE SAME');
if (!same || !once.audit.ok || !killed.audit.ok) process.exitCode = 1;
