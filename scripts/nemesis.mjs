#!/usr/bin/env node
// Injects random faults under load on real servers and checks every invariant at the end; see test/nemesis.
//
//   npm run nemesis -- [--seed N] [--minutes M]
//
// The same seed gives the same commands and faults; without a seed, one is drawn and printed.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { seed: { type: 'string' }, minutes: { type: 'string', default: '3' } } });
const seed = Number(values.seed ?? randomInt(2 ** 31));
const minutes = Number(values.minutes);
if (!Number.isSafeInteger(seed) || seed < 0 || !(minutes > 0 && minutes <= 60)) {
  process.stderr.write('nemesis: --seed takes a whole number, and --minutes a number up to 60\n');
  process.exit(2);
}
process.stderr.write(`nemesis: to repeat this run, use npm run nemesis -- --seed ${seed} --minutes ${minutes}\n`);
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/faults/nemesis.test.ts'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, SHOP_NEMESIS_SEED: String(seed), SHOP_NEMESIS_SECONDS: String(Math.round(minutes * 60)) },
  stdio: 'inherit',
});
process.exit(status ?? 1);
