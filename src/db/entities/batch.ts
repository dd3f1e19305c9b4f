import { EntitySchema } from 'typeorm';
import { bigint, code, foreignKey, id, text, time } from './columns.ts';

export interface BatchRow {
  id: number;
  name: string;
  /** SHA-256 of the file's content. */
  contentHash: Buffer | null;
  actor: string;
  host: string;
  /** Number of the file's last line; null until a run has sent the whole file. */
  lastLine: number | null;
  /** Number of rows replayed in the last complete run: an earlier row has the same key, or the row's request already had an outcome. */
  replayed: number;
  createdAt: Date;
  /** When the batch was cancelled; null if it was not. A cancelled batch receives no more rows. */
  cancelledAt: Date | null;
}

export const BatchEntity = new EntitySchema<BatchRow>({
  name: 'Batch',
  tableName: 'batches',
  columns: {
    id,
    name: code('name', 100),
    contentHash: { type: 'binary', name: 'content_hash', length: 32, nullable: true },
    actor: text('actor', 128),
    host: text('host', 255),
    lastLine: bigint('last_line', { nullable: true }),
    replayed: bigint('replayed'),
    createdAt: time('created_at'),
    cancelledAt: { ...time('cancelled_at'), nullable: true },
  },
  uniques: [{ name: 'uq_batches_name', columns: ['name'] }],
  indices: [{ name: 'ix_batches_content', columns: ['contentHash'] }],
});

/** A line of a batch that has no request of its own, because it can't be sent or its key was recorded before. */
export interface BatchExceptionRow {
  batchId: number;
  line: number;
  idempotencyKey: string | null;
  kind: string | null;
  /** Id of the request that was recorded earlier with the same key; null if the line can't be sent. */
  requestId: number | null;
  /** Error code that says why the line can't be sent. */
  code: string | null;
  reason: string | null;
}

export const BatchExceptionEntity = new EntitySchema<BatchExceptionRow>({
  name: 'BatchException',
  tableName: 'batch_exceptions',
  columns: {
    batchId: bigint('batch_id', { primary: true }),
    line: bigint('line', { primary: true }),
    idempotencyKey: code('idempotency_key', 128, { nullable: true }),
    kind: code('kind', 16, { nullable: true }),
    requestId: bigint('request_id', { nullable: true }),
    code: code('code', 32, { nullable: true }),
    reason: text('reason', 500, { nullable: true }),
  },
  indices: [{ name: 'ix_batch_exceptions_request', columns: ['requestId'] }],
  foreignKeys: [
    foreignKey('fk_batch_exceptions_batch', 'batchId', 'Batch'),
    foreignKey('fk_batch_exceptions_request', 'requestId', 'Request'),
  ],
  checks: [
    {
      name: 'ck_batch_exceptions_code',
      expression: '(request_id IS NOT NULL AND code IS NULL) OR (request_id IS NULL AND code IS NOT NULL)',
    },
  ],
});
