import { EntitySchema } from 'typeorm';
import { bigint, code, foreignKey, id, text, time } from './columns.ts';

/** A row of `retries`. It is appended when a failed request is retried, and preserves the failed outcome. */
export interface RetryRow {
  id: number;
  requestId: number;
  /** Code of the failure. */
  code: string;
  /** Number of attempts until the failure, including the last one. */
  attempts: number;
  /** Message of the last attempt's error; null if it was not stored. */
  reason: string | null;
  failedAt: Date;
  /** The operator who retried the request. */
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
