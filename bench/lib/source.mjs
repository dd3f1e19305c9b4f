import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadTypeScript } from '../../scripts/load-typescript.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const SHOP = join(ROOT, 'bin', 'shop.js');

/** The shop's own code, from its sources: what a benchmark does in its own process it does as the program does. */
export function loadSource() {
  return loadTypeScript(new URL('shop-source.ts', import.meta.url));
}
