import { expect, it } from 'vitest';
import {
  EXIT_BATCH_INCOMPLETE,
  EXIT_BUG,
  EXIT_CODES,
  EXIT_DONE,
  EXIT_FAULT_FOUND,
  EXIT_INTERRUPTED,
  exitStatusOf,
} from './exit-codes.ts';

// scripts depend on these numbers: they are part of the contract
it('keeps the exit status of each code', () => {
  expect(EXIT_CODES).toMatchObject({
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
  });
  expect([exitStatusOf('CONFIG'), exitStatusOf('OUTPUT_FAILED')]).toEqual([78, 74]);
  for (const code of ['CHARGE_FAILED', 'PAYMENT_FAILED', 'CANCEL_FAILED', 'RESTOCK_FAILED', 'ADJUST_FAILED'] as const)
    expect(exitStatusOf(code)).toBe(8);
  expect([EXIT_DONE, EXIT_BUG, EXIT_BATCH_INCOMPLETE, EXIT_FAULT_FOUND]).toEqual([0, 1, 6, 9]);
  expect(EXIT_INTERRUPTED).toEqual({ SIGINT: 130, SIGTERM: 143 });
});
