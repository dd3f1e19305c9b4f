import type { Session } from '../../db/mysql/connection.ts';
import { isReference } from '../input.ts';

/** A user, as one is chosen by. */
export interface FoundUser {
  readonly id: number;
  readonly reference: string | null;
  readonly name: string;
  /** Points. */
  readonly balance: number;
}

/** A product, as one is chosen by. */
export interface FoundProduct {
  readonly id: number;
  readonly reference: string | null;
  readonly name: string;
  /** Points for one unit. */
  readonly price: number;
  /** Units left. */
  readonly stock: number;
}

/** What was found, and what there may be besides. */
export interface Matches<Row> {
  readonly rows: readonly Row[];
  /** `more` there are; or, `unseen`, the time was up before all names had been looked at, and only the newest were. */
  readonly besides: 'none' | 'more' | 'unseen';
}

/** How much a search may take. */
export interface SearchBounds {
  /** Rows that are answered at most. */
  readonly most: number;
  /** Rows whose names one statement looks at. */
  readonly piece: number;
  /** Milliseconds after which no other statement is begun. */
  readonly limitMs: number;
}

const BOUNDS: SearchBounds = { most: 20, piece: 20_000, limitMs: 1_000 };

/**
 * Users by what a person has typed: an id, the beginning of a reference with or without its `@`, or any part of a name, large
 * and small letters alike; nothing typed finds the newest.
 *
 * Ids and references are found by their keys. Names have no index that finds a part of them: they are looked through
 * piece by piece, newest first, until there are enough or the time is up, so that no statement is long however many users
 * there are.
 *
 * @param signal ends it after the statement under way: something else has been typed.
 */
export async function searchUsers(
  session: Session,
  typed: string,
  signal?: AbortSignal,
  bounds: SearchBounds = BOUNDS,
): Promise<Matches<FoundUser>> {
  return search(session, 'SELECT id, reference, name, balance FROM users', 'users', typed, bounds, signal);
}

/** Products by what a person has typed, in the same way. */
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
  // one more than is answered tells whether there are more
  const add = async (rest: string, values: readonly (string | number)[]) => {
    const rows = await session.query<Row>(`${select} ${rest} LIMIT ?`, [...values, most + 1]);
    for (const row of rows) if (!found.has(row.id)) found.set(row.id, row);
  };
  const answer = (unseen: boolean): Matches<Row> => {
    const besides = found.size > most ? 'more' : unseen ? 'unseen' : 'none';
    return { rows: [...found.values()].slice(0, most), besides };
  };

  const text = typed.trim();
  if (text === '') {
    await add('ORDER BY id DESC', []);
    return answer(false);
  }
  if (/^[1-9][0-9]{0,15}$/.test(text)) await add('WHERE id = ?', [Number(text)]);
  const reference = text.replace(/^@/, '');
  if (isReference(reference)) {
    await add('WHERE reference LIKE ? ORDER BY reference', [likePrefix(reference)]);
  }
  // no name is meant by what begins like a reference
  if (text.startsWith('@')) return answer(false);

  for (let below = Number.MAX_SAFE_INTEGER; found.size <= most; ) {
    if (signal?.aborted === true) return answer(true);
    const [last] = await session.query<{ id: number | null }>(
      `SELECT MIN(id) AS id FROM (SELECT id FROM ${table} WHERE id < ? ORDER BY id DESC LIMIT ?) AS piece`,
      [below, piece],
    );
    const lowest = last?.id ?? null;
    if (lowest === null) break;
    // not LIKE: what is typed may have its wildcards in it
    await add('WHERE id >= ? AND id < ? AND LOCATE(LOWER(?), LOWER(name)) > 0 ORDER BY id DESC', [lowest, below, text]);
    below = lowest;
    if (performance.now() > until) return answer(true);
  }
  return answer(false);
}

/**
 * A pattern of LIKE for what begins with a text of the characters that references and keys may have: of these, one alone
 * stands for others in a pattern.
 */
export function likePrefix(text: string): string {
  return `${text.replaceAll('_', '\\_')}%`;
}
