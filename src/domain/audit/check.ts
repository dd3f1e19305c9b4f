import type { Phrase } from '../phrase.ts';

/** The names of the checks, in the order of the output. */
export const CHECK_NAMES = [
  'balances',
  'ledger-chain',
  'stocks',
  'stock-chain',
  'outcomes',
  'effects',
  'payments',
  'order-totals',
  'sales',
  'refunds',
  'cancels',
  'returns',
  'requests',
  'outcome-details',
  'hourly-sales',
  'references',
] as const;

export type AuditCheckName = (typeof CHECK_NAMES)[number];

/** The ids of a row at fault and the figures that differ. A number that a double can't hold exactly is a string of digits. */
export type FaultRow = Readonly<Record<string, string | number | Date | null>>;

/** A condition that must not be true for any row of a pass. */
export interface Rule {
  readonly check: AuditCheckName;
  /** SQL condition that is true for a row at fault. */
  readonly when: string;
  /** The select list with the ids of the row and the figures that differ. Faults are sorted by its first two columns. */
  readonly names: string;
  /** Describes the fault in a sentence. */
  readonly describe: (row: FaultRow) => Phrase;
}

/**
 * One scan of one or several tables, with its rules. Each table is read only once, as a whole, which takes seconds. A subquery
 * for each row, or access by an index, would take minutes.
 */
export interface Rows {
  /** The SQL after FROM. */
  readonly from: string;
  readonly rules: readonly Rule[];
}

/** A scan whose joins also find (meet) rows of other tables, so that those tables need not be read again. */
export interface Pass extends Rows {
  readonly proof?: Proof;
  readonly met?: readonly Met[];
}

/**
 * A faster query that checks the same rows as the pass, but can't identify a fault. If `when` is true for none of its rows, no
 * rule of the pass is broken. Otherwise the pass itself is run, too.
 */
export interface Proof {
  /** The SQL after FROM. */
  readonly from: string;
  /** SQL condition that is true for at least one row if any row of the pass is at fault. */
  readonly when: string;
}

/**
 * Another table whose rows a pass meets: its joins find them, each at most once. If the pass has met all rows of the table,
 * `others` can't find any row and is skipped.
 */
export interface Met {
  /** SQL aggregate over the rows of the pass: the number of the other table's rows that the pass has met. */
  readonly count: string;
  /** All rows of the other table: the SQL after FROM. */
  readonly of: string;
  /** Finds the rows that the pass has not met. */
  readonly others: Rows;
}

/**
 * Index hint for a joined table that is read as a whole. The server then scans it and joins by hash, which is several times
 * faster than a lookup by key for each row.
 */
export const WHOLE = 'USE INDEX ()';

/** The largest number that the shop stores. A double holds it and all smaller whole numbers exactly. */
export const MOST = Number.MAX_SAFE_INTEGER;

/**
 * Casts a whole number to a double. Servers sum whole numbers as decimals, which takes twice as long. Sums of doubles are exact
 * up to 2^53. A larger sum may be inexact, but it is never rounded to a number below 2^53.
 */
export const double = (value: string) => `CAST(${value} AS DOUBLE)`;
