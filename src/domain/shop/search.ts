import type { Conditions } from '../../db/mysql/conditions.ts';
import type { Session } from '../../db/mysql/connection.ts';
import { isReference } from '../input.ts';

/** A user that a search has found. */
export interface FoundUser {
  readonly id: number;
  readonly reference: string | null;
  readonly name: string;
  /** Balance in points. */
  readonly balance: number;
  /** Null unless the user is blocked. */
  readonly blockedAt: Date | null;
}

/** A product that a search has found. */
export interface FoundProduct {
  readonly id: number;
  readonly reference: string | null;
  readonly name: string;
  /** Price of one unit in points. */
  readonly price: number;
  /** Units in stock. */
  readonly stock: number;
  /** Null unless the product is retired. */
  readonly retiredAt: Date | null;
}

/** The result of a search. */
export interface Matches<Row> {
  readonly rows: readonly Row[];
  /** `more`: there are more matches. `unseen`: the search ended early, and only the newest names were searched. */
  readonly besides: 'none' | 'more' | 'unseen';
}

interface SearchBounds {
  /** The maximum number of rows. */
  readonly most: number;
  /** Number of rows whose names one statement searches. */
  readonly chunk: number;
  /** Milliseconds after which no further statement is started. */
  readonly limitMs: number;
}

const BOUNDS: SearchBounds = { most: 20, chunk: 20_000, limitMs: 1_000 };

interface SearchOptions {
  /** Stops the search after the current statement, for example because the typed text has changed. */
  readonly signal?: AbortSignal;
  readonly bounds?: SearchBounds;
}

/** Filters of a search for users. If `blocked` is undefined, all users are searched. */
export interface UserSearch extends SearchOptions {
  readonly blocked?: boolean | undefined;
}

/** Filters of a search for products. If `retired` is undefined, all products are searched. */
export interface ProductSearch extends SearchOptions {
  readonly retired?: boolean | undefined;
}

/**
 * Finds users by typed text: an id, the beginning of a reference with or without its `@`, or any part of a name in any
 * case. Empty text finds the newest users.
 *
 * Ids and references are looked up by index. No index can find part of a name, so names are scanned in chunks, newest
 * first, until there are enough matches or the time limit is reached. No statement takes long, even with very many
 * users.
 */
export async function searchUsers(
  session: Session,
  typed: string,
  { blocked, ...options }: UserSearch = {},
): Promise<Matches<FoundUser>> {
  const columns = 'id, reference, name, balance, blocked_at AS blockedAt';
  return search(session, { table: 'users', columns, condition: setOrNot('blocked_at', blocked) }, typed, options);
}

/** Finds products by typed text, as `searchUsers` finds users. */
export async function searchProducts(
  session: Session,
  typed: string,
  { retired, ...options }: ProductSearch = {},
): Promise<Matches<FoundProduct>> {
  const columns = 'id, reference, name, price, stock, retired_at AS retiredAt';
  return search(session, { table: 'products', columns, condition: setOrNot('retired_at', retired) }, typed, options);
}

function setOrNot(column: string, set: boolean | undefined): string {
  if (set === undefined) return 'TRUE';
  return `${column} IS ${set ? 'NOT NULL' : 'NULL'}`;
}

/** The rows to search. */
interface Source {
  readonly table: 'users' | 'products';
  readonly columns: string;
  readonly condition: string;
}

async function search<Row extends { readonly id: number }>(
  session: Session,
  { table, columns, condition }: Source,
  typed: string,
  { signal, bounds: { most, chunk, limitMs } = BOUNDS }: SearchOptions,
): Promise<Matches<Row>> {
  const until = performance.now() + limitMs;
  const found = new Map<number, Row>();
  // one row more than the maximum is read, which shows whether there are more
  const add = async (where: string, values: readonly (string | number)[], order = 'id DESC') => {
    const select = `SELECT ${columns} FROM ${table} WHERE ${condition} AND ${where} ORDER BY ${order} LIMIT ?`;
    const rows = await session.query<Row>(select, [...values, most + 1]);
    for (const row of rows) if (!found.has(row.id)) found.set(row.id, row);
  };
  const answer = (unseen: boolean): Matches<Row> => {
    const besides = found.size > most ? 'more' : unseen ? 'unseen' : 'none';
    return { rows: [...found.values()].slice(0, most), besides };
  };

  if (typed.trim() === '') {
    await add('TRUE', []);
    return answer(false);
  }
  const { id, reference, name } = matchesOf(typed);
  if (id !== null) await add(id.sql, [id.value]);
  if (reference !== null) await add(reference.sql, [reference.value], 'reference');
  if (name === null) return answer(false);

  for (let below = Number.MAX_SAFE_INTEGER; found.size <= most; ) {
    if (signal?.aborted === true) return answer(true);
    const [last] = await session.query<{ id: number | null }>(
      `SELECT MIN(id) AS id FROM (SELECT id FROM ${table} WHERE id < ? ORDER BY id DESC LIMIT ?) AS chunk`,
      [below, chunk],
    );
    const lowest = last?.id ?? null;
    if (lowest === null) break;
    await add(`id >= ? AND id < ? AND ${name.sql}`, [lowest, below, name.value]);
    below = lowest;
    if (performance.now() > until) return answer(true);
  }
  return answer(false);
}

/** A condition on users or products, with its value. */
interface Match {
  readonly sql: string;
  readonly value: string | number;
}

/**
 * Returns the conditions for the rows that match the typed text. A condition is null if the text can't be an id, a
 * reference or part of a name.
 */
function matchesOf(typed: string): { readonly [By in 'id' | 'reference' | 'name']: Match | null } {
  const text = typed.trim().normalize('NFC');
  const reference = text.replace(/^@/, '');
  return {
    id: /^[1-9][0-9]{0,15}$/.test(text) ? { sql: 'id = ?', value: Number(text) } : null,
    reference: isReference(reference) ? { sql: 'reference LIKE ?', value: likePrefix(reference) } : null,
    // text that begins with @ is a reference; LOCATE is used instead of LIKE, because the text may contain wildcards
    name: text.startsWith('@') ? null : { sql: 'LOCATE(LOWER(?), LOWER(name)) > 0', value: text },
  };
}

/**
 * Limits users or products to those that match the text, by the same rules as in `searchUsers`. No index can find part of
 * a name, so the server scans the names until it has enough rows.
 */
export function narrowToText(where: Conditions, text: string): void {
  const matches = Object.values(matchesOf(text)).filter((match) => match !== null);
  const any = ['FALSE', ...matches.map(({ sql }) => sql)].join(' OR ');
  where.add(`(${any})`, ...matches.map(({ value }) => value));
}

/** Returns a LIKE pattern for values that begin with the text, which must not contain a backslash. */
export function likePrefix(text: string): string {
  return `${text.replace(/[_%]/g, '\\$&')}%`;
}
