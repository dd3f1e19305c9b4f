import { EntitySchema } from 'typeorm';
import { bigint, code, foreignKey, id, text, time } from './columns.ts';

/** A row of `retries`: appended when a failed outcome is taken back, and says what it was. */
export interface RetryRow {
  id: number;
  requestId: number;
  /** The code that it had failed with, after so many attempts. */
  code: string;
  attempts: number;
  /** What the last attempt's error said; null where that was not written down. */
  reason: string | null;
  failedAt: Date;
  /** Who has taken it back. */
  actor: string;
  host: string;
  retriedAt: Date;
}

export const RetryEntity = new EntitySchema<RetryRow>({
  name: 'Retry',
  tableName: 'retries',
  columns: {
    id,
    requestId: bigint('request_id'),
    code: code('code', 32),
    attempts: { type: 'smallint', name: 'attempts' },
    reason: text('reason', 500, { nullable: true }),
    failedAt: time('failed_at'),
    actor: text('actor', 128),
    host: text('host', 255),
    retriedAt: time('retried_at'),
  },
  indices: [{ name: 'ix_retries_request', columns: ['requestId'] }],
  foreignKeys: [foreignKey('fk_retries_request', 'requestId', 'Request')],
});
