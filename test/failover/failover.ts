import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { findViolations } from '../nemesis/invariants.ts';
import { Operator, type TestData } from '../nemesis/operator.ts';
import { Load } from '../support/load.ts';
import { seededRandom } from '../support/random-batch.ts';
import { waitForRecovery } from '../support/recovery.ts';
import type { TestShop } from '../support/shop.ts';
import { CommandStream } from './command-stream.ts';

/** The server or process that fails in a run. */
export interface Failover {
  /** Causes the failure; resolves after the takeover. */
  readonly fail: () => Promise<void>;
  /** Restores the failed server, so that it can fail again. */
  readonly restore: () => Promise<void>;
}

/** Result of one run. */
interface FailoverReport {
  readonly requests: number;
  /** Number of these requests that were recorded and pending at the failure. */
  readonly pending: number;
  /** Milliseconds from the failure until the takeover. */
  readonly takeoverMs: number;
  /** The longest time between two outcomes in the whole run. */
  readonly longestPauseMs: number;
  /** Number of commands that ended without a known outcome, by error code. */
  readonly undecided: Readonly<Record<string, number>>;
  /** Violated invariants; none are expected. */
  readonly violations: readonly string[];
}

const [OPERATORS, STREAMS] = [1, 4];
/** Duration of the load before the failure and after the takeover. */
const [BEFORE_MS, AFTER_MS] = [1_500, 2_000];
/** Number of rows of a batch file. A random number of them is recorded when the failure occurs. */
const FILE_ROWS = 5_000;

/**
 * Runs operators during a failure and a takeover. The worker is started once and must continue by itself. Every request
 * must get its outcome, and every invariant must hold.
 */
async function runFailover(shop: TestShop, data: TestData, failover: Failover, run: number): Promise<FailoverReport> {
  const random = seededRandom(run);
  const [{ last = 0 } = {}] = await shop.sql<{ last: number }>('SELECT COALESCE(MAX(id), 0) AS last FROM requests');
  const load = await Load.prepare(shop, `run${run}-file`, FILE_ROWS);
  const worker = await shop.startWorker({ env: { SHOP_RANKING_PERIOD: '5s', SHOP_LOG_LEVEL: 'info' } });
  const operators = Array.from(
    { length: OPERATORS },
    (_, index) => new Operator(shop, `run${run}-op${index}`, { seed: random(2 ** 31), env: {}, data }),
  );
  const ended = new AbortController();
  const work = Promise.all(operators.map((operator) => operator.work(ended.signal)));
  // the load ends if an operator or a stream fails, and the failure is reported at the end
  work.catch(() => ended.abort());
  const streams = Array.from(
    { length: STREAMS },
    (_, index) => new CommandStream(shop, `run${run}-stream${index}`, data, random(2 ** 31)),
  );
  for (const stream of streams) await stream.firstOutcome();
  await delay(BEFORE_MS + random(500));
  load.begin();
  await load.recorded(1 + random(FILE_ROWS));
  const pending = await countRequests(shop, last, 'AND o.request_id IS NULL');
  const failed = performance.now();
  await failover.fail();
  const takeoverMs = Math.round(performance.now() - failed);
  await delay(AFTER_MS);
  ended.abort();
  const streamResults = await Promise.all(streams.map((stream) => stream.end()));
  await work;
  await load.expectCorrect();
  await waitForRecovery(shop, 'failover', failed);
  const end = await worker.stop();
  expect(end.status, end.stderr).toBe(0);
  const violations = [
    ...streamResults.flatMap((stream) => stream.violations),
    ...(await findViolations(shop, operators)),
  ];
  await failover.restore();
  const requests = await countRequests(shop, last);
  const codes = [
    ...streamResults.flatMap((stream) => stream.undecided),
    ...operators.flatMap((operator) => operator.undecided),
  ];
  const undecided = Object.fromEntries(
    [...new Set(codes)].map((code) => [code, codes.filter((c) => c === code).length]),
  );
  return {
    requests,
    pending,
    takeoverMs,
    longestPauseMs: await longestPause(shop, last),
    undecided,
    violations,
  };
}

async function countRequests(shop: TestShop, after: number, condition = ''): Promise<number> {
  const [{ count = 0 } = {}] = await shop.sql<{ count: number }>(
    `SELECT COUNT(*) AS count FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id WHERE r.id > ? ${condition}`,
    [after],
  );
  return count;
}

async function longestPause(shop: TestShop, after: number): Promise<number> {
  const [{ ms = 0 } = {}] = await shop.sql<{ ms: number }>(
    `SELECT CAST(MAX(pause) / 1000 AS UNSIGNED) AS ms FROM (
       SELECT TIMESTAMPDIFF(MICROSECOND, LAG(decided_at) OVER (ORDER BY decided_at), decided_at) AS pause
       FROM outcomes WHERE request_id > ?) AS pauses`,
    [after],
  );
  return Number(ms);
}

/** Number of failovers: one, unless `npm run failover` sets more. */
export const RUNS = Number(process.env.SHOP_FAILOVER_RUNS ?? 1);

/** Runs the configured number of failovers, prints a line for each, and expects no violation. */
export async function runFailovers(kind: string, shop: TestShop, data: TestData, failover: Failover): Promise<void> {
  for (let run = 1; run <= RUNS; run++) {
    const report = await runFailover(shop, data, failover, run);
    const { violations, undecided, ...figures } = report;
    const line = { run, ...figures, undecided, audit: violations.length === 0 ? 'clean' : violations };
    process.stderr.write(`failover ${kind}, ${JSON.stringify(line)}\n`);
    expect(violations).toEqual([]);
    expect(report.requests).toBeGreaterThan(0);
  }
}
