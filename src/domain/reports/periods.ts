import type { SqlValue } from '../../db/mysql/connection.ts';

/** Consecutive periods of time. Each period ends where the next one begins. The last period ends at `until`, or never. */
export interface Periods {
  /** The start of each period, in ascending order; at least one. */
  readonly starts: readonly Date[];
  readonly until?: Date | undefined;
}

/**
 * Returns an SQL expression for the number of the period that contains a time, from 1. The number is 0 for a time before the
 * first period. The server finds the period by binary search, and needs no time zone tables.
 */
export function periodOf(time: string, starts: readonly Date[]): readonly [sql: string, values: readonly SqlValue[]] {
  return [`INTERVAL(UNIX_TIMESTAMP(${time}), ${starts.map(() => '?').join(', ')})`, starts.map(seconds)];
}

function seconds(time: Date): number {
  return time.getTime() / 1_000;
}
