import { phrase } from '../phrase.ts';
import type { LedgerType, StockType } from '../requests/kinds/state.ts';
import type { Pass, Rule } from './check.ts';

/**
 * The checks that `audit` runs for one kind of request. The rules of all kinds belong to the single pass over all requests
 * (`REQUESTS` in `requests.ts`). The tables of that pass are `r` (requests), `o` (outcomes), `t` (the ledger row), `p` (the
 * order with the same id), `u` (the ledger row's user) and `l` (the sums over the order's lines).
 */
export interface KindProof {
  /** The type of the only ledger row that an applied request has; null if it has none. */
  readonly ledger: LedgerType | null;
  /** The only stock row that an applied request has; null if it has none or several. */
  readonly stock: StockProof | null;
  /** True if an applied request places an order. */
  readonly order: boolean;
  /** SQL condition that is true if the stored outcome agrees with the ledger row; null without a ledger row. */
  readonly outcome: string | null;
  readonly rules: readonly Rule[];
  /** Passes over other tables. */
  readonly passes: readonly Pass[];
}

/**
 * Describes how the only stock row of a request is proved. The tables in the conditions are `m` (the stock row), `r` (its
 * request), `o` (the outcome) and `p` (the product).
 */
interface StockProof {
  /** The type of the row. No other kind writes rows of this type. */
  readonly type: StockType;
  /** SQL condition that is true if the row agrees with its request. */
  readonly asRequested: string;
  /** SQL condition that is true if the stored outcome agrees with the row. */
  readonly outcome: string;
}

/** SQL for the JSON text that names a user or product in a request by id. */
export const BY_ID = (table: string) => `${table}.id`;
/** SQL for the JSON text that names a user or product in a request by reference. */
export const BY_REFERENCE = (table: string) => `CONCAT('"@', COALESCE(${table}.reference, ''), '"')`;

/** SQL for a field of a JSON object, as text. */
export const json = (column: string, name: string) => `CAST(JSON_EXTRACT(${column}, '$.${name}') AS CHAR)`;

/**
 * Returns an SQL condition that is true if `column` holds a JSON object with these values in these fields. The condition first
 * compares `column` with the text that this program writes. A text that differs is parsed as JSON, because another program may
 * have written it.
 *
 * @param last a field that follows these fields; its value is not compared.
 */
export function hasFields(column: string, fields: Readonly<Record<string, string>>, last?: string): string {
  const entries = Object.entries(fields);
  const begin = entries.map(([name, value]) => `'"${name}":', ${value}`).join(", ',', ");
  const text = last === undefined ? `= CONCAT('{', ${begin}, '}')` : `LIKE CONCAT('{', ${begin}, ',"${last}":%')`;
  const each = entries.map(([name, value]) => `COALESCE(${json(column, name)} = CONCAT(${value}), FALSE)`);
  return `(${column} ${text} OR (JSON_VALID(${column}) AND ${each.join(' AND ')}))`;
}

/**
 * Creates the rule that a ledger row must agree with its request.
 *
 * @param when SQL condition that is true for a row at fault.
 */
export function ledgerAsRequested(when: string): Rule {
  return {
    check: 'requests',
    when,
    names: `r.id AS requestId, r.kind, r.payload AS asked, t.id AS transactionId, t.user_id AS userId, t.amount,
      t.order_id AS orderId`,
    describe: (f) =>
      f.orderId === null
        ? phrase`Request ${f.requestId} (${f.kind}) has the content ${f.asked}, but its ledger row ${f.transactionId} has user ${f.userId}, amount ${f.amount}.`
        : phrase`Request ${f.requestId} (${f.kind}) has the content ${f.asked}, but its ledger row ${f.transactionId} has user ${f.userId}, amount ${f.amount}, order ${f.orderId}.`,
  };
}

/** Returns the proof of a kind whose only effect is one ledger row of this type, with the requested user and amount. */
export function balanceProof(kind: string, type: LedgerType): KindProof {
  return {
    ledger: type,
    stock: null,
    order: false,
    outcome: hasFields('o.details', {
      userId: 't.user_id',
      amount: 't.amount',
      balance: 't.balance_after',
      transactionId: 't.id',
    }),
    rules: [
      ledgerAsRequested(`r.kind = '${kind}' AND t.type = '${type}' AND u.id IS NOT NULL
        AND NOT ${hasFields('r.payload', { user: BY_ID('u'), amount: 't.amount' })}
        AND NOT ${hasFields('r.payload', { user: BY_REFERENCE('u'), amount: 't.amount' })}`),
    ],
    passes: [],
  };
}
