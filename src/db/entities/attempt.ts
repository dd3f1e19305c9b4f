import { EntitySchema } from 'typeorm';
import { bigint, foreignKey, text, time } from './columns.ts';

/** A row of `attempts`. A row is appended after each failed attempt to apply a request, before the next attempt. */
export interface AttemptRow {
  requestId: number;
  /** Number of the attempt, counted from 1. */
  attempt: number;
  /** Message of the error, truncated to 500 characters. */
  reason: string;
  failedAt: Date;
}

export const AttemptEntity = new EntitySchema<AttemptRow>({
  name: 'Attempt',
  tableName: 'attempts',
  columns: {
    requestId: bigint('request_id', { primary: true }),
    attempt: { type: 'smallint', name: 'attempt', primary: true },
    reason: text('reason', 500),
    failedAt: time('failed_at'),
  },
  foreignKeys: [foreignKey('fk_attempts_request', 'requestId', 'Request')],
  checks: [{ name: 'ck_attempts_attempt', expression: 'attempt >= 1 AND attempt <= 3' }],
});
