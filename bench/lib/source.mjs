import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const SHOP = join(ROOT, 'bin', 'shop.js');

/** The shop's own code, from its sources: what a benchmark does in its own process it does as the program does. */
export async function loadSource() {
  // packages are found from there
  const file = join(ROOT, 'node_modules', `.shop-bench-${process.pid}.mjs`);
  try {
    await build({
      input: fileURLToPath(new URL('shop-source.ts', import.meta.url)),
      platform: 'node',
      external: /^[^./]/,
      output: { file, format: 'esm', codeSplitting: false },
      logLevel: 'warn',
    });
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(file, { force: true });
  }
}
