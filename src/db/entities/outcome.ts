import { EntitySchema } from 'typeorm';
import { bigint, code, foreignKey, time } from './columns.ts';

/**
 * A row of `outcomes`. It is appended in the same transaction as the effects of its request. A request has at most one outcome.
 */
export interface OutcomeRow {
  requestId: number;
  status: string;
  code: string | null;
  attempts: number;
  /** Details of the outcome, as JSON text. */
  details: string;
  decidedAt: Date;
}

export const OutcomeEntity = new EntitySchema<OutcomeRow>({
  name: 'Outcome',
  tableName: 'outcomes',
  columns: {
    requestId: bigint('request_id', { primary: true }),
    status: code('status', 8),
    code: code('code', 32, { nullable: true }),
    attempts: { type: 'smallint', name: 'attempts' },
    details: { type: 'mediumtext', name: 'details' },
    decidedAt: time('decided_at'),
  },
  foreignKeys: [foreignKey('fk_outcomes_request', 'requestId', 'Request')],
  checks: [
    {
      name: 'ck_outcomes_status',
      expression: "(status = 'applied' AND code IS NULL) OR (status IN ('refused', 'failed') AND code IS NOT NULL)",
    },
    { name: 'ck_outcomes_attempts', expression: 'attempts >= 1 AND attempts <= 3' },
    { name: 'ck_outcomes_details', expression: 'json_valid(details)' },
  ],
});
