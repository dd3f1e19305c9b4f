import { EntitySchema } from 'typeorm';
import { code, id, text, time } from './columns.ts';

/** A row of `requests`: appended when a command is recorded, never changed. */
export interface RequestRow {
  id: number;
  idempotencyKey: string;
  /** SHA-256 of kind and payload, to tell a replay from a conflict. */
  requestHash: Buffer;
  kind: string;
  /** JSON text. */
  payload: string;
  actor: string;
  host: string;
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
    actor: text('actor', 128),
    host: text('host', 255),
    createdAt: time('created_at'),
  },
  uniques: [{ name: 'uq_requests_idempotency_key', columns: ['idempotencyKey'] }],
  checks: [
    { name: 'ck_requests_kind', expression: "kind IN ('charge', 'order', 'restock')" },
    { name: 'ck_requests_payload', expression: 'json_valid(payload)' },
  ],
});
