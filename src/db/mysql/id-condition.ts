import type { SqlValue } from './connection.ts';

/** Up to so many rows are read for each id that is wanted: reading a range costs a fraction of looking up its ids. */
const WORTH_READING = 4;

/**
 * A condition on a column of ids that holds for all of `ids`: a range where they lie close together, so that it may hold
 * for others too; a list where they do not.
 */
export function nearIds(column: string, ids: readonly number[]): readonly [sql: string, values: readonly SqlValue[]] {
  const [lowest, highest] = [Math.min(...ids), Math.max(...ids)];
  return highest - lowest < ids.length * WORTH_READING
    ? [`${column} BETWEEN ? AND ?`, [lowest, highest]]
    : [`${column} IN (?)`, [ids]];
}
