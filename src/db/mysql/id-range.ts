import type { Conditions } from './conditions.ts';
import type { Session } from './connection.ts';

/**
 * Milliseconds by which a row may be older than a row with a lower id. Simultaneous transactions commit in any order, and after
 * a failover the new server's clock may differ.
 */
const DISORDER_MS = 60_000;

/** A time span. A missing limit leaves that end open. */
export interface Span {
  readonly since?: Date | undefined;
  readonly until?: Date | undefined;
}

/** A range of ids: the lowest id, and the id above the highest one. */
interface IdRange {
  readonly from: number;
  readonly below: number;
}

/** The tables whose ids ascend with time. */
type Table = 'requests' | 'activities' | 'stock_movements' | 'point_transactions';

/** Adds conditions that limit the rows `r` of a table to a time span. */
export async function narrowToSpan(session: Session, table: Table, span: Span, where: Conditions): Promise<void> {
  const { since, until } = span;
  if (since === undefined && until === undefined) return;
  const { from, below } = await findIdRange(session, table, span);
  where.narrow('r.id >= ?', from);
  where.narrow('r.id < ?', below);
  where.narrow('r.created_at >= ?', since);
  where.narrow('r.created_at < ?', until);
}

/**
 * Finds a range of ids that contains all rows of a time span, and few other rows. The times have no index, but ids ascend with
 * time. So a binary search reads only a few dozen rows, even of a large table.
 */
export async function findIdRange(session: Session, table: Table, { since, until }: Span): Promise<IdRange> {
  const [{ highest = 0 } = {}] = await session.query<{ highest: number }>(
    `SELECT COALESCE(MAX(id), 0) AS highest FROM ${table}`,
  );
  const all = { from: 1, below: highest + 1 };
  return {
    from: since === undefined ? all.from : await firstId(session, table, all, since.getTime() - DISORDER_MS),
    below: until === undefined ? all.below : await firstId(session, table, all, until.getTime() + DISORDER_MS),
  };
}

/** Finds the lowest id whose row has this time, in milliseconds, or a later time; `below` if there is none. */
async function firstId(session: Session, table: string, { from, below }: IdRange, time: number): Promise<number> {
  let [low, high] = [from, below];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [row] = await session.query<{ id: number; createdAt: Date }>(
      `SELECT id, created_at AS createdAt FROM ${table} WHERE id >= ? ORDER BY id LIMIT 1`,
      [middle],
    );
    if (row === undefined || row.createdAt.getTime() >= time) high = middle;
    else low = row.id + 1;
  }
  return low;
}
