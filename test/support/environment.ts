import { fileURLToPath } from 'node:url';

/** The built program. */
export const PROGRAM = fileURLToPath(new URL('../../bin/shop.js', import.meta.url));

/**
 * What the programs that tests start inherit: nothing that would set up the shop, paint it, or tell of the test runner.
 * They speak English, whatever the one who runs the tests does.
 */
export function inheritedEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(SHOP_|VITEST|(NO|FORCE)_COLOR$)/.test(entry[0]),
  );
  return { ...Object.fromEntries(kept), SHOP_LANG: 'en' };
}
