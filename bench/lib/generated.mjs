import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

const GENERATE = fileURLToPath(new URL('../generate.mjs', import.meta.url));

/** Writes a file with `generate.mjs` and returns its path. */
export async function generate(scope, path, ...args) {
  const child = scope.spawn([GENERATE, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  await pipeline(child.stdout, createWriteStream(path));
  return path;
}
