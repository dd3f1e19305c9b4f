import { EntitySchema } from 'typeorm';
import { bigint, code, time, typeCheck } from './columns.ts';
import { LEDGER_ROWS } from './row-types.ts';

/** A row of the points ledger. `balanceAfter` is the sum of the user's amounts up to and including this row. */
export interface PointTransactionRow {
  /** Id that the lane assigns. The lane is the only writer of this table. */
  id: number;
  userId: number;
  type: string;
  /** Change of the balance; negative for a decrease. */
  amount: number;
  balanceAfter: number;
  requestId: number;
  orderId: number | null;
  createdAt: Date;
}

export const PointTransactionEntity = new EntitySchema<PointTransactionRow>({
  name: 'PointTransaction',
  tableName: 'point_transactions',
  columns: {
    id: bigint('id', { primary: true }),
    userId: bigint('user_id'),
    type: code('type', 16),
    amount: bigint('amount'),
    balanceAfter: bigint('balance_after'),
    requestId: bigint('request_id'),
    orderId: bigint('order_id', { nullable: true }),
    createdAt: time('created_at'),
  },
  indices: [{ name: 'ix_point_transactions_user', columns: ['userId', 'id'] }],
  checks: [
    { name: 'ck_point_transactions_type', expression: typeCheck(LEDGER_ROWS) },
    {
      name: 'ck_point_transactions_balance',
      expression: 'balance_after >= 0 AND balance_after <= 9007199254740991',
    },
  ],
});
