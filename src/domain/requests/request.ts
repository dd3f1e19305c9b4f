import { hash, randomUUID } from 'node:crypto';
import type { Session, SqlValue } from '../../db/mysql/connection.ts';
import { isDuplicate } from '../../db/mysql/errors.ts';
import { type ErrorDetails, ShopError, storedError } from '../errors.ts';
import type { Item, Ref } from '../input.ts';
import type { REQUEST_STATUSES } from './status.ts';

/** What is asked for. Users and products stand as they were named: a reference is resolved when it is decided. */
export type RequestContent =
  | { readonly kind: 'charge'; readonly payload: { readonly user: Ref; readonly amount: number } }
  | { readonly kind: 'order'; readonly payload: OrderPayload }
  | { readonly kind: 'cancel'; readonly payload: { readonly order: number } }
  | { readonly kind: 'restock'; readonly payload: { readonly product: Ref; readonly quantity: number } };

export interface OrderPayload {
  readonly user: Ref;
  readonly items: readonly Item[];
  /** The id of the cart that is checked out: the items leave it in the transaction that records the order. */
  readonly cart?: number;
}

export type RequestKind = RequestContent['kind'];

/** Who asks, from where, and under which idempotency key. */
export interface Origin {
  readonly key: string;
  readonly actor: string;
  readonly host: string;
}

export type RequestStatus = (typeof REQUEST_STATUSES)[number];

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
  readonly outcome: Record<string, unknown> | null;
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
 * @throws ShopError `IDEMPOTENCY_CONFLICT` where the key stands for other content.
 */
export async function recordRequest(session: Session, content: RequestContent, origin: Origin): Promise<Recorded> {
  const hash = contentHash(content);
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

/** What was asked for. */
export function contentOf({ kind, payload }: RequestRecord): RequestContent {
  return { kind, payload } as RequestContent;
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

/**
 * The applied outcome of a decided request.
 *
 * @throws ShopError with the stored code where the request was refused or failed.
 */
export function appliedOutcome(record: RequestRecord): Record<string, unknown> {
  if (record.outcome === null) throw new Error(`request ${record.id} is not decided`);
  if (record.status === 'applied') return record.outcome;
  const details: ErrorDetails = { ...record.outcome, requestId: record.id, key: record.key, attempts: record.attempts };
  throw storedError(record.code ?? 'missing', details);
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
  status: Exclude<RequestStatus, 'pending'> | null;
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
    outcome: row.details === null ? null : JSON.parse(row.details),
    createdAt: row.createdAt,
    decidedAt: row.decidedAt,
  };
}

/** The lines of an order; 1 for any other request. It measures how long a request takes to record and to apply. */
export function lineCount({ kind, payload }: RequestContent): number {
  return kind === 'order' ? payload.items.length : 1;
}

/** SHA-256 over what was asked for: the order in which products are named makes no difference. */
export function contentHash(content: RequestContent): Buffer {
  if (content.kind === 'order' && content.payload.cart !== undefined) return checkoutHash(content.payload.user);
  return sha256(canonical(content));
}

/**
 * The content hash of a checkout. It asks for whatever the cart holds, so that its key answers the first outcome though
 * the cart is another by then.
 */
export function checkoutHash(user: Ref): Buffer {
  return sha256(['checkout', user]);
}

function sha256(value: readonly unknown[]): Buffer {
  // in one call: large batches hash each of their rows
  return hash('sha256', JSON.stringify(value), 'buffer');
}

function canonical(content: RequestContent): readonly unknown[] {
  switch (content.kind) {
    case 'charge':
      return [content.kind, content.payload.user, content.payload.amount];
    case 'restock':
      return [content.kind, content.payload.product, content.payload.quantity];
    case 'cancel':
      return [content.kind, content.payload.order];
    case 'order': {
      const { user, items } = content.payload;
      return [content.kind, user, items.map(({ product, quantity }) => `${product}:${quantity}`).sort()];
    }
  }
}
