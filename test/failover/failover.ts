import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { findViolations } from '../nemesis/invariants.ts';
import { Operator, type Stage } from '../nemesis/operator.ts';
import { Load } from '../support/load.ts';
import { generator } from '../support/mixture.ts';
import { recovered } from '../support/recovery.ts';
import type { TestShop } from '../support/shop.ts';
import { Stream } from './stream.ts';

/** What fails, and is whole again after. */
export interface Failover {
  /** Makes it fail; resolves when its place has been taken. */
  readonly fail: () => Promise<void>;
  /** Puts back what has failed, so that it may fail again. */
  readonly restore: () => Promise<void>;
}

/** What came of one run. */
interface FailoverReport {
  readonly requests: number;
  /** Those of them that were recorded and had no outcome when it failed. */
  readonly inHand: number;
  /** Milliseconds from the failure until its place was taken. */
  readonly takeoverMs: number;
  /** The longest time between two outcomes, from the first to the last of the run. */
  readonly longestPauseMs: number;
  /** Commands that ended without an outcome to tell, by code. */
  readonly undecided: Readonly<Record<string, number>>;
  /** Invariants that do not hold; there must be none. */
  readonly violations: readonly string[];
}

const [OPERATORS, STREAMS] = [1, 4];
/** Load before the failure, and after the takeover. */
const [BEFORE_MS, AFTER_MS] = [1_500, 2_000];
/** A batch file that is under way when it fails, sometimes at its beginning, sometimes at its end. */
const FILE_ROWS = 5_000;

/**
 * Lets operators work while something fails and another takes its place. The worker is started once, and has to go on by
 * itself; every request has to have its outcome, and every invariant to hold.
 */
async function runFailover(shop: TestShop, stage: Stage, failover: Failover, run: number): Promise<FailoverReport> {
  const random = generator(run);
  const [{ last = 0 } = {}] = await shop.sql<{ last: number }>('SELECT COALESCE(MAX(id), 0) AS last FROM requests');
  const load = await Load.prepare(shop, `run${run}-file`, FILE_ROWS);
  const worker = await shop.startWorker({ env: { SHOP_RANKING_PERIOD: '5s', SHOP_LOG_LEVEL: 'info' } });
  const operators = Array.from(
    { length: OPERATORS },
    (_, index) => new Operator(shop, `run${run}-op${index}`, { seed: random(2 ** 31), env: {}, stage }),
  );
  const ended = new AbortController();
  const work = Promise.all(operators.map((operator) => operator.work(ended.signal)));
  // a failure of theirs is told at the end
  work.catch(() => ended.abort());
  const streams = Array.from(
    { length: STREAMS },
    (_, index) => new Stream(shop, `run${run}-stream${index}`, stage, random(2 ** 31)),
  );
  for (const stream of streams) await stream.flows();
  await delay(BEFORE_MS + random(500));
  load.begin();
  await load.recorded(1 + random(FILE_ROWS));
  const inHand = await countRequests(shop, last, 'AND o.request_id IS NULL');
  const failed = performance.now();
  await failover.fail();
  const takeoverMs = Math.round(performance.now() - failed);
  await delay(AFTER_MS);
  ended.abort();
  const told = await Promise.all(streams.map((stream) => stream.end()));
  await work;
  await load.expectRight();
  await recovered(shop, 'failover', failed);
  const end = await worker.stop();
  expect(end.status, end.stderr).toBe(0);
  const violations = [...told.flatMap((stream) => stream.violations), ...(await findViolations(shop, operators))];
  await failover.restore();
  const requests = await countRequests(shop, last);
  const codes = [...told.flatMap((stream) => stream.undecided), ...operators.flatMap((operator) => operator.undecided)];
  const undecided = Object.fromEntries(
    [...new Set(codes)].map((code) => [code, codes.filter((c) => c === code).length]),
  );
  return { requests, inHand, takeoverMs, longestPauseMs: await longestPause(shop, last), undecided, violations };
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

/** How often it is to fail: once, unless `npm run failover` asks for more. */
export const RUNS = Number(process.env.SHOP_FAILOVER_RUNS ?? 1);

/** As many runs as are asked for, each told in a line; expects that none breaks anything. */
export async function runFailovers(kind: string, shop: TestShop, stage: Stage, failover: Failover): Promise<void> {
  for (let run = 1; run <= RUNS; run++) {
    const report = await runFailover(shop, stage, failover, run);
    const { violations, undecided, ...figures } = report;
    const told = { run, ...figures, undecided, audit: violations.length === 0 ? 'clean' : violations };
    process.stderr.write(`failover ${kind}, ${JSON.stringify(told)}\n`);
    expect(violations).toEqual([]);
    expect(report.requests).toBeGreaterThan(0);
  }
}
