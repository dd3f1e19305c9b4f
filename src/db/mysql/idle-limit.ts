/**
 * Seconds without a statement after which the server ends a command's transaction, so that a suspended command loses its locks.
 */
export const TRANSACTION_IDLE_SECONDS = 4;

/** Statement that restores the server's own idle limit for a session. */
export const LIFT_IDLE_LIMIT = idleLimit('DEFAULT');

/**
 * Returns the statement that limits how long the server waits for its client: for the next statement, for the rest of a
 * statement, or for the client to read a result. At the limit, the server ends the session and rolls back its transaction.
 */
export function limitIdle(seconds: number): string {
  return idleLimit(String(seconds));
}

function idleLimit(value: string): string {
  return `SET SESSION wait_timeout = ${value}, net_write_timeout = ${value}`;
}
