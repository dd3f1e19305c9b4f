import type { SqlValue } from './connection.ts';

/**
 * Maximum width of a range, as a multiple of the number of requested ids. A range is read in a fraction of the time that lookups of
 * single ids take.
 */
const MAX_ROWS_PER_ID = 4;

/**
 * Returns a condition that matches all of `ids`: a range if they are close together, and otherwise a list. A range may also
 * match other ids.
 */
export function nearIds(column: string, ids: readonly number[]): readonly [sql: string, values: readonly SqlValue[]] {
  const [lowest, highest] = [Math.min(...ids), Math.max(...ids)];
  return highest - lowest < ids.length * MAX_ROWS_PER_ID
    ? [`${column} BETWEEN ? AND ?`, [lowest, highest]]
    : [`${column} IN (?)`, [ids]];
}
