import { setTimeout as delay } from 'node:timers/promises';
import { FaultShop } from '../support/fault-shop.ts';
import { OwnServers } from '../support/own-servers.ts';
import { seededRandom } from '../support/random-batch.ts';
import { FAULTS } from './faults.ts';
import { findViolations } from './invariants.ts';
import { Operator } from './operator.ts';
import { SupervisedWorkers } from './supervised-workers.ts';
import { createTestData } from './test-data.ts';

export interface NemesisOptions {
  /** Determines the commands and faults and their order; their timing also depends on the machine. */
  readonly seed: number;
  readonly seconds: number;
  readonly say: (line: string) => void;
}

/** Result of a run. */
export interface NemesisReport {
  readonly faults: number;
  readonly requests: number;
  /** Milliseconds from the end of the last fault until all requests were decided. */
  readonly recoveryMs: number;
  /** Violated invariants; none are expected. */
  readonly violations: readonly string[];
}

const [OPERATORS, WORKERS] = [3, 2];
const LONGEST_PAUSE_MS = 3_000;

/**
 * Runs several operators and workers on their own servers, injects one fault after another, and checks every invariant at the
 * end.
 */
export async function runNemesis({ seed, seconds, say }: NemesisOptions): Promise<NemesisReport> {
  const random = seededRandom(seed);
  const servers = await OwnServers.start();
  const faulty = await FaultShop.create(servers, { inProcess: false });
  const env = { SHOP_DATABASE_URL: faulty.mysql.url, SHOP_REDIS_URL: faulty.redis.url, SHOP_RANKING_PERIOD: '5s' };
  try {
    const data = await createTestData(faulty.shop);
    const workers = new SupervisedWorkers(faulty.shop, WORKERS, env);
    const operators = Array.from(
      { length: OPERATORS },
      (_, index) => new Operator(faulty.shop, `op${index}`, { seed: random(2 ** 31), env, data }),
    );
    const ended = new AbortController();
    const work = Promise.all(operators.map((operator) => operator.work(ended.signal)));
    // the load ends if an operator fails, and the failure is reported at the end
    work.catch(() => ended.abort());

    let faults = 0;
    const names = Object.keys(FAULTS);
    const started = performance.now();
    while (performance.now() - started < seconds * 1_000 && !ended.signal.aborted) {
      await delay(random(LONGEST_PAUSE_MS));
      const name = names[random(names.length)] ?? '';
      say(`${((performance.now() - started) / 1_000).toFixed(1)} s: ${name}`);
      await FAULTS[name]?.({ faulty, servers, workers, random });
      faults++;
    }
    const last = performance.now();
    ended.abort();
    await work;
    const recoveryMs = await faulty.waitForRecovery('nemesis', last);
    const workerResults = await workers.stop();
    const violations = [
      ...workerResults
        .filter(({ status }) => status !== 0)
        .map(({ status, log }) => `a worker ended with ${status}: ${log}`),
      ...(await findViolations(faulty.shop, operators)),
    ];
    const [{ count = 0 } = {}] = await faulty.shop.sql<{ count: number }>('SELECT COUNT(*) AS count FROM requests');
    return { faults, requests: count, recoveryMs, violations };
  } finally {
    await faulty.close();
    await servers.remove();
  }
}
