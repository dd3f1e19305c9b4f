/** Maximum delay of a timer. A timer with a longer delay would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Waits for `work` for at most `ms` milliseconds. The work continues after the time limit.
 *
 * @param stop aborts the wait, which then rejects with the signal's reason.
 * @returns the result of the work, or `otherwise` when the time limit is reached.
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
    const timer = setTimeout(resolve, Math.min(ms, LONGEST_TIMER_MS), otherwise);
    const stopped = () => reject(stop?.reason);
    stop?.addEventListener('abort', stopped);
    // a timer from timers/promises would create an error with a stack trace each time it is aborted
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
