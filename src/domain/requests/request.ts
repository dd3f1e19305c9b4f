import { hash, randomUUID } from 'node:crypto';
import type { Session, SqlValue } from '../../db/mysql/connection.ts';
import { isDuplicate } from '../../db/mysql/errors.ts';
import { ShopError } from '../errors.ts';
import type { Ref } from '../input.ts';
import { KINDS, type RequestContent, type RequestKind } from './kinds/index.ts';
import { canonicalCheckout } from './kinds/order.ts';
import type { RequestOrigin } from './origin.ts';
import { parseOutcome, type StoredOutcome } from './outcome.ts';
import type { OutcomeStatus, RequestStatus } from './status.ts';

/** A request with its outcome, as `request show` answers it. */
export interface RequestRecord {
  readonly id: number;
  readonly key: string;
  readonly kind: RequestKind;
  readonly status: RequestStatus;
  readonly code: string | null;
  /** How many attempts the outcome took, 1 to 3; 0 while it is pending. */
  readonly attempts: number;
  /** Who has asked, and on which machine. */
  readonly actor: string;
  readonly host: string;
  /** The batch and the line of its file that it came from; both null for a single command. */
  readonly batchId: number | null;
  readonly line: number | null;
  readonly payload: RequestContent['payload'];
  /** What the outcome says, with the ids of what it made; null while it is pending. */
  readonly outcome: StoredOutcome | null;
  readonly createdAt: Date;
  readonly decidedAt: Date | null;
}

/** A recorded request: `replayed` says that the key had been recorded before, with the same content. */
export interface Recorded {
  readonly id: number;
  readonly key: string;
  readonly replayed: boolean;
}

/** A key for a request that was given none. */
export function newKey(): string {
  return randomUUID();
}

/**
 * Writes the request down. From here on it will be decided, whatever happens to this process or to Redis.
 *
 * The unique key arbitrates between processes: whoever loses reads what the winner recorded.
 *
 * @param hash of the content, if it is known already, see `contentHash`.
 * @throws ShopError `IDEMPOTENCY_CONFLICT` where the key stands for other content.
 */
export async function recordRequest<K extends RequestKind>(
  session: Session,
  content: RequestContent<K>,
  origin: RequestOrigin,
  hash: Buffer = contentHash(content),
): Promise<Recorded> {
  try {
    const { insertId } = await session.execute(
      `INSERT INTO requests (idempotency_key, request_hash, kind, payload, actor, host, created_at)
       VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))`,
      [origin.key, hash, content.kind, JSON.stringify(content.payload), origin.actor, origin.host],
    );
    return { id: insertId, key: origin.key, replayed: false };
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
  const id = await findFirst(session, hash, origin.key);
  if (id === null) throw new Error(`the key ${origin.key} is a duplicate of a request that is not there`);
  return { id, key: origin.key, replayed: true };
}

/**
 * The request that was recorded under this key before, or null.
 *
 * @param hash of the content that is asked for now, see `contentHash`.
 * @throws ShopError `IDEMPOTENCY_CONFLICT` where the key stands for other content.
 */
export async function findRecorded(session: Session, hash: Buffer, key: string): Promise<RequestRecord | null> {
  const id = await findFirst(session, hash, key);
  return id === null ? null : findRequest(session, id);
}

/** What was requested, by a request of this kind. */
export function contentOf<K extends RequestKind>(record: RequestRecord, kind: K): RequestContent<K> {
  if (record.kind !== kind) throw new Error(`request ${record.id} is no ${kind}`);
  return { kind, payload: record.payload } as RequestContent<K>;
}

/** The id of the request with this key, or null. @throws ShopError `IDEMPOTENCY_CONFLICT` if its content is different. */
async function findFirst(session: Session, hash: Buffer, key: string): Promise<number | null> {
  const [first] = await session.query<{ id: number; hash: Buffer }>(
    'SELECT id, request_hash AS hash FROM requests WHERE idempotency_key = ?',
    [key],
  );
  if (first === undefined) return null;
  if (!first.hash.equals(hash)) throw new ShopError('IDEMPOTENCY_CONFLICT', { key, requestId: first.id });
  return first.id;
}

/** The request with this id, or null. */
export async function findRequest(session: Session, id: number): Promise<RequestRecord | null> {
  const [record] = await readRecords(session, 'r.id = ?', [id]);
  return record ?? null;
}

/**
 * The request that `text` stands for: the one with this key, or else, where it is a number, the one with this id.
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
}

const SELECT_REQUESTS = `
  SELECT r.id, r.idempotency_key AS idempotencyKey, r.kind, r.payload, r.actor, r.host,
    r.batch_id AS batchId, r.batch_line AS line, r.created_at AS createdAt,
    o.status, o.code, o.attempts, o.details, o.decided_at AS decidedAt
  FROM requests r
  LEFT JOIN outcomes o ON o.request_id = r.id`;

/**
 * Requests with their outcomes.
 *
 * @param condition what follows WHERE, on the columns of `requests` (`r`) and of `outcomes` (`o`).
 */
export async function readRecords(
  session: Session,
  condition: string,
  values: readonly SqlValue[],
): Promise<RequestRecord[]> {
  const rows = await session.query<RequestColumns>(`${SELECT_REQUESTS} WHERE ${condition}`, values);
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
    createdAt: row.createdAt,
    decidedAt: row.decidedAt,
  };
}

/** SHA-256 over what is requested: the order in which products are named makes no difference. */
export function contentHash<K extends RequestKind>({ kind, payload }: RequestContent<K>): Buffer {
  return sha256(KINDS[kind].canonical(payload));
}

/** The content hash of a checkout, whatever the cart holds. */
export function checkoutHash(user: Ref): Buffer {
  return sha256(canonicalCheckout(user));
}

function sha256(value: readonly unknown[]): Buffer {
  // in one call: large batches hash each of their rows
  return hash('sha256', JSON.stringify(value), 'buffer');
}
