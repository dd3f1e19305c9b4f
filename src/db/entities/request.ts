import { EntitySchema } from 'typeorm';
import { RECORDED_KINDS } from '../migrations/index.ts';
import { bigint, code, foreignKey, id, text, time } from './columns.ts';

/** A row of `requests`. It is appended when a request is recorded, and never changes. */
export interface RequestRow {
  id: number;
  idempotencyKey: string;
  /** SHA-256 of kind, payload and reason. If a key is used again, the same hash means a replay, and another hash a conflict. */
  requestHash: Buffer;
  kind: string;
  /** Content of the request, as JSON text. */
  payload: string;
  /** Reason given with the command, if any. */
  reason: string | null;
  actor: string;
  host: string;
  /** The batch and the line of its file; both are null for a request from a single command. */
  batchId: number | null;
  batchLine: number | null;
  createdAt: Date;
}

export const RequestEntity = new EntitySchema<RequestRow>({
  name: 'Request',
  tableName: 'requests',
  columns: {
    id,
    idempotencyKey: code('idempotency_key', 128),
    requestHash: { type: 'binary', name: 'request_hash', length: 32 },
    kind: code('kind', 16),
    payload: { type: 'mediumtext', name: 'payload' },
    reason: text('reason', 200, { nullable: true }),
    actor: text('actor', 128),
    host: text('host', 255),
    createdAt: time('created_at'),
    batchId: bigint('batch_id', { nullable: true }),
    batchLine: bigint('batch_line', { nullable: true }),
  },
  uniques: [{ name: 'uq_requests_idempotency_key', columns: ['idempotencyKey'] }],
  indices: [{ name: 'ix_requests_batch', columns: ['batchId', 'batchLine'] }],
  foreignKeys: [foreignKey('fk_requests_batch', 'batchId', 'Batch')],
  checks: [
    { name: 'ck_requests_kind', expression: `kind IN ('${RECORDED_KINDS.join("', '")}')` },
    { name: 'ck_requests_payload', expression: 'json_valid(payload)' },
  ],
});
