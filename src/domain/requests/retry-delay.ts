/** Maximum number of attempts for a request. */
export const MAX_ATTEMPTS = 3;

const FIRST_BACKOFF_MS = 200;

/** Returns the milliseconds to wait after a failed attempt. @param attempt the number of the attempt, from 1. */
export function attemptBackoffMs(attempt: number): number {
  return FIRST_BACKOFF_MS * 2 ** (attempt - 1) * (1 + Math.random() / 4);
}
