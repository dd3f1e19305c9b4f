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
  stop?.throwIfAborted();
  let end = () => {};
  const over = new Promise<Otherwise>((resolve, reject) => {
    const timer = setTimeout(resolve, ms, otherwise);
    const stopped = () => reject(stop?.reason);
    stop?.addEventListener('abort', stopped);
    // a signal for the timer would cost an error with its stack each time
    end = () => {
      clearTimeout(timer);
      stop?.removeEventListener('abort', stopped);
    };
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    end();
  }
}
