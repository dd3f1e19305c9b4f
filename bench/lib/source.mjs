import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadTypeScript } from '../../scripts/load-typescript.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const SHOP = join(ROOT, 'bin', 'shop.js');

/** Loads the shop's own code from its sources, so that benchmarks do in their own process what the program does. */
export function loadSource() {
  return loadTypeScript(new URL('shop-source.ts', import.meta.url));
}
