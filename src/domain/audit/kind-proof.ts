import { phrase } from '../phrase.ts';
import type { LedgerType } from '../requests/kinds/state.ts';
import type { Pass, Rule } from './check.ts';

/**
 * What `audit` proves of one kind of request. Its rules belong to the one pass over all requests (`REQUESTS` in
 * `requests.ts`), whose tables are `r` requests, `o` outcomes, `t` the ledger row, `p` the order of the same id, `u` the ledger
 * row's user, and `l` the sums over the order's lines.
 */
export interface KindProof {
  /** The type of the one ledger row that an applied request has; null if it has none. */
  readonly ledger: LedgerType | null;
  /** Whether an applied request has an order. */
  readonly order: boolean;
  /** SQL that is true where the stored outcome says what the ledger row has; null without a ledger row. */
  readonly outcome: string | null;
  readonly rules: readonly Rule[];
  /** Passes over other tables. */
  readonly passes: readonly Pass[];
}

/** How JSON names a user or product: by id or by reference. */
export const BY_ID = (table: string) => `${table}.id`;
export const BY_REFERENCE = (table: string) => `CONCAT('"@', COALESCE(${table}.reference, ''), '"')`;

/** A field of a JSON object as text. */
export const json = (column: string, name: string) => `CAST(JSON_EXTRACT(${column}, '$.${name}') AS CHAR)`;

/**
 * True where `column` is the object with these fields, or has fields of these values whatever else it has. The text is
 * compared first: JSON is parsed only where another program has written it.
 *
 * @param last a field behind them, whose value is not compared.
 */
export function says(column: string, fields: Readonly<Record<string, string>>, last?: string): string {
  const entries = Object.entries(fields);
  const begin = entries.map(([name, value]) => `'"${name}":', ${value}`).join(", ',', ");
  const text = last === undefined ? `= CONCAT('{', ${begin}, '}')` : `LIKE CONCAT('{', ${begin}, ',"${last}":%')`;
  const each = entries.map(([name, value]) => `COALESCE(${json(column, name)} = CONCAT(${value}), FALSE)`);
  return `(${column} ${text} OR (JSON_VALID(${column}) AND ${each.join(' AND ')}))`;
}

/** The rule that a ledger row is what its request asked for. @param when SQL that is true of a row at fault. */
export function ledgerAsRequested(when: string): Rule {
  return {
    check: 'requests',
    when,
    names: `r.id AS requestId, r.kind, r.payload AS asked, t.id AS transactionId, t.user_id AS userId, t.amount,
      t.order_id AS orderId`,
    say: (f) =>
      f.orderId === null
        ? phrase`Request ${f.requestId} asks for the ${f.kind} ${f.asked}; ledger row ${f.transactionId} has user ${f.userId}, amount ${f.amount}.`
        : phrase`Request ${f.requestId} asks for the ${f.kind} ${f.asked}; ledger row ${f.transactionId} has user ${f.userId}, amount ${f.amount}, order ${f.orderId}.`,
  };
}
