import type { Session } from '../db/connection.ts';
import { nearIds } from './id-condition.ts';
import type { RequestKind } from './request.ts';
import type { Watermark } from './watermark.ts';

/** A request as it was recorded: its row never changes, and nothing has looked at its payload yet. */
export interface RecordedRequest {
  readonly id: number;
  readonly kind: RequestKind;
  readonly payload: string;
}

/** Where to look for requests without an outcome. */
export interface PendingSearch {
  /** Only ids above this one. */
  readonly after: number;
  /** Only ids up to this one. */
  readonly upTo: number;
  readonly limit: number;
}

/** A stretch of the requests, in the order of recording. */
export interface PendingStretch {
  /** Those of it that have no outcome. */
  readonly pending: readonly RecordedRequest[];
  /** The last request of the stretch, with or without an outcome; `after` if it is empty. */
  readonly last: number;
  /** Whether nothing is recorded behind it. */
  readonly whole: boolean;
}

/**
 * Reads the requests that come after an id, and leaves out those that have an outcome.
 *
 * It makes two scans of the primary keys and no join: the plan of a join would depend on the server's statistics.
 *
 * @param limit the most requests, with and without an outcome.
 */
export async function readPending(session: Session, after: number, limit: number): Promise<PendingStretch> {
  const requests = await session.query<RecordedRequest>(
    'SELECT id, kind, payload FROM requests WHERE id > ? ORDER BY id LIMIT ?',
    [after, limit],
  );
  const decided = await readDecided(
    session,
    requests.map(({ id }) => id),
  );
  return {
    pending: requests.filter(({ id }) => !decided.has(id)),
    last: requests.at(-1)?.id ?? after,
    whole: requests.length < limit,
  };
}

/** Those of `ids` that have an outcome, and maybe others. */
export async function readDecided(session: Session, ids: readonly number[]): Promise<ReadonlySet<number>> {
  if (ids.length === 0) return new Set();
  const [condition, values] = nearIds('request_id', ids);
  const rows = await session.query<{ id: number }>(`SELECT request_id AS id FROM outcomes WHERE ${condition}`, values);
  return new Set(rows.map(({ id }) => id));
}

/** Reads those of `ids` that MySQL knows, in the order of recording, decided or not. */
export async function readRequests(session: Session, ids: readonly number[]): Promise<RecordedRequest[]> {
  if (ids.length === 0) return [];
  const [condition, values] = nearIds('id', ids);
  const wanted = new Set(ids);
  const rows = await session.query<RecordedRequest>(
    `SELECT id, kind, payload FROM requests WHERE ${condition} ORDER BY id`,
    values,
  );
  return rows.filter(({ id }) => wanted.has(id));
}

/** Ids that are looked at together. */
const STRETCH = 50_000;

/**
 * Ids of requests without an outcome, oldest first.
 *
 * It goes through the ids in stretches and passes over those in which there are as many outcomes as requests: no outcome
 * is without its request, and counting both takes a fraction of what joining them does.
 */
export async function findPending(session: Session, { after, upTo, limit }: PendingSearch): Promise<number[]> {
  const end = Math.min(upTo, await newestRequest(session));
  const found: number[] = [];
  for (let from = after; from < end && found.length < limit; from += STRETCH) {
    const range = [from, Math.min(from + STRETCH, end)];
    const [counts] = await session.query<{ requests: number; outcomes: number }>(
      `SELECT (SELECT COUNT(*) FROM requests WHERE id > ? AND id <= ?) AS requests,
         (SELECT COUNT(*) FROM outcomes WHERE request_id > ? AND request_id <= ?) AS outcomes`,
      [...range, ...range],
    );
    if (counts?.requests === counts?.outcomes) continue;
    // bounded on both sides, however the server joins them
    const rows = await session.query<{ id: number }>(
      `SELECT r.id FROM requests r
       LEFT JOIN outcomes o ON o.request_id = r.id AND o.request_id > ? AND o.request_id <= ?
       WHERE r.id > ? AND r.id <= ? AND o.request_id IS NULL ORDER BY r.id LIMIT ?`,
      [...range, ...range, limit - found.length],
    );
    for (const { id } of rows) found.push(id);
  }
  return found;
}

/** Finds pending requests above the mark, oldest first; the mark moves up to the first of them. */
export async function findUnsettled(
  session: Session,
  requests: Watermark,
  { upTo, limit }: Omit<PendingSearch, 'after'>,
): Promise<number[]> {
  const pending = await findPending(session, { after: requests.settled, upTo, limit });
  requests.raise(Math.min(upTo, (pending[0] ?? Number.MAX_SAFE_INTEGER) - 1));
  return pending;
}

/** The first request from `from` on that has no outcome; 0 if there is none. */
export async function oldestPending(session: Session, from: number): Promise<number> {
  const after = Math.max(from - 1, 0);
  const [id] = await findPending(session, { after, upTo: Number.MAX_SAFE_INTEGER, limit: 1 });
  return id ?? 0;
}

/** A request without an outcome, and how long it has waited: since it was recorded, or retried. */
export interface PendingAge {
  readonly id: number;
  readonly seconds: number;
}

/** So many of the oldest ids are looked at for the one that has waited longest: a retried one has an old id. */
const AGED = 1_000;

/** The request that has waited longest, or null where none is pending. */
export async function longestPending(session: Session): Promise<PendingAge | null> {
  return longestOf(session, await findPending(session, { after: 0, upTo: Number.MAX_SAFE_INTEGER, limit: AGED }));
}

/** The one among these pending requests that has waited longest; null where there are none. */
export async function longestOf(session: Session, ids: readonly number[]): Promise<PendingAge | null> {
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

/** The id of the request that was recorded last; 0 where there is none. */
export async function newestRequest(session: Session): Promise<number> {
  const [row] = await session.query<{ id: number | null }>('SELECT MAX(id) AS id FROM requests');
  return row?.id ?? 0;
}
