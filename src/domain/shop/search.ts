import type { Session } from '../../db/mysql/connection.ts';
import { isReference } from '../input.ts';

/** A user, with the fields that help to choose one. */
export interface FoundUser {
  readonly id: number;
  readonly reference: string | null;
  readonly name: string;
  /** Balance in points. */
  readonly balance: number;
}

/** A product, with the fields that help to choose one. */
export interface FoundProduct {
  readonly id: number;
  readonly reference: string | null;
  readonly name: string;
  /** Price of one unit in points. */
  readonly price: number;
  /** Units in stock. */
  readonly stock: number;
}

/** The result of a search. */
export interface Matches<Row> {
  readonly rows: readonly Row[];
  /** `more`: there are more matches. `unseen`: the time limit was reached, and only the newest names were searched. */
  readonly besides: 'none' | 'more' | 'unseen';
}

/** Limits of a search. */
export interface SearchBounds {
  /** The maximum number of rows. */
  readonly most: number;
  /** Number of rows in which one statement searches the names. */
  readonly piece: number;
  /** Milliseconds after which no further statement is started. */
  readonly limitMs: number;
}

const BOUNDS: SearchBounds = { most: 20, piece: 20_000, limitMs: 1_000 };

/**
 * Finds users by typed text: an id, the beginning of a reference with or without its `@`, or any part of a name in any case.
 * An empty text finds the newest users.
 *
 * Ids and references are found by their keys. No index finds a part of a name, so names are scanned in chunks, newest first,
 * until there are enough matches or the time limit is reached. So no statement takes long, however many users there are.
 *
 * @param signal stops the search after the current statement, because the text has changed.
 */
export async function searchUsers(
  session: Session,
  typed: string,
  signal?: AbortSignal,
  bounds: SearchBounds = BOUNDS,
): Promise<Matches<FoundUser>> {
  return search(session, 'SELECT id, reference, name, balance FROM users', 'users', typed, bounds, signal);
}

/** Finds products by typed text, in the same way. */
export async function searchProducts(
  session: Session,
  typed: string,
  signal?: AbortSignal,
  bounds: SearchBounds = BOUNDS,
): Promise<Matches<FoundProduct>> {
  return search(session, 'SELECT id, reference, name, price, stock FROM products', 'products', typed, bounds, signal);
}

async function search<Row extends { readonly id: number }>(
  session: Session,
  select: string,
  table: 'users' | 'products',
  typed: string,
  { most, piece, limitMs }: SearchBounds,
  signal: AbortSignal | undefined,
): Promise<Matches<Row>> {
  const until = performance.now() + limitMs;
  const found = new Map<number, Row>();
  // one row more than the maximum is read, which shows whether there are more
  const add = async (rest: string, values: readonly (string | number)[]) => {
    const rows = await session.query<Row>(`${select} ${rest} LIMIT ?`, [...values, most + 1]);
    for (const row of rows) if (!found.has(row.id)) found.set(row.id, row);
  };
  const answer = (unseen: boolean): Matches<Row> => {
    const besides = found.size > most ? 'more' : unseen ? 'unseen' : 'none';
    return { rows: [...found.values()].slice(0, most), besides };
  };

  const text = typed.trim().normalize('NFC');
  if (text === '') {
    await add('ORDER BY id DESC', []);
    return answer(false);
  }
  if (/^[1-9][0-9]{0,15}$/.test(text)) await add('WHERE id = ?', [Number(text)]);
  const reference = text.replace(/^@/, '');
  if (isReference(reference)) {
    await add('WHERE reference LIKE ? ORDER BY reference', [likePrefix(reference)]);
  }
  // text that begins with @ is a reference, not a part of a name
  if (text.startsWith('@')) return answer(false);

  for (let below = Number.MAX_SAFE_INTEGER; found.size <= most; ) {
    if (signal?.aborted === true) return answer(true);
    const [last] = await session.query<{ id: number | null }>(
      `SELECT MIN(id) AS id FROM (SELECT id FROM ${table} WHERE id < ? ORDER BY id DESC LIMIT ?) AS piece`,
      [below, piece],
    );
    const lowest = last?.id ?? null;
    if (lowest === null) break;
    // LOCATE instead of LIKE, because the text may contain wildcards
    await add('WHERE id >= ? AND id < ? AND LOCATE(LOWER(?), LOWER(name)) > 0 ORDER BY id DESC', [lowest, below, text]);
    below = lowest;
    if (performance.now() > until) return answer(true);
  }
  return answer(false);
}

/** Returns a LIKE pattern for values that begin with a text, which has no backslash. */
export function likePrefix(text: string): string {
  return `${text.replace(/[_%]/g, '\\$&')}%`;
}
