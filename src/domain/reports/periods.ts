import type { SqlValue } from '../../db/mysql/connection.ts';

/** Consecutive periods of time. Each ends where the next one begins, and the last one at `until`, or never. */
export interface Periods {
  /** The start of each period, in ascending order; at least one. */
  readonly starts: readonly Date[];
  readonly until?: Date | undefined;
}

/**
 * Returns an SQL expression for the number of the period that contains a time, from 1; 0 is the time before them. The server
 * finds it by binary search, and needs no tables of time zones.
 */
export function periodOf(time: string, starts: readonly Date[]): readonly [sql: string, values: readonly SqlValue[]] {
  return [`INTERVAL(UNIX_TIMESTAMP(${time}), ${starts.map(() => '?').join(', ')})`, starts.map(seconds)];
}

function seconds(time: Date): number {
  return time.getTime() / 1_000;
}
