import type { Session } from '../db/connection.ts';

/** What to look for among the requests without an outcome. */
export interface PendingSearch {
  /** Only ids above this one. */
  readonly after: number;
  /** Only ids up to this one. */
  readonly upTo: number;
  readonly limit: number;
}

/** Ids of requests without an outcome, oldest first. */
export async function findPending(session: Session, search: PendingSearch): Promise<number[]> {
  const rows = await session.query<{ id: number }>(
    `SELECT r.id FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id
     WHERE r.id > ? AND r.id <= ? AND o.request_id IS NULL ORDER BY r.id LIMIT ?`,
    [search.after, search.upTo, search.limit],
  );
  return rows.map(({ id }) => id);
}

/** The first request from `from` on that has no outcome; 0 where there is none. */
export async function oldestPending(session: Session, from: number): Promise<number> {
  const [id] = await findPending(session, { after: from - 1, upTo: Number.MAX_SAFE_INTEGER, limit: 1 });
  return id ?? 0;
}

/** The id of the request that was recorded last; 0 where there is none. */
export async function newestRequest(session: Session): Promise<number> {
  const [row] = await session.query<{ id: number | null }>('SELECT MAX(id) AS id FROM requests');
  return row?.id ?? 0;
}
