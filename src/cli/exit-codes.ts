import type { DetailsByCode, ErrorCode } from '../domain/errors.ts';

export const EXIT_DONE: number = 0;
export const EXIT_BUG = 1;
/** Exit status of a batch or an import with refused or failed rows. */
export const EXIT_BATCH_INCOMPLETE = 6;
/** Exit status of `audit` or `doctor` if it found a fault. */
export const EXIT_FAULT_FOUND = 9;
export const EXIT_INTERRUPTED = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Exit status of a request that failed permanently. The error code depends on the kind of request, such as
 * `CHARGE_FAILED`.
 */
export const EXIT_REQUEST_FAILED = 8;

/**
 * The exit statuses of the error codes, except those of permanent failures. Codes that a script handles in the same way
 * share a status.
 */
export const EXIT_CODES: Readonly<Record<keyof DetailsByCode, number>> = {
  INVALID_INPUT: 2,
  INPUT_REQUIRED: 2,
  INSUFFICIENT_POINTS: 3,
  INSUFFICIENT_STOCK: 3,
  INSUFFICIENT_CART_QUANTITY: 3,
  INSUFFICIENT_ORDER_QUANTITY: 3,
  LIMIT_EXCEEDED: 3,
  ORDER_NOT_CANCELLABLE: 3,
  ORDER_NOT_RETURNABLE: 3,
  STOCK_CHANGED: 3,
  EMPTY_CART: 3,
  USER_BLOCKED: 3,
  PRODUCT_RETIRED: 3,
  CANCELLED: 3,
  ALREADY_DECIDED: 3,
  INVALID_USER: 4,
  INVALID_PRODUCT: 4,
  INVALID_CART: 4,
  INVALID_ORDER: 4,
  INVALID_REQUEST: 4,
  INVALID_BATCH: 4,
  IDEMPOTENCY_CONFLICT: 5,
  LOCKED: 7,
  UNAVAILABLE: 69,
  OUTPUT_FAILED: 74,
  PENDING: 75,
  CONFIG: 78,
};

/** Returns the exit status of an error code. */
export function exitStatusOf(code: ErrorCode): number {
  const statuses: Readonly<Record<string, number>> = EXIT_CODES;
  return statuses[code] ?? EXIT_REQUEST_FAILED;
}
