#!/usr/bin/env node
// Repeats failovers under load on real servers; see test/failover.
//
//   npm run failover -- --redis cluster|sentinel [--runs N]
//   npm run failover -- --worker killed [--runs N]
//   npm run failover -- --mysql group|pair|replica [--runs N]
//
// Prints a line for each run: the longest pause between two outcomes, and the result of the audit and all other invariants.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** The test file of each kind of failover. The first test in the file is the failover. */
const KINDS = {
  redis: { cluster: 'test/faults/redis-cluster.test.ts', sentinel: 'test/faults/redis-sentinel.test.ts' },
  mysql: {
    group: 'test/faults/mysql-group.test.ts',
    pair: 'test/faults/mysql-pair.test.ts',
    replica: 'test/faults/mysql-replica.test.ts',
  },
  worker: { killed: 'test/faults/takeover.test.ts' },
};

const { values } = parseArgs({
  options: {
    redis: { type: 'string' },
    mysql: { type: 'string' },
    worker: { type: 'string' },
    runs: { type: 'string', default: '10' },
  },
});
const chosen = Object.keys(KINDS).filter((server) => values[server] !== undefined);
const file = chosen.length === 1 ? KINDS[chosen[0]][values[chosen[0]]] : undefined;
const runs = Number(values.runs);
if (file === undefined || !Number.isSafeInteger(runs) || runs < 1 || runs > 1000) {
  const options = Object.entries(KINDS).map(([server, kinds]) => `--${server} ${Object.keys(kinds).join('|')}`);
  process.stderr.write(`failover: give one of ${options.join(', ')}; --runs takes a number from 1 to 1000\n`);
  process.exit(2);
}
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [vitest, 'run', file, '--testNamePattern', 'under load'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, SHOP_FAILOVER_RUNS: String(runs) },
  stdio: 'inherit',
});
process.exit(status ?? 1);
