import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadTypeScript } from '../../scripts/load-typescript.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const SHOP = join(ROOT, 'bin', 'shop.js');

/** Loads the shop's code from its sources, so that a benchmark can run this code in its own process. */
export function loadSource() {
  return loadTypeScript(new URL('shop-source.ts', import.meta.url));
}
