/**
 * Seconds without a statement after which the server ends a command's transaction, so that a suspended command loses its locks.
 */
export const TRANSACTION_IDLE_SECONDS = 4;

/** Statement that resets a session's idle limit to the server's own. */
export const LIFT_IDLE_LIMIT = idleLimit('DEFAULT');

/**
 * Returns the statement that limits how long the server waits for its client: for the next statement, for the rest of a
 * statement, or until the client reads a result. After that the server ends the session and rolls back its transaction.
 */
export function limitIdle(seconds: number): string {
  return idleLimit(String(seconds));
}

function idleLimit(value: string): string {
  return `SET SESSION wait_timeout = ${value}, net_write_timeout = ${value}`;
}
