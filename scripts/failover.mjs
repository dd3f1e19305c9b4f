#!/usr/bin/env node
// Failovers under load on real servers, again and again: test/failover.
//
//   npm run failover -- --redis cluster|sentinel [--runs N]
//   npm run failover -- --mysql replica [--runs N]
//
// Prints a line for each run: the longest pause between two outcomes, and what the audit and all other invariants say.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** The test file of each kind; the first of its tests is the failover. */
const KINDS = {
  redis: { cluster: 'test/faults/redis-cluster.test.ts', sentinel: 'test/faults/redis-sentinel.test.ts' },
  mysql: { replica: 'test/faults/mysql-replica.test.ts' },
};

const { values } = parseArgs({
  options: { redis: { type: 'string' }, mysql: { type: 'string' }, runs: { type: 'string', default: '10' } },
});
const files = Object.entries(KINDS).flatMap(([server, kinds]) => kinds[values[server] ?? ''] ?? []);
const file = files.length === 1 ? files[0] : undefined;
const runs = Number(values.runs);
if (file === undefined || !Number.isSafeInteger(runs) || runs < 1 || runs > 1000) {
  const kinds = Object.entries(KINDS).map(([server, of]) => `--${server} takes ${Object.keys(of).join(' or ')}`);
  process.stderr.write(`failover: one of: ${kinds.join(', ')}; --runs takes a number from 1 to 1000\n`);
  process.exit(2);
}
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [vitest, 'run', file, '--testNamePattern', 'under load'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, SHOP_FAILOVER_RUNS: String(runs) },
  stdio: 'inherit',
});
process.exit(status ?? 1);
