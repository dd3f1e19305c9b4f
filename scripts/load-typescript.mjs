import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';

/** Loads a TypeScript file and returns its exports, because the oldest supported Node.js can't import TypeScript. */
export async function loadTypeScript(url) {
  // the built file is in node_modules, because Node.js searches for packages from the file's folder upwards
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
