import { readFileSync } from 'node:fs';

declare const SHOP_VERSION: string | undefined;

/** Returns the version, which the build inserts. A program that runs from its sources reads it from package.json. */
export function packageVersion(): string {
  if (typeof SHOP_VERSION === 'string') return SHOP_VERSION;
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}
