import { spawnSync } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { reportRecovery } from '../support/recovery.ts';
import { type Result, type TestProcess, TestShop } from '../support/shop.ts';

/** Number of orders. With 2,000 the test takes minutes. */
const ORDERS = Number(process.env.SHOP_LARGEST_ORDERS ?? 400);
/** References of maximum length for the maximum number of products of an order. */
const REFERENCES = Array.from({ length: 1_000 }, (_, index) => `${'r'.repeat(60)}${1_000 + index}`);
const CHARGE_EVERY_MS = 1_000;
/** Maximum time from recording a charge until it is decided. */
const LONGEST_WAIT_MS = 5_000;
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
  worker = await shop.startWorker();
  await shop.ok(['charge', '@ann', '1000000000']);
});

afterEach(async () => {
  await shop.close();
  await rm(folder, { recursive: true });
});

/** Writes a file of the largest orders. */
async function fileOf(orders: number): Promise<string> {
  const file = join(folder, 'orders.csv');
  const row = `@ann,${REFERENCES.map((reference) => `@${reference}`).join(' ')}\n`;
  await writeFile(file, 'user,items\n');
  for (let written = 0; written < orders; written += 20) await appendFile(file, row.repeat(20));
  return file;
}

/** Returns the resident memory of a process in megabytes: the peak on Linux, the current value elsewhere. */
async function megabytes({ pid }: TestProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
  const kilobytes =
    status === null
      ? spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).stdout
      : /VmHWM:\s+(\d+)/.exec(status)?.[1];
  return Math.round(Number(kilobytes ?? 0) / 1_024);
}

function charge(key: string): Promise<Result> {
  return shop.run(['charge', '@bo', '1', '--key', key, '--timeout', '60s', '--json']);
}

/** Charges another user once a second until `ended`; returns the results, and the peak memory of each process. */
async function chargeBeside(ended: Promise<unknown>, ...processes: readonly TestProcess[]) {
  let running = true;
  const stop = ended.finally(() => {
    running = false;
  });
  const charges: Promise<Result>[] = [];
  const peaks = processes.map(() => 0);
  while (running) {
    charges.push(charge(`charge-${charges.length}`));
    for (const [index, process] of processes.entries())
      peaks[index] = Math.max(peaks[index] ?? 0, await megabytes(process));
    await Promise.race([delay(CHARGE_EVERY_MS), stop]);
  }
  return { results: await Promise.all(charges), peaks };
}

/** Reads the waiting times of the charges, longest first. */
async function waits(): Promise<number[]> {
  const rows = await shop.sql<{ ms: number }>(
    `SELECT TIMESTAMPDIFF(MICROSECOND, r.created_at, o.decided_at) DIV 1000 AS ms
     FROM requests r JOIN outcomes o ON o.request_id = r.id WHERE r.idempotency_key LIKE 'charge-%' ORDER BY ms DESC`,
  );
  return rows.map(({ ms }) => ms);
}

it('decides every charge within 5 s while a batch of the largest orders runs, in constant memory (fault 34)', async () => {
  const file = await fileOf(ORDERS);
  const started = performance.now();
  const batch = shop.start(['batch', 'run', file, '--json']);
  const { results, peaks } = await chargeBeside(batch.ended, worker, batch);
  const seconds = Math.round((performance.now() - started) / 1_000);
  const waited = await waits();
  for (const ms of waited) await reportRecovery(34, ms);
  const [longestMs = 0] = waited;
  const report = { orders: ORDERS, seconds, charges: results.length, longestMs, megabytes: peaks };
  process.stderr.write(`largest orders, ${JSON.stringify(report)}\n`);
  const { status, stdout, stderr } = await batch.ended;
  expect({ status, stderr: stderr.slice(-1_000) }).toMatchObject({ status: 0 });
  expect(JSON.parse(stdout)).toMatchObject({ applied: ORDERS, pending: 0 });
  expect(results.filter((result) => result.status !== 0)).toEqual([]);
  expect(worker.stderr).not.toContain('MySQL is unavailable or the lane was lost');
  expect(longestMs).toBeLessThan(LONGEST_WAIT_MS);
  for (const peak of peaks) expect(peak).toBeLessThan(MOST_MEGABYTES);
  expect(await shop.faults()).toEqual([]);
}, 900_000);

it('records a whole file of the largest orders while the queue is paused', async () => {
  const orders = 40;
  await shop.ok(['queue', 'pause']);
  const { status, stdout } = await shop.run(['batch', 'run', await fileOf(orders), '--no-wait', '--json']);
  expect({ status, ...JSON.parse(stdout) }).toMatchObject({ status: 0, total: orders, pending: orders });
  await shop.ok(['queue', 'resume']);
  await eventually('all orders are applied', async () => {
    const [row] = await shop.sql<{ count: number }>("SELECT COUNT(*) AS count FROM orders WHERE status = 'placed'");
    return row?.count === orders;
  });
});

it('applies payloads of 8 MB that were inserted by hand, in constant memory', async () => {
  const payloads = 60;
  expect((await worker.stop()).status).toBe(0);
  const payload = JSON.stringify({ user: '@ann', items: [{ product: `@${REFERENCES[0]}`, quantity: 1 }] });
  for (let index = 0; index < payloads; index++) {
    await shop.sql(
      `INSERT INTO requests (idempotency_key, request_hash, kind, payload, actor, host, created_at)
       VALUES (?, ?, 'order', CONCAT(?, REPEAT(' ', 8000000)), 'operator', 'here', UTC_TIMESTAMP(3))`,
      [`large-${index}`, Buffer.alloc(32), payload],
    );
  }
  worker = await shop.startWorker();
  const peak = await megabytes(worker);
  process.stderr.write(`payloads of 8 MB, worker ${peak} MB\n`);
  expect(await charge('charge-0')).toMatchObject({ status: 0 });
  expect(await shop.sql('SELECT status, COUNT(*) AS count FROM outcomes GROUP BY status')).toEqual([
    { status: 'applied', count: payloads + 2 },
  ]);
  expect(peak).toBeLessThan(MOST_MEGABYTES);
});
