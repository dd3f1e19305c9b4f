import { hash, randomUUID } from 'node:crypto';
import type { Conditions } from '../../db/mysql/conditions.ts';
import type { Session, SqlValue } from '../../db/mysql/connection.ts';
import { isDuplicate } from '../../db/mysql/errors.ts';
import { ShopError } from '../errors.ts';
import type { Ref } from '../input.ts';
import { KINDS, type RequestContent, type RequestKind } from './kinds/index.ts';
import { canonicalCheckout } from './kinds/order.ts';
import type { RequestOrigin } from './origin.ts';
import { parseOutcome, type StoredOutcome } from './outcome.ts';
import type { OutcomeStatus, RequestStatus } from './status.ts';

/** A request with its outcome. */
export interface RequestRecord {
  readonly id: number;
  readonly key: string;
  readonly kind: RequestKind;
  readonly status: RequestStatus;
  readonly code: string | null;
  /** Number of attempts up to the outcome, 1 to 3; 0 while the request is pending. */
  readonly attempts: number;
  /** The actor who made the request. */
  readonly actor: string;
  /** The name of the actor's machine. */
  readonly host: string;
  /** The batch and the line of its file. Both are null for a request from a single command. */
  readonly batchId: number | null;
  readonly line: number | null;
  readonly payload: RequestContent['payload'];
  /** The details of the outcome, with the ids of created rows; null while the request is pending. */
  readonly outcome: StoredOutcome | null;
  /** The reason that was given with the command, if any. */
  readonly reason: string | null;
  readonly createdAt: Date;
  readonly decidedAt: Date | null;
  /** True for a pending request that is withdrawn, so that it will be refused with `CANCELLED`. */
  readonly withdrawn?: true;
}

/** A recorded request. `replayed` is true if the key was recorded before with the same content. */
export interface Recorded {
  readonly id: number;
  readonly key: string;
  readonly replayed: boolean;
}

/** Creates a key for a request that has none. */
export function newKey(): string {
  return randomUUID();
}

/**
 * Records the request. From then on it will be decided, even if this process or Redis fails.
 *
 * If several processes use the same key, the unique index lets only one of them record a request. The others read that request.
 *
 * @param hash the hash of the content, if it is already known; see `contentHash`.
 * @throws ShopError `IDEMPOTENCY_CONFLICT` if the key was recorded with other content.
 */
export async function recordRequest<K extends RequestKind>(
  session: Session,
  content: RequestContent<K>,
  origin: RequestOrigin,
  hash: Buffer = contentHash(content),
): Promise<Recorded> {
  try {
    const { insertId } = await session.execute(
      `INSERT INTO requests (idempotency_key, request_hash, kind, payload, reason, actor, host, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))`,
      [
        origin.key,
        hash,
        content.kind,
        JSON.stringify(content.payload),
        content.reason ?? null,
        origin.actor,
        origin.host,
      ],
    );
    return { id: insertId, key: origin.key, replayed: false };
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
  const id = await findFirst(session, hash, origin.key);
  if (id === null) throw new Error(`the key ${origin.key} is in use, but its request was not found`);
  return { id, key: origin.key, replayed: true };
}

/**
 * Finds the request that was recorded under this key; null if there is none.
 *
 * @param hash the hash of the content that is requested now; see `contentHash`.
 * @throws ShopError `IDEMPOTENCY_CONFLICT` if the key was recorded with other content.
 */
export async function findRecorded(session: Session, hash: Buffer, key: string): Promise<RequestRecord | null> {
  const id = await findFirst(session, hash, key);
  return id === null ? null : findRequest(session, id);
}

/** Returns the content of a request, typed by its kind. @throws Error if the request is of another kind. */
export function contentOf<K extends RequestKind>(record: RequestRecord, kind: K): RequestContent<K> {
  if (record.kind !== kind) throw new Error(`request ${record.id} is not of the kind ${kind}`);
  return { kind, payload: record.payload, reason: record.reason ?? undefined } as RequestContent<K>;
}

/** Finds the id of the request with this key, or null. @throws ShopError `IDEMPOTENCY_CONFLICT` if it has other content. */
async function findFirst(session: Session, hash: Buffer, key: string): Promise<number | null> {
  const [first] = await session.query<{ id: number; hash: Buffer }>(
    'SELECT id, request_hash AS hash FROM requests WHERE idempotency_key = ?',
    [key],
  );
  if (first === undefined) return null;
  if (!first.hash.equals(hash)) throw new ShopError('IDEMPOTENCY_CONFLICT', { key, requestId: first.id });
  return first.id;
}

/** Finds the request with this id; null if there is none. */
export async function findRequest(session: Session, id: number): Promise<RequestRecord | null> {
  const [record] = await readRecords(session, 'r.id = ?', [id]);
  return record ?? null;
}

/**
 * Finds a request by its key or, if no request has that key, by its id.
 *
 * @throws ShopError `INVALID_REQUEST`
 */
export async function showRequest(session: Session, text: string): Promise<RequestRecord> {
  const [byKey] = await readRecords(session, 'r.idempotency_key = ?', [text]);
  if (byKey !== undefined) return byKey;
  const byId = /^[1-9][0-9]{0,15}$/.test(text) ? await findRequest(session, Number(text)) : null;
  if (byId === null) throw new ShopError('INVALID_REQUEST', { request: text });
  return byId;
}

interface RequestColumns {
  id: number;
  idempotencyKey: string;
  kind: RequestKind;
  payload: string;
  reason: string | null;
  actor: string;
  host: string;
  batchId: number | null;
  line: number | null;
  createdAt: Date;
  status: OutcomeStatus | null;
  code: string | null;
  attempts: number | null;
  details: string | null;
  decidedAt: Date | null;
  withdrawn: 1 | 0;
}

const REQUEST_COLUMNS = `r.id, r.idempotency_key AS idempotencyKey, r.kind, r.payload, r.reason, r.actor, r.host,
    r.batch_id AS batchId, r.batch_line AS line, r.created_at AS createdAt,
    o.status, o.code, o.attempts, o.details, o.decided_at AS decidedAt,
    o.request_id IS NULL AND EXISTS (SELECT 1 FROM withdrawals w WHERE w.request_id = r.id) AS withdrawn`;

/**
 * Reads requests with their outcomes.
 *
 * @param condition the SQL after WHERE, with the columns of `requests` (`r`) and `outcomes` (`o`).
 */
export async function readRecords(
  session: Session,
  condition: string,
  values: readonly SqlValue[],
): Promise<RequestRecord[]> {
  const rows = await session.query<RequestColumns>(
    `SELECT ${REQUEST_COLUMNS} FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id WHERE ${condition}`,
    values,
  );
  return rows.map(toRecord);
}

/** The tables from which a page of requests is selected. */
export interface PageSource {
  /** SQL for `requests` (`r`) and, if the conditions refer to it, `outcomes` (`o`). */
  readonly from: string;
  /** The id column of the first table in `from`, so that the server reads that table in order. */
  readonly id: 'r.id' | 'o.request_id';
}

/** Reads a page of requests with their outcomes, newest first. */
export async function readRecordsPage(
  session: Session,
  { from, id }: PageSource,
  where: Conditions,
  limit: number,
): Promise<RequestRecord[]> {
  const rows = await session.query<RequestColumns>(
    // the rows are limited before the outcomes are joined; otherwise a server may read and sort both tables
    `SELECT ${REQUEST_COLUMNS}
     FROM (SELECT r.* FROM ${from} WHERE ${where.sql} ORDER BY ${id} DESC LIMIT ?) r
       LEFT JOIN outcomes o ON o.request_id = r.id
     ORDER BY r.id DESC`,
    [...where.values, limit],
  );
  return rows.map(toRecord);
}

function toRecord(row: RequestColumns): RequestRecord {
  return {
    id: row.id,
    key: row.idempotencyKey,
    kind: row.kind,
    status: row.status ?? 'pending',
    code: row.code,
    attempts: row.attempts ?? 0,
    actor: row.actor,
    host: row.host,
    batchId: row.batchId,
    line: row.line,
    payload: JSON.parse(row.payload),
    outcome: row.details === null ? null : parseOutcome(row.details),
    reason: row.reason,
    createdAt: row.createdAt,
    decidedAt: row.decidedAt,
    ...(row.withdrawn === 1 ? { withdrawn: true } : {}),
  };
}

/** Returns the SHA-256 of the requested content. The order of the products makes no difference. */
export function contentHash<K extends RequestKind>({ kind, payload, reason }: RequestContent<K>): Buffer {
  const canonical = KINDS[kind].canonical(payload);
  // without a reason, the hash must equal the hashes that were stored before reasons existed
  return sha256(reason === undefined ? canonical : [canonical, reason]);
}

/** Returns the hash of a checkout, which does not depend on the cart's content. */
export function checkoutHash(user: Ref): Buffer {
  return sha256(canonicalCheckout(user));
}

function sha256(value: readonly unknown[]): Buffer {
  // the function `hash` is faster than a `Hash` object, which matters because each row of a large batch is hashed
  return hash('sha256', JSON.stringify(value), 'buffer');
}
