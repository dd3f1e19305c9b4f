import type { Session } from '../../db/mysql/connection.ts';
import { nearIds } from '../../db/mysql/id-condition.ts';
import type { RecordedContent } from './kinds/parse.ts';
import type { Watermark } from './watermark.ts';

/** A request as it was recorded. Its row never changes. */
export interface RecordedRequest extends RecordedContent {
  readonly id: number;
  readonly createdAt: Date;
  /** True if the request is known to be withdrawn. Its payload, and the rows that it names, are then not needed. */
  readonly withdrawn?: true;
}

/** The range in which to search for requests without an outcome. */
export interface PendingSearch {
  /** Only requests with an id above this one. */
  readonly after: number;
  /** Only requests with an id up to this one. */
  readonly upTo: number;
  readonly limit: number;
}

/** A range of requests, in the order of recording. */
export interface PendingStretch {
  /** The requests of the range that have no outcome. */
  readonly pending: readonly RecordedRequest[];
  /** Id of the last request of the range, with or without an outcome; `after` if the range is empty. */
  readonly last: number;
  /** True if no request is recorded after the range. */
  readonly whole: boolean;
  /** True if the range ends early, because with the next payload it would exceed `MAX_BYTES`. */
  readonly cut: boolean;
}

/**
 * Reads the requests after an id and leaves out those with an outcome. The range ends before its payloads exceed `MAX_BYTES`
 * together.
 *
 * The function scans two primary keys and does not join them, because the plan of a join would depend on the server's
 * statistics.
 *
 * @param limit the maximum number of requests, with and without an outcome.
 */
export async function readPending(session: Session, after: number, limit: number): Promise<PendingStretch> {
  const [rows, outcomes] = await session.queryAll<[MeasuredRequest, { id: number }]>([
    session.format(`SELECT ${MEASURED} FROM requests WHERE id > ? ORDER BY id LIMIT ?`, [after, limit]),
    // each outcome has the id of a request, so the first `limit` outcomes include all outcomes of the first `limit` requests
    session.format('SELECT request_id AS id FROM outcomes WHERE request_id > ? ORDER BY request_id LIMIT ?', [
      after,
      limit,
    ]),
  ]);
  const decided = new Set(outcomes.map(({ id }) => id));
  const undecided = rows.filter(({ id }) => !decided.has(id));
  const pending = await withPayloads(session, undecided);
  const cut = pending.length < undecided.length;
  const last = (cut ? pending : rows).at(-1)?.id ?? after;
  return { pending, last, whole: !cut && rows.length < limit, cut };
}

/** Finds which of `ids` have an outcome. The result may contain other ids, too. */
export async function findDecided(session: Session, ids: readonly number[]): Promise<ReadonlySet<number>> {
  return findNear(session, 'outcomes', ids);
}

/** Finds which of `ids` are withdrawn. The result may contain other ids, too. */
export async function findWithdrawn(session: Session, ids: readonly number[]): Promise<ReadonlySet<number>> {
  return findNear(session, 'withdrawals', ids);
}

async function findNear(
  session: Session,
  table: 'outcomes' | 'withdrawals',
  ids: readonly number[],
): Promise<ReadonlySet<number>> {
  if (ids.length === 0) return new Set();
  const [condition, values] = nearIds('request_id', ids);
  const rows = await session.query<{ id: number }>(`SELECT request_id AS id FROM ${table} WHERE ${condition}`, values);
  return new Set(rows.map(({ id }) => id));
}

/**
 * Reads, in chunks, the recorded requests among `ids`, decided or not, in the order of recording. A chunk ends before its
 * payloads exceed `MAX_BYTES` together.
 */
export async function* readRequests(
  session: Session,
  ids: readonly number[],
): AsyncGenerator<readonly RecordedRequest[], undefined> {
  if (ids.length === 0) return;
  const [condition, values] = nearIds('id', ids);
  const wanted = new Set(ids);
  const rows = await session.query<MeasuredRequest>(
    `SELECT ${MEASURED} FROM requests WHERE ${condition} ORDER BY id`,
    values,
  );
  for (let left = rows.filter(({ id }) => wanted.has(id)); left.length > 0; ) {
    const requests = await withPayloads(session, left);
    yield requests;
    left = left.slice(requests.length);
  }
}

/** Maximum bytes of payloads that are read at once. A longer payload is read alone. */
const MAX_BYTES = 1_000_000;
/** Maximum bytes of a payload that is read together with its length. A longer payload is read only when it is known to fit. */
const SHORT_BYTES = 4_000;

/** The columns of `MeasuredRequest`. */
const MEASURED = `id, kind, reason, created_at AS createdAt, LENGTH(payload) AS bytes, IF(LENGTH(payload) <= ${SHORT_BYTES}, payload, NULL) AS payload`;

interface MeasuredRequest extends Omit<RecordedRequest, 'payload'> {
  readonly bytes: number;
  /** Null if the payload is long. */
  readonly payload: string | null;
}

/** Reads the payloads of the first requests in `measured`: as many as fit in `MAX_BYTES`, but at least one. */
async function withPayloads(session: Session, measured: readonly MeasuredRequest[]): Promise<RecordedRequest[]> {
  let bytes = 0;
  const end = measured.findIndex((request, index) => {
    bytes += request.bytes;
    return bytes > MAX_BYTES && index > 0;
  });
  const fitting = end === -1 ? measured : measured.slice(0, end);
  const long = await readPayloads(
    session,
    fitting.filter(({ payload }) => payload === null).map(({ id }) => id),
  );
  return fitting.map(({ id, kind, reason, createdAt, payload }) => ({
    id,
    kind,
    reason,
    createdAt,
    payload: payload ?? payloadOf(id, long),
  }));
}

function payloadOf(id: number, payloads: ReadonlyMap<number, string>): string {
  const payload = payloads.get(id);
  if (payload === undefined) throw new Error(`request ${id} has vanished`);
  return payload;
}

async function readPayloads(session: Session, ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await session.query<{ id: number; payload: string }>(
    'SELECT id, payload FROM requests WHERE id IN (?)',
    [ids],
  );
  return new Map(rows.map(({ id, payload }) => [id, payload]));
}

/** Number of ids that are checked together. */
const STRETCH = 50_000;

/**
 * Finds ranges of ids in which requests are pending, in ascending order. A range begins after its first id, and includes its
 * second id.
 *
 * The function divides the ids into ranges, and counts the requests and the outcomes of each range. Each outcome belongs to
 * exactly one request. So if the numbers are equal, no request of the range is pending. To count the rows of two tables is much
 * faster than to join the tables. After a gap in the ids, the next range begins at an existing request, so even a wide gap costs
 * nothing.
 */
export async function* findPendingRanges(
  session: Session,
  { after, upTo }: Omit<PendingSearch, 'limit'>,
): AsyncGenerator<readonly [after: number, upTo: number], undefined> {
  const end = Math.min(upTo, await newestRequest(session));
  for (let from = after; from < end; ) {
    const to = Math.min(from + STRETCH, end);
    const { pending, next } = await countPendingBetween(session, from, to);
    if (pending > 0) yield [from, to];
    from = Math.max(to, (next ?? end) - 1);
  }
}

/** Finds ids of requests without an outcome, oldest first. */
export async function findPending(session: Session, { limit, ...ids }: PendingSearch): Promise<number[]> {
  const found: number[] = [];
  for await (const range of findPendingRanges(session, ids)) {
    // the ids of both tables are bounded, so that the join is fast in either order
    const rows = await session.query<{ id: number }>(
      `SELECT r.id FROM requests r
       LEFT JOIN outcomes o ON o.request_id = r.id AND o.request_id > ? AND o.request_id <= ?
       WHERE r.id > ? AND r.id <= ? AND o.request_id IS NULL ORDER BY r.id LIMIT ?`,
      [...range, ...range, limit - found.length],
    );
    for (const { id } of rows) found.push(id);
    if (found.length >= limit) break;
  }
  return found;
}

/** Counts the requests without an outcome after the id `from` and up to the id `to`, and finds the next request after `to`. */
export async function countPendingBetween(
  session: Session,
  from: number,
  to: number,
): Promise<{ readonly pending: number; readonly next: number | null }> {
  const [row] = await session.query<{ requests: number; outcomes: number; next: number | null }>(
    `SELECT (SELECT COUNT(*) FROM requests WHERE id > ? AND id <= ?) AS requests,
       (SELECT COUNT(*) FROM outcomes WHERE request_id > ? AND request_id <= ?) AS outcomes,
       (SELECT MIN(id) FROM requests WHERE id > ?) AS next`,
    [from, to, from, to, to],
  );
  return { pending: (row?.requests ?? 0) - (row?.outcomes ?? 0), next: row?.next ?? null };
}

/** Finds the first request after an id; null if there is none. */
export async function nextRequest(session: Session, after: number): Promise<number | null> {
  const [row] = await session.query<{ id: number | null }>('SELECT MIN(id) AS id FROM requests WHERE id > ?', [after]);
  return row?.id ?? null;
}

/**
 * A gap between two ids that is wider than this counts as a jump. Failed statements, and clusters that increase ids in larger
 * steps, skip far fewer ids.
 */
const WIDEST_GAP = 1_000_000_000;
const MOST_JUMPS = 10;

/** A jump in the ids. No request has an id between `from` and `to`. */
export interface IdJump {
  /** 0 if the jump is before the first request. */
  readonly from: number;
  readonly to: number;
}

/**
 * Finds the first ten jumps in the ids of requests. Only an explicitly inserted id causes a jump. The search advances
 * by at least `WIDEST_GAP` ids at a time. Each step reads only two ids: the highest one up to the position that it has reached, and
 * the lowest one above that position.
 */
export async function findIdJumps(session: Session): Promise<IdJump[]> {
  const jumps: IdJump[] = [];
  for (let known = 0; jumps.length < MOST_JUMPS; ) {
    const [row] = await session.query<{ last: number | null; next: number | null }>(
      'SELECT (SELECT MAX(id) FROM requests WHERE id <= ?) AS last, (SELECT MIN(id) FROM requests WHERE id > ?) AS next',
      [known + WIDEST_GAP, known + WIDEST_GAP],
    );
    const [last, next] = [row?.last ?? 0, row?.next ?? null];
    if (next === null) break;
    if (next - last > WIDEST_GAP) jumps.push({ from: last, to: next });
    known = next;
  }
  return jumps;
}

/**
 * Finds pending requests above the watermark, oldest first. Raises the watermark to just before the first of these requests, or
 * to `upTo` if there are none.
 */
export async function findUnsettled(
  session: Session,
  requests: Watermark,
  { upTo, limit }: Omit<PendingSearch, 'after'>,
): Promise<number[]> {
  const pending = await findPending(session, { after: requests.settled, upTo, limit });
  requests.raise(Math.min(upTo, (pending[0] ?? Number.MAX_SAFE_INTEGER) - 1));
  return pending;
}

/** Finds the first request without an outcome, starting with the id `from`; 0 if there is none. */
export async function oldestPending(session: Session, from: number): Promise<number> {
  const after = Math.max(from - 1, 0);
  const [id] = await findPending(session, { after, upTo: Number.MAX_SAFE_INTEGER, limit: 1 });
  return id ?? 0;
}

/** A pending request, with the time since it was recorded or retried. */
export interface LongestWait {
  readonly id: number;
  readonly seconds: number;
}

/**
 * Number of pending requests with the lowest ids whose waits are compared. The request with the lowest id has not always waited
 * longest, because a retried request has waited only since its retry.
 */
const AGED = 1_000;

/** Finds the request that has waited longest; null if none is pending. */
export async function longestPending(session: Session): Promise<LongestWait | null> {
  return longestOf(session, await findPending(session, { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: AGED }));
}

/** Finds the request that has waited longest among these pending requests; null for an empty list. */
export async function longestOf(session: Session, ids: readonly number[]): Promise<LongestWait | null> {
  if (ids.length === 0) return null;
  const [row] = await session.query<{ id: number; ms: number }>(
    `SELECT since.id, TIMESTAMPDIFF(MICROSECOND, since.time, UTC_TIMESTAMP(3)) DIV 1000 AS ms
     FROM (
       SELECT r.id, COALESCE((SELECT MAX(t.retried_at) FROM retries t WHERE t.request_id = r.id), r.created_at) AS time
       FROM requests r WHERE r.id IN (?)
     ) since ORDER BY since.time, since.id LIMIT 1`,
    [ids],
  );
  return row === undefined ? null : { id: row.id, seconds: Math.round(row.ms / 1_000) };
}

/** Returns the id of the newest request; 0 if there is none. */
export async function newestRequest(session: Session): Promise<number> {
  const [row] = await session.query<{ id: number | null }>('SELECT MAX(id) AS id FROM requests');
  return row?.id ?? 0;
}
