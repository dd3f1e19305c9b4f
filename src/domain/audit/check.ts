import type { Phrase } from '../phrase.ts';

/** The checks, in the order of the answer. */
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
  'cancels',
  'requests',
  'outcome-details',
  'hourly-sales',
  'references',
] as const;

export type AuditCheckName = (typeof CHECK_NAMES)[number];

/** The rows at fault and the figures that differ, by name. A number that a double does not hold is a string of digits. */
export type FaultRow = Readonly<Record<string, string | number | Date | null>>;

/** Something that must not be so of any row of a pass. */
export interface Rule {
  readonly check: AuditCheckName;
  /** SQL that is true of a row at fault. */
  readonly when: string;
  /** The select list that names the rows at fault, and the figures that differ; faults are sorted by the first two. */
  readonly names: string;
  /** The fault in a sentence. */
  readonly say: (row: FaultRow) => Phrase;
}

/**
 * One way through the rows of one or several tables, and what must not be so of any of them. Tables are read once and
 * whole; a subquery for each row, or an index that leads all over a table, takes minutes where this takes seconds.
 */
export interface Rows {
  /** What follows FROM. */
  readonly from: string;
  readonly rules: readonly Rule[];
}

/** Rows with those of other tables that are met on the way, so that these need not be read once more. */
export interface Pass extends Rows {
  readonly proof?: Proof;
  readonly met?: readonly Met[];
}

/**
 * As many rows as the pass has, which are quicker to read and can't name a fault. Where `when` is true of none of them, no
 * rule of the pass is true of any of its rows; else the pass itself is read.
 */
export interface Proof {
  /** What follows FROM. */
  readonly from: string;
  /** SQL that is true of at least one row where any row of the pass is at fault. */
  readonly when: string;
}

/**
 * Rows that a pass meets, each of them once at most. Where it has met as many as there are, none is left that `others`
 * could find.
 */
export interface Met {
  /** How many of them the pass has met: an aggregate over its rows. */
  readonly count: string;
  /** All of them: what follows FROM. */
  readonly of: string;
  /** Finds those that were not met. */
  readonly others: Rows;
}

/**
 * Behind a table that is joined: it is read from end to end and joined by hash, which is several times as fast for all
 * of its rows as to look each of them up by a key.
 */
export const WHOLE = 'USE INDEX ()';

/** The greatest number that the shop stores: a double holds it, and all whole numbers below. */
export const MOST = Number.MAX_SAFE_INTEGER;

/**
 * A whole number as a double. Servers sum up whole numbers as decimals, at twice the cost; sums of doubles are exact up to
 * 2^53, and what is more than that stays more.
 */
export const double = (value: string) => `CAST(${value} AS DOUBLE)`;
