import { connect, type Session, type SqlValue } from '../../db/mysql/connection.ts';
import { isReference, MAX_POINTS } from '../input.ts';
import type { RequestKind } from '../requests/kinds/index.ts';
import { RETURNABLE } from '../requests/kinds/refund.ts';
import type { OutcomeStatus } from '../requests/status.ts';
import { HAS_WITHDRAWABLE, isNewWithdrawable } from '../requests/withdraw.ts';
import type { OrderStatus } from './orders.ts';
import { likePrefix } from './search.ts';

interface FoundOrder {
  readonly id: number;
  readonly code: null;
  readonly status: OrderStatus;
  readonly total: number;
  /** The name of the order's user. */
  readonly user: string;
}

/** The rows that can be found, by kind. `code` is a row's other name: a reference, a key, or the name of a batch. */
export interface Found {
  readonly user: UserMatch;
  readonly 'blocked-user': UserMatch;
  readonly 'unblocked-user': UserMatch;
  readonly product: ProductMatch;
  readonly 'product-on-sale': ProductMatch;
  readonly 'retired-product': ProductMatch;
  readonly order: FoundOrder;
  /** An order that can be returned or cancelled. */
  readonly 'returnable-order': FoundOrder;
  readonly batch: FoundBatch;
  /** A batch that can be cancelled. */
  readonly 'pending-batch': FoundBatch;
  readonly request: FoundRequest;
  /** A request that can be cancelled. */
  readonly 'pending-request': FoundRequest;
  /** A request that can be retried. */
  readonly 'failed-request': FoundRequest;
}

interface FoundBatch {
  readonly id: number;
  readonly code: string;
  readonly createdAt: Date;
}

interface FoundRequest {
  readonly id: number;
  readonly code: string;
  readonly kind: RequestKind;
  /** Null if the request has no outcome. */
  readonly status: OutcomeStatus | null;
}

interface UserMatch {
  readonly id: number;
  readonly code: string | null;
  readonly name: string;
}

interface ProductMatch {
  readonly id: number;
  readonly code: string | null;
  readonly name: string;
  readonly stock: number;
}

export type FoundKind = keyof Found;

/** A found row, with its names in the form that a command accepts. */
export interface Named<Row> {
  /** The name that begins with the typed text. */
  readonly word: string;
  /** The row's other name; null if the row has only one name. */
  readonly other: string | null;
  readonly row: Row;
}

/** How a kind of code, an id or a reference, is stored in a column, and which sign precedes it on a command line. */
interface Code {
  readonly column: string;
  readonly sign: '@' | '';
}

interface CodePrefix extends Code {
  /** The text without the sign. */
  readonly text: string;
}

interface Table {
  readonly name: string;
  readonly select: string;
  /** SQL condition for the rows to find. Without it, all rows of the table are searched. */
  readonly condition?: string;
  readonly code: Code | null;
}

const USERS: Table = {
  name: 'users',
  select: 'SELECT id, reference AS code, name FROM users',
  code: { column: 'reference', sign: '@' },
};

const PRODUCTS: Table = {
  name: 'products',
  select: 'SELECT id, reference AS code, name, stock FROM products',
  code: { column: 'reference', sign: '@' },
};

const ORDERS: Table = {
  name: 'orders',
  select: `SELECT id, NULL AS code, status, total,
      (SELECT u.name FROM users u WHERE u.id = orders.user_id) AS user FROM orders`,
  code: null,
};

const BATCHES: Table = {
  name: 'batches',
  select: 'SELECT id, name AS code, created_at AS createdAt FROM batches',
  code: { column: 'name', sign: '' },
};

const REQUESTS: Table = {
  name: 'requests',
  select: `SELECT id, idempotency_key AS code, kind,
    (SELECT o.status FROM outcomes o WHERE o.request_id = requests.id) AS status FROM requests`,
  code: { column: 'idempotency_key', sign: '' },
};

const TABLES: Readonly<Record<FoundKind, Table>> = {
  user: USERS,
  'blocked-user': { ...USERS, condition: 'blocked_at IS NOT NULL' },
  'unblocked-user': { ...USERS, condition: 'blocked_at IS NULL' },
  product: PRODUCTS,
  'product-on-sale': { ...PRODUCTS, condition: 'retired_at IS NULL' },
  'retired-product': { ...PRODUCTS, condition: 'retired_at IS NOT NULL' },
  order: ORDERS,
  'returnable-order': { ...ORDERS, condition: `status IN (${RETURNABLE.map((status) => `'${status}'`).join(', ')})` },
  batch: BATCHES,
  'pending-batch': { ...BATCHES, condition: HAS_WITHDRAWABLE },
  request: REQUESTS,
  'pending-request': { ...REQUESTS, condition: isNewWithdrawable('requests.id') },
  // the search begins with `attempts`, because this table has few rows, and at least one for each failed request
  'failed-request': {
    ...REQUESTS,
    condition: `id IN (SELECT a.request_id FROM attempts a JOIN outcomes o ON o.request_id = a.request_id WHERE o.status = 'failed')`,
  },
};

/** Returns the table for a search among the products of an order that have units left to return. */
function productsLeftIn(order: number): Table {
  const left = `SELECT l.product_id FROM order_lines l WHERE l.order_id = ${order} AND l.returned < l.quantity`;
  return { ...PRODUCTS, condition: `id IN (${left})` };
}

/** Approximate maximum number of rows that a search returns. */
const MAX_ROWS = 50;
const MOST_DIGITS = String(MAX_POINTS).length;

/**
 * Finds rows whose id or other name begins with the typed text, for completion in a shell. A shell inserts the common prefix of
 * its candidates. So if there are too many rows, only some of them are returned, with the same common prefix as all rows.
 *
 * @param prefix the typed text, which may be empty.
 * @param limitMs the limit for connecting and for each statement.
 * @param order the id of an order, to find only products of this order that can be returned.
 */
export async function findByPrefix<Kind extends FoundKind>(
  url: string,
  kind: Kind,
  prefix: string,
  limitMs: number,
  order?: string,
): Promise<readonly Named<Found[Kind]>[]> {
  if (order !== undefined && !isId(order)) return [];
  const table = order === undefined ? TABLES[kind] : productsLeftIn(Number(order));
  const beginsId = isIdPrefix(prefix);
  const code = prefix === '' ? null : codePrefix(table, prefix);
  if (!beginsId && code === null) return [];
  const session = await connect(url, { connectMs: limitMs, statementMs: limitMs });
  try {
    const numbered = beginsId ? await byId<Found[Kind]>(session, table, prefix) : [];
    const coded = code === null ? [] : await byCode<Found[Kind]>(session, table, code);
    return [
      ...numbered.map((row) => ({ word: String(row.id), other: codeOf(table, row), row })),
      ...coded.map((row) => ({ word: codeOf(table, row) ?? '', other: String(row.id), row })),
    ];
  } finally {
    await session.close();
  }
}

function codeOf({ code: known }: Table, { code }: Found[FoundKind]): string | null {
  return known === null || code === null ? null : `${known.sign}${code}`;
}

/** Parses the typed text as the beginning of a code; null if it can't be one. */
function codePrefix({ code }: Table, prefix: string): CodePrefix | null {
  if (code === null || !prefix.startsWith(code.sign)) return null;
  const text = prefix.slice(code.sign.length).normalize('NFC');
  const isPossible = code.sign === '@' ? text === '' || isReference(text) : /^[A-Za-z0-9._:-]*$/.test(text);
  return isPossible ? { ...code, text } : null;
}

function isIdPrefix(text: string): boolean {
  return text === '' || isId(text);
}

function isId(text: string): boolean {
  return /^[1-9]\d*$/.test(text) && Number(text) <= MAX_POINTS;
}

/**
 * Finds rows by id, newest first. If there are too many rows, returns the newest rows and, for each digit that may follow the
 * typed digits, the row with the lowest id.
 */
async function byId<Row extends { id: number }>(
  session: Session,
  { name, select, condition = 'TRUE' }: Table,
  prefix: string,
): Promise<readonly Row[]> {
  const [ids, values] = idsFrom(prefix);
  const newest = await session.query<Row>(`${select} WHERE ${condition} AND ${ids} ORDER BY id DESC LIMIT ?`, [
    ...values,
    MAX_ROWS + 1,
  ]);
  if (newest.length <= MAX_ROWS) return newest;
  const longer = Array.from({ length: 10 }, (_, digit) => idsFrom(`${prefix}${digit}`));
  const lowest = [['id = ?', [Number(prefix)]] as const, ...longer].map(([where, given]) => ({
    sql: `(SELECT id FROM ${name} WHERE ${condition} AND ${where} ORDER BY id LIMIT 1)`,
    given,
  }));
  const spread = await session.query<Row>(
    `${select} WHERE id IN (SELECT id FROM (${lowest.map(({ sql }) => sql).join(' UNION ALL ')}) AS lowest)
     ORDER BY id DESC`,
    lowest.flatMap(({ given }) => given),
  );
  const spreadIds = new Set(spread.map(({ id }) => id));
  return [...newest.filter(({ id }) => !spreadIds.has(id)).slice(0, MAX_ROWS - spread.length), ...spread];
}

/**
 * Returns a condition for the ids that begin with these digits. The condition consists of ranges, which use the primary key.
 */
function idsFrom(prefix: string): readonly [sql: string, values: readonly SqlValue[]] {
  if (prefix === '') return ['id > 0', []];
  if (!isIdPrefix(prefix)) return ['FALSE', []];
  const ranges = Array.from({ length: MOST_DIGITS - prefix.length + 1 }, (_, zeros) => {
    const factor = 10 ** zeros;
    return [Number(prefix) * factor, Math.min((Number(prefix) + 1) * factor - 1, MAX_POINTS)];
  }).filter(([from = 0]) => from <= MAX_POINTS);
  return [`(${ranges.map(() => 'id BETWEEN ? AND ?').join(' OR ')})`, ranges.flat()];
}

/**
 * Finds rows by code, in alphabetical order. If there are too many rows, returns the first rows and the last one, because all
 * rows between these share the common prefix of the first and the last row.
 */
async function byCode<Row>(
  session: Session,
  { select, condition = 'TRUE' }: Table,
  { column, text }: CodePrefix,
): Promise<readonly Row[]> {
  const like = likePrefix(text);
  const where = `${select} WHERE ${condition} AND ${column} LIKE ? ORDER BY ${column}`;
  const first = await session.query<Row>(`${where} LIMIT ?`, [like, MAX_ROWS + 1]);
  if (first.length <= MAX_ROWS) return first;
  const last = await session.query<Row>(`${where} DESC LIMIT 1`, [like]);
  return [...first.slice(0, MAX_ROWS - 1), ...last];
}
