import { EntitySchema } from 'typeorm';
import { bigint, foreignKey, text, time } from './columns.ts';

/** A row of `attempts`: appended when an attempt of a single request has failed, before the next is made. */
export interface AttemptRow {
  requestId: number;
  /** From 1. */
  attempt: number;
  /** What the error says, cut off where it is long. */
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
