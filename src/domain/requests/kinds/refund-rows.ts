import { WHOLE } from '../../audit/check.ts';
import { json } from '../../audit/kind-proof.ts';

/*
 * Derived tables for the proofs of returns and cancellations. They have few rows, because few orders are returned. So it is fast to look
 * up the rows of other tables by key.
 */

/** SQL for the ledger rows of refunds. */
export const REFUNDS = `(SELECT * FROM point_transactions ${WHOLE} WHERE type = 'refund')`;

/** SQL for the stock rows of returns, by request and product. */
export const RETURN_ROWS = `(
    SELECT request_id, product_id, COUNT(*) AS return_rows, MIN(id) AS id, SUM(quantity) AS quantity
    FROM stock_movements ${WHOLE} WHERE type = 'return' GROUP BY request_id, product_id
  )`;

/** SQL for the units in the applied requests of the kind `return`, grouped by request and product. */
export const RETURNED_ITEMS = returnedItems(REFUNDS);

/**
 * Returns SQL for the units that applied requests of the kind `return` contain, by request and product. The requests are found
 * by their refunds, because each applied return has one.
 *
 * @param refunds SQL for the ledger rows of the refunds.
 */
export function returnedItems(refunds: string): string {
  return `(
    SELECT t.request_id, t.order_id, COALESCE(p.id, CAST(i.product AS UNSIGNED)) AS product_id,
      SUM(i.quantity) AS quantity, MAX(${json('r.payload', 'restock')}) AS restock, MAX(t.created_at) AS created_at
    FROM ${refunds} t
    JOIN requests r ON r.id = t.request_id AND r.kind = 'return'
    JOIN JSON_TABLE(r.payload, '$.items[*]'
      COLUMNS (product VARCHAR(100) PATH '$.product', quantity BIGINT PATH '$.quantity')) i
    LEFT JOIN products p ON p.reference = SUBSTRING(i.product, 2) AND i.product LIKE '@%'
    GROUP BY 1, 2, 3
  )`;
}
