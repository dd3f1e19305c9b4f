import { Conditions } from '../../db/mysql/conditions.ts';
import type { Session } from '../../db/mysql/connection.ts';
import type { Page } from '../../db/mysql/page.ts';
import { ShopError } from '../errors.ts';
import type { Phrase } from '../phrase.ts';
import type { RequestKind } from '../requests/kinds/index.ts';
import { parseOutcome, storedError } from '../requests/outcome.ts';
import { findPendingRanges } from '../requests/pending.ts';
import { MAX_ATTEMPTS } from '../requests/retry-delay.ts';
import type { OutcomeStatus, RequestStatus } from '../requests/status.ts';
import { HAS_WITHDRAWABLE } from '../requests/withdraw.ts';
import type { BatchStatus } from './status.ts';

/** A batch with its totals. Each row is applied, refused, failed or pending. */
export interface BatchTotals {
  readonly batchId: number;
  readonly name: string;
  readonly total: number;
  readonly applied: number;
  readonly refused: number;
  readonly failed: number;
  readonly pending: number;
  /** Number of rows replayed in the last complete run: an earlier row has the same key, or the row's request already had an outcome. */
  readonly replayed: number;
  /** Seconds from the start of the batch to its newest outcome. */
  readonly seconds: number;
  /** When the batch was cancelled; missing if it was not. */
  readonly cancelledAt?: Date;
}

/** Filters of `batch list`. */
export interface BatchFilter extends Page {
  readonly status?: BatchStatus | undefined;
  /** Ids that `batchesWithPending` has returned, for the statuses `pending` and `done`. */
  readonly withPending?: readonly number[] | undefined;
  /** If true, only batches that have a pending, not withdrawn request among the newest requests (see `isNewWithdrawable`). */
  readonly withdrawable?: boolean;
}

/** A row of a batch with its outcome. */
export interface BatchResult {
  readonly line: number;
  readonly key: string | null;
  readonly kind: RequestKind | null;
  readonly status: RequestStatus;
  readonly code: string | null;
  readonly orderId: number | null;
  /** The user's balance after the request; null if the request was not applied. */
  readonly balance: number | null;
  /** Reason why the request was refused or has failed. For a row without a request, this is the stored English text. */
  readonly reason: Phrase | string | null;
}

/** Filters of `batch results`. The id of a row is its line number. */
export interface ResultFilter extends Page {
  readonly status?: RequestStatus | undefined;
  readonly code?: string | undefined;
}

/** The batch's own row in the database. */
export interface BatchColumns {
  readonly id: number;
  readonly name: string;
  readonly lastLine: number | null;
  readonly replayed: number;
  readonly createdAt: Date;
  readonly cancelledAt: Date | null;
}

const SELECT_BATCHES = `SELECT id, name, last_line AS lastLine, replayed, created_at AS createdAt,
    cancelled_at AS cancelledAt
  FROM batches`;

/**
 * Reads a batch by its name or, if no batch has that name, by its id.
 *
 * @throws ShopError `INVALID_BATCH`
 */
export async function readBatch(session: Session, text: string): Promise<BatchTotals> {
  return totalsOf(session, await findBatch(session, text));
}

/** Lists batches with their totals, newest first. */
export async function listBatches(
  session: Session,
  { limit, after, status, withPending = [], withdrawable }: BatchFilter,
): Promise<BatchTotals[]> {
  const where = new Conditions();
  where.narrow('id < ?', after);
  if (status === 'cancelled') where.add('cancelled_at IS NOT NULL');
  if (status === 'incomplete') where.add('last_line IS NULL AND cancelled_at IS NULL');
  if (status === 'pending') where.add('id IN (?)', withPending);
  if (status === 'done') where.add('last_line IS NOT NULL AND cancelled_at IS NULL AND id NOT IN (?)', withPending);
  if (withdrawable) where.add(HAS_WITHDRAWABLE);
  const batches = await session.query<BatchColumns>(`${SELECT_BATCHES} WHERE ${where.sql} ORDER BY id DESC LIMIT ?`, [
    ...where.values,
    limit,
  ]);
  const totals: BatchTotals[] = [];
  for (const batch of batches) totals.push(await totalsOf(session, batch));
  return totals;
}

/**
 * Finds the batches with rows whose requests are pending. This reads the ids of all requests. The result begins with 0, so that it
 * is a valid list in SQL.
 */
export async function batchesWithPending(session: Session): Promise<number[]> {
  const found = new Set([0]);
  for await (const range of findPendingRanges(session, { after: 0, upTo: Number.MAX_SAFE_INTEGER })) {
    const rows = await session.query<{ id: number }>(
      `SELECT r.batch_id AS id FROM requests r FORCE INDEX (PRIMARY)
         LEFT JOIN outcomes o ON o.request_id = r.id AND o.request_id > ? AND o.request_id <= ?
       WHERE r.id > ? AND r.id <= ? AND r.batch_id IS NOT NULL AND o.request_id IS NULL
       UNION
       SELECT e.batch_id FROM batch_exceptions e FORCE INDEX (ix_batch_exceptions_request)
         LEFT JOIN outcomes o ON o.request_id = e.request_id
       WHERE e.request_id > ? AND e.request_id <= ? AND o.request_id IS NULL`,
      [...range, ...range, ...range],
    );
    for (const { id } of rows) found.add(id);
  }
  return [...found];
}

/**
 * Reads the rows of a batch in file order.
 *
 * @throws ShopError `INVALID_BATCH`
 */
export async function readResults(session: Session, text: string, filter: ResultFilter): Promise<BatchResult[]> {
  return resultsOf(session, await findBatch(session, text), filter);
}

/** Reads all rows of a batch in file order, in chunks. @throws ShopError `INVALID_BATCH` */
export async function* allResults(session: Session, text: string): AsyncGenerator<readonly BatchResult[]> {
  const batch = await findBatch(session, text);
  for (let after = 0; ; ) {
    const rows = await resultsOf(session, batch, { after, limit: RESULTS_AT_ONCE });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    after = last.line;
  }
}

/** The part of a batch before its first pending row, in file order. */
export interface DecidedPart {
  /** All requests of rows up to this line have an outcome. */
  readonly line: number;
  /** Number of the batch's requests from the start of the search up to this line. */
  readonly rows: number;
}

/** Finds the rows after the line `after`, and up to the line `upTo`, that come before the first pending row. */
export async function readDecided(
  session: Session,
  batchId: number,
  { after, upTo }: { after: number; upTo: number },
): Promise<DecidedPart> {
  const [pending] = await session.query<{ line: number }>(
    `SELECT r.batch_line AS line FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id
     WHERE r.batch_id = ? AND r.batch_line > ? AND o.request_id IS NULL ORDER BY r.batch_line LIMIT 1`,
    [batchId, after],
  );
  const line = pending === undefined ? upTo : pending.line - 1;
  const [row] = await session.query<{ count: number }>(
    'SELECT COUNT(*) AS count FROM requests WHERE batch_id = ? AND batch_line > ? AND batch_line <= ?',
    [batchId, after, line],
  );
  return { line, rows: row?.count ?? 0 };
}

/** Counts the rows whose request is still pending and belongs to another row, another batch or a single command. */
export async function countPendingElsewhere(session: Session, batchId: number): Promise<number> {
  const [row] = await session.query<{ count: number }>(
    `SELECT COUNT(*) AS count FROM batch_exceptions e LEFT JOIN outcomes o ON o.request_id = e.request_id
     WHERE e.batch_id = ? AND e.request_id IS NOT NULL AND o.request_id IS NULL`,
    [batchId],
  );
  return row?.count ?? 0;
}

const RESULTS_AT_ONCE = 1_000;
const HIGHEST_LINE = Number.MAX_SAFE_INTEGER;

/**
 * Finds a batch by its name or, if no batch has that name, by its id.
 *
 * @param lock `FOR UPDATE` to lock the batch's row.
 * @throws ShopError `INVALID_BATCH`
 */
export async function findBatch(session: Session, text: string, lock: 'FOR UPDATE' | '' = ''): Promise<BatchColumns> {
  const [byName] = await session.query<BatchColumns>(`${SELECT_BATCHES} WHERE name = ? ${lock}`, [text]);
  if (byName !== undefined) return byName;
  const [byId] = /^[1-9][0-9]{0,15}$/.test(text)
    ? await session.query<BatchColumns>(`${SELECT_BATCHES} WHERE id = ? ${lock}`, [Number(text)])
    : [];
  if (byId === undefined) throw new ShopError('INVALID_BATCH', { batch: text });
  return byId;
}

/**
 * The requests that count for a batch's lines. In these cases, a request does not count:
 *
 * - its line has an exception now;
 * - its line has a newer request, from a newer file with the same name;
 * - its line is after the end of the newest file.
 */
const OWN_ROWS = `requests r
  LEFT JOIN outcomes o ON o.request_id = r.id
  LEFT JOIN batch_exceptions e ON e.batch_id = r.batch_id AND e.line = r.batch_line
  LEFT JOIN requests newer
    ON newer.batch_id = r.batch_id AND newer.batch_line = r.batch_line AND newer.id > r.id
  WHERE r.batch_id = ? AND r.batch_line > ? AND r.batch_line <= ? AND e.line IS NULL AND newer.id IS NULL`;

/** Number of the batch's rows that have one status. */
export interface StatusCount {
  /** Null for rows without an outcome. */
  readonly status: OutcomeStatus | null;
  readonly count: number;
  /** The time of the newest outcome; null if there is none. */
  readonly newest: Date | null;
}

/** Counts the batch's rows by status. */
export async function totalsOf(session: Session, batch: BatchColumns): Promise<BatchTotals> {
  const upTo = batch.lastLine ?? HIGHEST_LINE;
  return sumUp(batch, [
    ...(await countOwnRows(session, batch.id, { after: 0, upTo })),
    ...(await countExceptions(session, batch.id)),
  ]);
}

/** Counts, by status, the rows after the line `after` and up to the line `upTo` that have their own request. */
export async function countOwnRows(
  session: Session,
  batchId: number,
  { after, upTo }: { after: number; upTo: number },
): Promise<StatusCount[]> {
  return session.query<StatusCount>(
    `SELECT o.status, COUNT(*) AS count, MAX(o.decided_at) AS newest FROM ${OWN_ROWS} GROUP BY o.status`,
    [batchId, after, upTo],
  );
}

/** Counts the rows without their own request, by status. */
export async function countExceptions(session: Session, batchId: number): Promise<StatusCount[]> {
  return session.query<StatusCount>(
    `SELECT IF(e.code IS NULL, o.status, 'refused') AS status, COUNT(*) AS count, MAX(o.decided_at) AS newest
     FROM batch_exceptions e LEFT JOIN outcomes o ON o.request_id = e.request_id
     WHERE e.batch_id = ? GROUP BY 1`,
    [batchId],
  );
}

/** Adds up the totals of a batch. */
export function sumUp(
  { id, name, createdAt, replayed, cancelledAt }: BatchColumns,
  rows: readonly StatusCount[],
): BatchTotals {
  const counts = { applied: 0, refused: 0, failed: 0, pending: 0 };
  let newest = createdAt;
  for (const { status, count, newest: time } of rows) {
    counts[status ?? 'pending'] += count;
    if (time !== null && time > newest) newest = time;
  }
  const total = counts.applied + counts.refused + counts.failed + counts.pending;
  const seconds = (newest.getTime() - createdAt.getTime()) / 1000;
  const batch = { batchId: id, name, total, ...counts, replayed, seconds };
  return cancelledAt === null ? batch : { ...batch, cancelledAt };
}

interface ResultColumns {
  readonly line: number;
  readonly key: string | null;
  readonly kind: RequestKind | null;
  readonly status: OutcomeStatus | null;
  readonly code: string | null;
  readonly details: string | null;
  readonly reason: string | null;
}

async function resultsOf(
  session: Session,
  batch: BatchColumns,
  { status, code, limit, after = 0 }: ResultFilter,
): Promise<BatchResult[]> {
  const where = new Conditions();
  where.narrow("COALESCE(IF(e.code IS NULL, o.status, 'refused'), 'pending') = ?", status);
  where.narrow("COALESCE(e.code, o.code, '') = ?", code);
  const own = await session.query<ResultColumns>(
    `SELECT r.batch_line AS line, r.idempotency_key AS \`key\`, r.kind, o.status, o.code, o.details,
       NULL AS reason
     FROM ${OWN_ROWS} AND ${where.sql} ORDER BY r.batch_line LIMIT ?`,
    [batch.id, after, batch.lastLine ?? HIGHEST_LINE, ...where.values, limit],
  );
  const others = await session.query<ResultColumns>(
    `SELECT e.line, e.idempotency_key AS \`key\`, e.kind, IF(e.code IS NULL, o.status, 'refused') AS status,
       COALESCE(e.code, o.code) AS code, o.details, e.reason
     FROM batch_exceptions e
     LEFT JOIN outcomes o ON o.request_id = e.request_id
     WHERE e.batch_id = ? AND e.line > ? AND ${where.sql} ORDER BY e.line LIMIT ?`,
    [batch.id, after, ...where.values, limit],
  );
  return [...own, ...others]
    .sort((a, b) => a.line - b.line)
    .slice(0, limit)
    .map(toResult);
}

function toResult({ line, key, kind, status, code, details, reason }: ResultColumns): BatchResult {
  const outcome = details === null ? {} : parseOutcome(details);
  const applied = status === 'applied' ? outcome : {};
  return {
    line,
    key,
    kind,
    status: status ?? 'pending',
    code,
    orderId: 'orderId' in applied ? applied.orderId : null,
    balance: 'balance' in applied ? applied.balance : null,
    reason:
      reason ?? (code === null ? null : storedError(kind, code, outcome, { attempts: MAX_ATTEMPTS }).text.message),
  };
}
