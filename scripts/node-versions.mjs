/**
 * Runs the built program on other versions of Node.js: `npm run test:node -- 22 24`, or 22, 24 and 26 without arguments. The
 * binaries are npm packages, one per platform, and are installed into a folder that is removed afterwards.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const versions = process.argv.length > 2 ? process.argv.slice(2) : ['22', '24', '26'];
const folder = mkdtempSync(join(tmpdir(), 'shop-node-'));
const run = (command, args, env = {}) =>
  spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1;

try {
  const packages = versions.map((version) => `node-${version}@npm:node-${process.platform}-${process.arch}@${version}`);
  const options = ['--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error'];
  process.exitCode = run('npm', ['install', ...options, ...packages]);
  if (process.exitCode === 0) {
    const nodes = versions.map((version) => join(folder, 'node_modules', `node-${version}`, 'bin', 'node'));
    const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
    process.exitCode = run(process.execPath, [vitest, 'run', 'test/acceptance/node-versions.test.ts'], {
      SHOP_TEST_NODES: nodes.join(delimiter),
    });
  }
} finally {
  rmSync(folder, { recursive: true });
}
