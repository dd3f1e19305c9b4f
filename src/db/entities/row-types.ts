/*
 * The types of rows that the CHECKs of the tables allow. This file imports nothing, so that help can list the types without
 * loading TypeORM.
 */

/** The types of ledger rows, each with the condition for such a row. */
export const LEDGER_ROWS = {
  charge: 'amount > 0 AND order_id IS NULL',
  payment: 'amount < 0 AND order_id IS NOT NULL',
  refund: 'amount > 0 AND order_id IS NOT NULL',
  adjustment: 'amount <> 0 AND order_id IS NULL',
};

/** The types of stock rows that a request may write, each with the condition for such a row. */
export const STOCK_ROWS = {
  restock: 'quantity > 0 AND request_id IS NOT NULL',
  sale: 'quantity < 0 AND request_id IS NOT NULL',
  return: 'quantity > 0 AND request_id IS NOT NULL',
  adjustment: 'request_id IS NOT NULL',
};
