/**
 * Seconds without a statement after which the server ends a transaction of a command: one that is suspended in the middle
 * of it must not keep its locks.
 */
export const TRANSACTION_IDLE_SECONDS = 4;

/** Puts a session's idle limit back to the server's own. */
export const LIFT_IDLE_LIMIT = idleLimit('DEFAULT');

/**
 * The statement that limits how long the server waits for its client: for the next statement, for the rest of one that
 * has arrived in part, and until a result is read. The server ends the session then, and rolls back its transaction.
 */
export function limitIdle(seconds: number): string {
  return idleLimit(String(seconds));
}

function idleLimit(value: string): string {
  return `SET SESSION wait_timeout = ${value}, net_write_timeout = ${value}`;
}
