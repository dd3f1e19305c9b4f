import type { FailureCode } from '../errors.ts';

/*
 * Words that requests are told apart by. Help needs them and no database, so they are apart from what reads requests.
 */

/** What a request may be: without an outcome, or one of the stored outcomes. */
export const REQUEST_STATUSES = ['pending', 'applied', 'refused', 'failed'] as const;

/** What a request may ask for. */
export const REQUEST_KINDS = ['charge', 'order', 'cancel', 'restock'] as const;

/** The code with which a request of each kind fails for good. */
export const FAILURE_CODES: Readonly<Record<(typeof REQUEST_KINDS)[number], FailureCode>> = {
  charge: 'CHARGE_FAILED',
  order: 'PAYMENT_FAILED',
  cancel: 'CANCEL_FAILED',
  restock: 'RESTOCK_FAILED',
};
