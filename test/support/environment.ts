import { fileURLToPath } from 'node:url';

/** Path of the built program. */
export const PROGRAM = fileURLToPath(new URL('../../bin/shop.js', import.meta.url));

/**
 * Returns the environment of the programs that tests start: without variables that configure the shop, colours or the
 * test runner, and always in English.
 */
export function inheritedEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(SHOP_|VITEST|(NO|FORCE)_COLOR$)/.test(entry[0]),
  );
  return { ...Object.fromEntries(kept), SHOP_LANG: 'en', LC_ALL: 'C.UTF-8' };
}
