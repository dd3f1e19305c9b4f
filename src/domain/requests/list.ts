import { Conditions } from '../../db/mysql/conditions.ts';
import type { Session } from '../../db/mysql/connection.ts';
import { narrowToSpan, type Span } from '../../db/mysql/id-range.ts';
import type { Page } from '../../db/mysql/page.ts';
import { findBatch } from '../batches/report.ts';
import type { FailureCode } from '../errors.ts';
import type { RequestKind } from './kinds/index.ts';
import { type PageSource, type RequestRecord, readRecords, readRecordsPage } from './request.ts';
import { NOT_OF_CANCELLED_BATCH } from './retries.ts';
import type { RequestStatus } from './status.ts';
import { isNewWithdrawable } from './withdraw.ts';

/** Filters of `request list`. */
export interface RequestFilter extends Page, Span {
  readonly status?: RequestStatus | undefined;
  readonly code?: string | undefined;
  readonly kind?: RequestKind | undefined;
  readonly actor?: string | undefined;
  /** The name or id of the requests' batch. */
  readonly batch?: string | undefined;
  /** If true, only requests that are pending, not withdrawn, and among the newest. */
  readonly withdrawable?: boolean;
}

/**
 * Lists requests, newest first.
 *
 * @throws ShopError `INVALID_BATCH` if the filter names a batch that does not exist.
 */
export async function listRequests(session: Session, filter: RequestFilter): Promise<RequestRecord[]> {
  const { batch } = filter;
  const where = new Conditions();
  // with COALESCE, this condition can be true for a request without an outcome, so the server keeps the outer join and reads
  // the requests in the order of their ids
  where.narrow("COALESCE(o.status, 'pending') = ?", filter.status);
  where.narrow("COALESCE(o.code, '') = ?", filter.code);
  where.narrow('r.kind = ?', filter.kind);
  where.narrow('r.actor = ?', filter.actor);
  if (batch !== undefined) where.narrow('r.batch_id = ?', (await findBatch(session, batch)).id);
  await narrowToSpan(session, 'requests', filter, where);
  where.narrow('r.id < ?', filter.after);
  if (filter.withdrawable) where.add(isNewWithdrawable('r.id'));
  return readRecordsPage(session, sourceOf(filter), where, filter.limit);
}

/** Returns the tables to select from, chosen so that the server finds the filter's requests fast. */
function sourceOf({ status, code, batch }: RequestFilter): PageSource {
  if (status === undefined && code === undefined) return { from: 'requests r', id: 'r.id' };
  // pending requests have no outcome, and an index finds the requests of a batch; for all other filters it is faster to scan
  // the outcomes, which have shorter rows
  return status === 'pending' || batch !== undefined
    ? { from: 'requests r LEFT JOIN outcomes o ON o.request_id = r.id', id: 'r.id' }
    : { from: 'outcomes o STRAIGHT_JOIN requests r ON r.id = o.request_id', id: 'o.request_id' };
}

/** Filters of failed requests. `since` is the earliest time at which they failed. */
export interface FailedFilter extends Pick<Span, 'since'> {
  readonly code?: FailureCode | undefined;
  readonly kind?: RequestKind | undefined;
  readonly actor?: string | undefined;
}

interface FailedAttempt {
  /** Number of the attempt, counted from 1. */
  readonly attempt: number;
  /** The text of the attempt's error. */
  readonly reason: string;
  readonly failedAt: Date;
}

/** A request that has failed permanently, with its attempts. */
export interface FailedRequest extends RequestRecord {
  /** The request's failed attempts. An attempt that could not be recorded is missing. */
  readonly reasons: readonly FailedAttempt[];
}

/** Lists permanently failed requests, newest first. */
export async function listFailed(session: Session, filter: FailedFilter & Page): Promise<FailedRequest[]> {
  return withReasons(session, await failedRecords(session, await failedIds(session, filter, filter)));
}

/** Adds to each failed request its failed attempts. */
export async function withReasons(session: Session, records: readonly RequestRecord[]): Promise<FailedRequest[]> {
  const ids = records.map(({ id }) => id);
  if (ids.length === 0) return [];
  const attempts = await session.query<FailedAttempt & { id: number }>(
    `SELECT request_id AS id, attempt, reason, failed_at AS failedAt FROM attempts
     WHERE request_id IN (?) ORDER BY request_id, attempt`,
    [ids],
  );
  const reasons = new Map<number, FailedAttempt[]>(ids.map((id) => [id, []]));
  for (const { id, ...attempt } of attempts) reasons.get(id)?.push(attempt);
  return records.map((record) => ({ ...record, reasons: reasons.get(record.id) ?? [] }));
}

/** Reads the requests among `ids` that have failed permanently, newest first. */
export async function failedRecords(session: Session, ids: readonly number[]): Promise<RequestRecord[]> {
  if (ids.length === 0) return [];
  return readRecords(session, "r.id IN (?) AND o.status = 'failed' ORDER BY r.id DESC", [ids]);
}

/** Finds the ids of all permanently failed requests, oldest first. Requests of cancelled batches are left out. */
export async function allFailed(session: Session, filter: FailedFilter): Promise<number[]> {
  const limit = Number.MAX_SAFE_INTEGER;
  return (await failedIds(session, filter, { limit }, NOT_OF_CANCELLED_BATCH)).reverse();
}

/** Finds the ids of failed requests, newest first. The server scans the outcomes first, because few of them are failures. */
async function failedIds(
  session: Session,
  filter: FailedFilter,
  { limit, after }: Page,
  condition = 'TRUE',
): Promise<number[]> {
  const where = new Conditions("o.status = 'failed'");
  where.narrow('o.code = ?', filter.code);
  where.narrow('r.kind = ?', filter.kind);
  where.narrow('r.actor = ?', filter.actor);
  where.narrow('o.decided_at >= ?', filter.since);
  where.narrow('o.request_id < ?', after);
  const rows = await session.query<{ id: number }>(
    `SELECT o.request_id AS id FROM outcomes o STRAIGHT_JOIN requests r ON r.id = o.request_id
     WHERE ${where.sql} AND ${condition} ORDER BY o.request_id DESC LIMIT ?`,
    [...where.values, limit],
  );
  return rows.map(({ id }) => id);
}
