import { EntitySchema } from 'typeorm';
import { bigint, foreignKey, text, time } from './columns.ts';

/** A row of `withdrawals`. It is appended when a pending request is cancelled. The lane reads it. */
export interface WithdrawalRow {
  requestId: number;
  actor: string;
  host: string;
  withdrawnAt: Date;
}

export const WithdrawalEntity = new EntitySchema<WithdrawalRow>({
  name: 'Withdrawal',
  tableName: 'withdrawals',
  columns: {
    requestId: bigint('request_id', { primary: true }),
    actor: text('actor', 128),
    host: text('host', 255),
    withdrawnAt: time('withdrawn_at'),
  },
  foreignKeys: [foreignKey('fk_withdrawals_request', 'requestId', 'Request')],
});
