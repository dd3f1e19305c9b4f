import { ShopError } from '../domain/errors.ts';
import { withDotEnv } from './dot-env.ts';

/**
 * Sets the time zone of this process to `SHOP_TIME_ZONE`, from the environment or `.env`. `Date` then reads and formats local times
 * in this zone. The system's zone stays if the setting is missing, or if the settings are malformed. In the latter case, a command
 * that needs the settings reports the error.
 */
export function applyTimeZone(env: NodeJS.ProcessEnv = process.env): void {
  const zone = canonicalTimeZone(readTimeZone(env) ?? '');
  if (zone !== null) process.env.TZ = zone;
}

/** Returns the name of a time zone with correct capital letters: `Asia/Seoul` for `asia/seoul`. Returns null for other text. */
export function canonicalTimeZone(name: string): string | null {
  // newer versions of Node also accept an offset such as +09:00, which the variable TZ would interpret differently
  if (!/^[a-z]/i.test(name)) return null;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function readTimeZone(env: NodeJS.ProcessEnv): string | undefined {
  try {
    return withDotEnv(env).SHOP_TIME_ZONE;
  } catch (error) {
    if (error instanceof ShopError) return undefined;
    throw error;
  }
}
