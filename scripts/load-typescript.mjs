import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';

/** What a file of TypeScript exports: the oldest Node that is to run this takes none by itself. */
export async function loadTypeScript(url) {
  // packages are found from there
  const file = join(fileURLToPath(new URL('../node_modules', import.meta.url)), `.shop-script-${process.pid}.mjs`);
  try {
    await build({
      input: fileURLToPath(url),
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
