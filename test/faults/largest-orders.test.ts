import { spawnSync } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Result, type TestProcess, TestShop } from '../support/shop.ts';

const ORDERS = 2_000;
/** The most that one order may name, each by the longest reference. */
const REFERENCES = Array.from({ length: 1_000 }, (_, index) => `${'r'.repeat(60)}${1_000 + index}`);
const CHARGE_EVERY_MS = 1_000;
/** From the start of a command until it has printed the outcome. */
const LONGEST_CHARGE_MS = 5_000;
const MOST_MEGABYTES = 400;

let shop: TestShop;
let worker: TestProcess;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shop-largest-'));
  shop = await TestShop.create();
  await shop.ok(['user', 'import', '-'], { stdin: 'reference,name\nann,Ann\nbo,Bo\n' });
  const products = REFERENCES.map((reference) => `${reference},Pen,1,1000000`);
  await shop.ok(['product', 'import', '-'], { stdin: `reference,name,price,stock\n${products.join('\n')}\n` });
  worker = await shop.startWorker({ env: { SHOP_LOG_LEVEL: 'info' } });
  await shop.ok(['charge', '@ann', '1000000000']);
});

afterEach(async () => {
  await shop.close();
  await rm(folder, { recursive: true });
});

/** Resident memory: the largest so far on Linux, that of now elsewhere. */
async function megabytes({ pid }: TestProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
  const kilobytes =
    status === null
      ? spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout
      : /VmHWM:\s+(\d+)/.exec(status)?.[1];
  return Number(kilobytes ?? 0) / 1_024;
}

/** Charges another user once a second until `ended`, and measures how long each charge and what the processes take. */
async function chargeBeside(ended: Promise<unknown>, ...processes: readonly TestProcess[]) {
  const started = performance.now();
  let running = true;
  const stop = ended.finally(() => {
    running = false;
  });
  const charges: Promise<{ readonly ms: number; readonly result: Result }>[] = [];
  const peaks = processes.map(() => 0);
  while (running) {
    charges.push(charge(charges.length));
    for (const [index, process] of processes.entries())
      peaks[index] = Math.max(peaks[index] ?? 0, await megabytes(process));
    await Promise.race([delay(CHARGE_EVERY_MS), stop]);
  }
  const results = await Promise.all(charges);
  const report = {
    seconds: Math.round((performance.now() - started) / 1_000),
    charges: results.length,
    longestMs: Math.round(Math.max(...results.map(({ ms }) => ms))),
    megabytes: peaks.map(Math.round),
  };
  process.stderr.write(`largest orders: ${JSON.stringify(report)}\n`);
  return { ...report, failed: results.filter(({ result }) => result.status !== 0) };
}

async function charge(index: number): Promise<{ readonly ms: number; readonly result: Result }> {
  const started = performance.now();
  const result = await shop.run(['charge', '@bo', '1', '--key', `charge-${index}`, '--timeout', '60s', '--json']);
  return { ms: performance.now() - started, result };
}

it('decides every charge within 5 s beside a batch of the largest orders, in flat memory', async () => {
  const file = join(folder, 'orders.csv');
  const row = `@ann,${REFERENCES.map((reference) => `@${reference}`).join(' ')}\n`;
  await writeFile(file, 'user,items\n');
  for (let written = 0; written < ORDERS; written += 100) await appendFile(file, row.repeat(100));
  const batch = shop.start(['batch', 'run', file, '--json']);
  const report = await chargeBeside(batch.ended, worker, batch);
  const { status, stdout, stderr } = await batch.ended;
  expect({ status, stderr: stderr.slice(-1_000) }).toMatchObject({ status: 0 });
  expect(JSON.parse(stdout)).toMatchObject({ applied: ORDERS, pending: 0 });
  expect(report.failed).toEqual([]);
  expect(worker.stderr).not.toContain('the database is away');
  expect(report.longestMs).toBeLessThan(LONGEST_CHARGE_MS);
  for (const most of report.megabytes) expect(most).toBeLessThan(MOST_MEGABYTES);
  expect(await shop.faults()).toEqual([]);
}, 600_000);
