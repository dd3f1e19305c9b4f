import type { Session } from '../../db/mysql/connection.ts';
import type { Ref } from '../input.ts';
import type { RequestContent } from '../requests/kinds/index.ts';
import { parseContent } from '../requests/kinds/parse.ts';
import type { RecordedRequest } from '../requests/pending.ts';
import { resolveRows, touchedRows } from './row-locks.ts';

/**
 * Kind of row that a request locks: the first word of the row's name, such as `product` in `product 3`. For a cart, the request
 * locks the cart's lines.
 */
type RowKind = 'user' | 'product' | 'order' | 'cart';
export type RowName = `${RowKind} ${Ref}`;

/** A request with the rows that it locks. */
export interface RequestRows {
  readonly request: RecordedRequest;
  readonly rows: readonly RowName[];
}

/** Maximum number of ids in one statement. With far more ids, servers read whole tables. */
const AT_ONCE = 1_000;

/**
 * Queries that find rows of each kind. `id` is the row's own id. `owner` is the id in the row's name; for a cart line, it is
 * the cart's id.
 */
const SELECT_ROWS: Readonly<Record<RowKind, string>> = {
  user: 'SELECT id, id AS owner FROM users WHERE id IN (?) ORDER BY id',
  product: 'SELECT id, id AS owner FROM products WHERE id IN (?) ORDER BY id',
  order: 'SELECT id, id AS owner FROM orders WHERE id IN (?) ORDER BY id',
  cart: 'SELECT id, cart_id AS owner FROM cart_lines FORCE INDEX (uq_cart_lines_product) WHERE cart_id IN (?)',
};

/**
 * Finds the rows that each request locks. A row is named by its id and, if the request gives a reference, by the reference too.
 * The rows include the order that the request may place, which has the request's own id: a return or cancel of that order must
 * wait for the request. Withdrawn requests and requests with invalid payloads lock no rows.
 */
export async function rowsOfRequests(
  session: Session,
  requests: readonly RecordedRequest[],
): Promise<readonly RequestRows[]> {
  const read = requests.map((request) => ({ request, content: contentOrNull(request) }));
  const resolved = await resolveRows(session, touchedRows(read.flatMap(({ content }) => content ?? [])));
  const orders = new Map(resolved.orders.map((order) => [order.id, order]));
  const userRows = (ref: Ref) => namesOfRow('user', resolved.userIds, ref);
  const productRows = (ref: Ref) => namesOfRow('product', resolved.productIds, ref);
  const orderRows = (id: number): RowName[] => {
    const { userId, lines = [] } = orders.get(id) ?? {};
    const others = lines.flatMap(({ productId }) => productRows(productId));
    return [`order ${id}`, ...(userId === undefined ? [] : userRows(userId)), ...others];
  };
  return read.map(({ request, content }) => {
    if (content === null) return { request, rows: [] };
    const touched = touchedRows([content]);
    const rows = [
      ...[...touched.users].flatMap(userRows),
      ...[...touched.products].flatMap(productRows),
      ...[request.id, ...touched.orders].flatMap(orderRows),
      ...[...touched.carts].map((id): RowName => `cart ${id}`),
    ];
    return { request, rows };
  });
}

/**
 * Returns the names of a row: with its id, if the row exists, and with the reference, if the request gives one. Both are
 * needed, because a request that was read before the row existed names the row only by its reference.
 */
function namesOfRow(kind: RowKind, ids: ReadonlyMap<string, number>, ref: Ref): RowName[] {
  const id = typeof ref === 'number' ? ref : ids.get(ref.slice(1));
  return id === undefined || id === ref ? [`${kind} ${ref}`] : [`${kind} ${id}`, `${kind} ${ref}`];
}

/** Finds which of `names` have a row that another session has locked at this moment. The function keeps no locks. */
export async function findLockedRows(session: Session, names: Iterable<RowName>): Promise<ReadonlySet<RowName>> {
  const ids: Record<RowKind, number[]> = { user: [], product: [], order: [], cart: [] };
  for (const name of new Set(names)) {
    const [kind = '', id] = name.split(' ');
    if (Number.isInteger(Number(id))) ids[kind as RowKind].push(Number(id));
  }
  const locked = new Set<RowName>();
  for (const [kind, select] of Object.entries(SELECT_ROWS) as [RowKind, string][]) {
    for (let start = 0; start < ids[kind].length; start += AT_ONCE) {
      const some = ids[kind].slice(start, start + AT_ONCE).sort((a, b) => a - b);
      const rows = await session.query<{ id: number; owner: number }>(select, [some]);
      const free = await session.query<{ id: number }>(`${select} FOR UPDATE SKIP LOCKED`, [some]);
      const lockable = new Set(free.map(({ id }) => id));
      for (const { id, owner } of rows) if (!lockable.has(id)) locked.add(`${kind} ${owner}`);
    }
  }
  return locked;
}

function contentOrNull(request: RecordedRequest): RequestContent | null {
  if (request.withdrawn) return null;
  try {
    return parseContent(request);
  } catch {
    // the error is ignored here, because the attempt to apply the request reports it
    return null;
  }
}
