import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits for `work` for at most `ms` milliseconds; the work itself continues.
 *
 * @param stop ends the wait before, with its reason.
 * @returns what the work resolves to, or `otherwise` when the time is over.
 */
export async function within<T, Otherwise>(
  ms: number,
  work: Promise<T>,
  otherwise: Otherwise,
  stop?: AbortSignal,
): Promise<T | Otherwise> {
  const over = new AbortController();
  const signal = stop === undefined ? over.signal : AbortSignal.any([over.signal, stop]);
  const late = delay(ms, otherwise, { signal }).catch(() => {
    stop?.throwIfAborted();
    return otherwise;
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}
