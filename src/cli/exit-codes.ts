import { type ErrorCode, FAILURE_CODES, type FailureCode } from '../domain/errors.ts';

/** Exit statuses that do not stand for an error code. */
export const EXIT_DONE: number = 0;
export const EXIT_BUG = 1;
/** A batch ran, and some of its rows were refused or failed. */
export const EXIT_BATCH_INCOMPLETE = 6;
/** `audit` or `doctor` found a fault. */
export const EXIT_FAULT_FOUND = 9;
export const EXIT_INTERRUPTED = { SIGINT: 130, SIGTERM: 143 } as const;

const FAILED = Object.fromEntries(FAILURE_CODES.map((code) => [code, 8])) as Record<FailureCode, number>;

/** The exit status of each error code. Codes that a script handles in the same way share a status. */
export const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  INVALID_INPUT: 2,
  INPUT_REQUIRED: 2,
  INSUFFICIENT_POINTS: 3,
  INSUFFICIENT_STOCK: 3,
  INSUFFICIENT_CART_QUANTITY: 3,
  LIMIT_EXCEEDED: 3,
  ORDER_NOT_CANCELLABLE: 3,
  EMPTY_CART: 3,
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
  ...FAILED,
  UNAVAILABLE: 69,
  OUTPUT_FAILED: 74,
  PENDING: 75,
  CONFIG: 78,
};
