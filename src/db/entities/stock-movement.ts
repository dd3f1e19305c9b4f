import { EntitySchema } from 'typeorm';
import { bigint, code, id, time, typeCheck } from './columns.ts';
import { STOCK_ROWS } from './row-types.ts';

/**
 * A row of the stock ledger. The first row of a product has the type `initial`. `stockAfter` is the sum of the product's
 * quantities up to and including this row.
 */
export interface StockMovementRow {
  id: number;
  productId: number;
  type: string;
  /** Change of the stock; negative for a decrease. */
  quantity: number;
  stockAfter: number;
  /** Id of the request; null for the initial stock of a new product, which has no request. */
  requestId: number | null;
  createdAt: Date;
}

export const StockMovementEntity = new EntitySchema<StockMovementRow>({
  name: 'StockMovement',
  tableName: 'stock_movements',
  columns: {
    id,
    productId: bigint('product_id'),
    type: code('type', 16),
    quantity: bigint('quantity'),
    stockAfter: bigint('stock_after'),
    requestId: bigint('request_id', { nullable: true }),
    createdAt: time('created_at'),
  },
  indices: [{ name: 'ix_stock_movements_history', columns: ['productId', 'id', 'type'] }],
  checks: [
    {
      name: 'ck_stock_movements_type',
      expression: typeCheck({ initial: 'quantity >= 0 AND request_id IS NULL', ...STOCK_ROWS }),
    },
    { name: 'ck_stock_movements_stock', expression: 'stock_after >= 0 AND stock_after <= 9007199254740991' },
  ],
});
