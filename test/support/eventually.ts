import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 25;
const LIMIT_MS = 90_000;

/**
 * Calls `poll` until it returns something other than undefined or false, and returns that.
 *
 * @throws Error, naming `what`, after `limitMs`.
 */
export async function eventually<T>(
  what: string,
  poll: () => Promise<T | undefined | false> | T | undefined | false,
  limitMs: number = LIMIT_MS,
): Promise<T> {
  for (const deadline = Date.now() + limitMs; ; ) {
    const found = await poll();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`not within ${limitMs} ms: ${what}`);
    await delay(PAUSE_MS);
  }
}
