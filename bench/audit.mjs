#!/usr/bin/env node
// How long `shop audit` takes: fills a shop of its own with orders by SQL, and audits it. It prints each pass over the
// tables that takes more than two seconds, and the whole.
//
//   npm run build && node bench/audit.mjs [--orders 1000000] [--runs 2]
//
// The servers live in a temporary folder, on loopback; they are gone afterwards.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import mysql from 'mysql2/promise';
import { auditData } from './audit-data.mjs';

const { values } = parseArgs({
  options: { orders: { type: 'string', default: '1000000' }, runs: { type: 'string', default: '2' } },
});
const [orders, runs] = [Number(values.orders), Number(values.runs)];
const folder = mkdtempSync(join(tmpdir(), 'shop-audit-'));
const SHOP = fileURLToPath(new URL('../bin/shop.js', import.meta.url));
const env = { ...process.env, SHOP_DEV_DIR: join(folder, '.shop') };
for (const setting of ['SHOP_DATABASE_URL', 'SHOP_REDIS_URL']) delete env[setting];
const seconds = (since) => ((performance.now() - since) / 1_000).toFixed(1);

function shop(...args) {
  const { status } = spawnSync(process.execPath, [SHOP, ...args], {
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`shop ${args.join(' ')} exited with ${status}`);
}

/** A worker would decide the requests whose outcomes are still to be filled in. */
async function endWorker() {
  const worker = () => {
    const { stdout } = spawnSync(process.execPath, [SHOP, 'dev', 'status', '--json'], { env, encoding: 'utf8' });
    return JSON.parse(stdout).services.find(({ name }) => name === 'worker');
  };
  process.kill(worker().pid, 'SIGTERM');
  for (let tries = 0; worker().state === 'running'; tries++) {
    if (tries === 100) throw new Error('the worker does not end');
    await delay(100);
  }
}

try {
  shop('dev', 'up', '--quiet');
  await endWorker();
  const { databaseUrl } = JSON.parse(readFileSync(join(env.SHOP_DEV_DIR, 'environment.json'), 'utf8'));
  const sql = await mysql.createConnection(databaseUrl);
  const filled = performance.now();
  for (const statement of auditData({ orders, users: Math.ceil(orders / 10), products: 2_000 })) {
    await sql.query(statement);
  }
  await sql.end();
  console.log(`filled with ${orders} orders in ${seconds(filled)} s`);
  for (let run = 1; run <= runs; run++) {
    const started = performance.now();
    shop('audit', '-o', 'table');
    console.log(`audit ${run}: ${seconds(started)} s`);
  }
} finally {
  shop('dev', 'reset', '--yes', '--quiet');
  rmSync(folder, { recursive: true, force: true });
}
