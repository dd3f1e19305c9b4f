import type { Session } from '../db/connection.ts';
import { inTransaction } from '../db/transaction.ts';
import { parseContent } from './content.ts';
import { advance, type Decision, decide, type Limits, type State } from './decide.ts';
import type { FailureCode } from './errors.ts';
import { MAX_POINTS, MAX_QUANTITY, type Ref } from './input.ts';
import type { RequestContent, RequestKind } from './request.ts';

/** The most order lines that one transaction takes, so that no statement outgrows a packet. */
const MAX_LINES = 10_000;

const LIMITS: Limits = { maxPoints: MAX_POINTS, maxQuantity: MAX_QUANTITY };

const FAILURE_CODES: Readonly<Record<RequestKind, FailureCode>> = {
  charge: 'CHARGE_FAILED',
  order: 'PAYMENT_FAILED',
  restock: 'RESTOCK_FAILED',
};

/** What became of one transaction over a group of requests. */
export interface GroupResult {
  /** The requests that got their outcome now, in the order in which they were applied. */
  readonly decided: readonly { readonly id: number; readonly status: Decision['status'] }[];
  /** Ids for a transaction of their own: the group was too large for one. */
  readonly rest: readonly number[];
}

/**
 * Applies a group of requests in one transaction, one after another in the order of their ids, each seeing those before
 * it. What has an outcome already, or is not known, is passed over, so that a repetition does nothing.
 *
 * Only the holder of the lane's lock may call this, on the very session that holds it.
 *
 * @param attemptOf which attempt this is for a request, from 1; it is stored with its outcome.
 * @throws DatabaseError where nothing of the group was applied, or nobody knows (see `inTransaction`).
 */
export async function applyGroup(
  session: Session,
  ids: readonly number[],
  attemptOf: (id: number) => number,
): Promise<GroupResult> {
  if (ids.length === 0) return { decided: [], rest: [] };
  return inTransaction(session, async () => {
    const { requests, now, rest } = await readPending(session, ids);
    if (requests.length === 0) return { decided: [], rest };
    const state = await lockState(session, requests);
    const decisions = requests.map((request) => {
      const decision = decide(state, request.content, LIMITS);
      if (decision.status === 'applied') advance(state, decision.effects);
      return { id: request.id, decision };
    });
    await persist(session, decisions, state, { now, attemptOf });
    return { decided: decisions.map(({ id, decision }) => ({ id, status: decision.status })), rest };
  });
}

/** Stores that a request has failed for good, unless it has an outcome by now. Its payload may be what is wrong. */
export async function failRequest(session: Session, id: number, attempts: number): Promise<void> {
  await inTransaction(session, async () => {
    for (const { kind, now } of await selectPending(session, [id])) {
      await insertOutcomes(session, [[id, 'failed', FAILURE_CODES[kind], attempts, '{}', now]]);
    }
  });
}

interface PendingRequest {
  readonly id: number;
  readonly content: RequestContent;
}

interface PendingRow {
  readonly id: number;
  readonly kind: RequestKind;
  readonly payload: string;
  /** The server's clock: one for all workers. */
  readonly now: Date;
}

async function selectPending(session: Session, ids: readonly number[]): Promise<PendingRow[]> {
  return session.query<PendingRow>(
    `SELECT r.id, r.kind, r.payload, UTC_TIMESTAMP(3) AS now
     FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id
     WHERE r.id IN (?) AND o.request_id IS NULL ORDER BY r.id`,
    [ids],
  );
}

async function readPending(session: Session, ids: readonly number[]) {
  const rows = await selectPending(session, ids);
  const all = rows.map(({ id, kind, payload }): PendingRequest => ({ id, content: parseContent(kind, payload) }));
  let lines = 0;
  const fitting = all.findIndex(({ content }, index) => {
    lines += content.kind === 'order' ? content.payload.items.length : 1;
    return lines > MAX_LINES && index > 0;
  });
  const requests = fitting === -1 ? all : all.slice(0, fitting);
  return {
    requests,
    rest: all.slice(requests.length).map(({ id }) => id),
    now: rows[0]?.now ?? new Date(0),
  };
}

/**
 * Reads and locks all that the requests name: first users, then products, both in the order of their ids. Every
 * transaction that locks rows of both does so in this order, so that no two can wait for each other.
 */
async function lockState(session: Session, requests: readonly PendingRequest[]): Promise<State> {
  const users = new Set<Ref>();
  const products = new Set<Ref>();
  for (const { content } of requests) {
    if (content.kind !== 'restock') users.add(content.payload.user);
    if (content.kind === 'restock') products.add(content.payload.product);
    if (content.kind === 'order') for (const { product } of content.payload.items) products.add(product);
  }
  const userIds = await resolveReferences(session, 'users', users);
  const productIds = await resolveReferences(session, 'products', products);
  const userRows = await lockRows<State['users'] extends Map<number, infer U> ? U : never>(
    session,
    'SELECT id, balance FROM users WHERE id IN (?) ORDER BY id FOR UPDATE',
    [...numbers(users), ...userIds.values()],
  );
  const productRows = await lockRows<State['products'] extends Map<number, infer P> ? P : never>(
    session,
    'SELECT id, reference, name, price, stock FROM products WHERE id IN (?) ORDER BY id FOR UPDATE',
    [...numbers(products), ...productIds.values()],
  );
  return {
    users: new Map(userRows.map((row) => [row.id, row])),
    products: new Map(productRows.map((row) => [row.id, row])),
    userIds,
    productIds,
  };
}

/** Ids by reference. A reference never moves to another row, so this needs no lock. */
async function resolveReferences(
  session: Session,
  table: 'users' | 'products',
  refs: ReadonlySet<Ref>,
): Promise<Map<string, number>> {
  const references = [...refs].flatMap((ref) => (typeof ref === 'string' ? [ref.slice(1)] : []));
  if (references.length === 0) return new Map();
  const rows = await session.query<{ id: number; reference: string }>(
    `SELECT id, reference FROM ${table} WHERE reference IN (?)`,
    [references],
  );
  return new Map(rows.map(({ id, reference }) => [reference, id]));
}

async function lockRows<Row>(session: Session, sql: string, ids: readonly number[]): Promise<Row[]> {
  return ids.length === 0 ? [] : session.query<Row>(sql, [[...new Set(ids)]]);
}

function numbers(refs: ReadonlySet<Ref>): number[] {
  return [...refs].filter((ref) => typeof ref === 'number');
}

interface Decided {
  readonly id: number;
  readonly decision: Decision;
}

async function persist(
  session: Session,
  decided: readonly Decided[],
  state: State,
  { now, attemptOf }: { now: Date; attemptOf: (id: number) => number },
): Promise<void> {
  const applied = decided.flatMap(({ id, decision }) =>
    decision.status === 'applied' ? [{ id, effects: decision.effects }] : [],
  );
  const orderIds = await insertOrders(session, applied, now);

  const ledger = applied.flatMap(({ id, effects: { ledger: row } }) =>
    row === null
      ? []
      : [[row.userId, row.type, row.amount, row.balanceAfter, id, orderIds.get(id) ?? null, now] as const],
  );
  if (ledger.length > 0) {
    await session.execute(
      `INSERT INTO point_transactions (user_id, type, amount, balance_after, request_id, order_id, created_at) VALUES ?`,
      [ledger],
    );
  }

  const movements = applied.flatMap(({ id, effects }) =>
    effects.stock.map((row) => [row.productId, row.type, row.quantity, row.stockAfter, id, now] as const),
  );
  if (movements.length > 0) {
    await session.execute(
      `INSERT INTO stock_movements (product_id, type, quantity, stock_after, request_id, created_at) VALUES ?`,
      [movements],
    );
  }

  const touchedUsers = new Set(applied.flatMap(({ effects }) => effects.ledger?.userId ?? []));
  const touchedProducts = new Set(applied.flatMap(({ effects }) => effects.stock.map(({ productId }) => productId)));
  await updateColumn(session, 'users', 'balance', touchedUsers, (id) => state.users.get(id)?.balance);
  await updateColumn(session, 'products', 'stock', touchedProducts, (id) => state.products.get(id)?.stock);

  await insertOutcomes(
    session,
    decided.map(({ id, decision }) => [
      id,
      decision.status,
      decision.status === 'refused' ? decision.code : null,
      attemptOf(id),
      JSON.stringify(decision.details),
      now,
    ]),
  );
}

type AppliedRequest = { readonly id: number; readonly effects: Extract<Decision, { status: 'applied' }>['effects'] };

/** Inserts orders and lines; returns the orders' ids by request id, read back because clusters count in steps. */
async function insertOrders(
  session: Session,
  applied: readonly AppliedRequest[],
  now: Date,
): Promise<ReadonlyMap<number, number>> {
  const orders = applied.flatMap(({ id, effects: { order } }) => (order === null ? [] : [{ requestId: id, ...order }]));
  if (orders.length === 0) return new Map();
  await session.execute('INSERT INTO orders (request_id, user_id, status, total, created_at) VALUES ?', [
    orders.map(({ requestId, userId, total }) => [requestId, userId, 'placed', total, now]),
  ]);
  const rows = await session.query<{ id: number; requestId: number }>(
    'SELECT id, request_id AS requestId FROM orders WHERE request_id IN (?)',
    [orders.map(({ requestId }) => requestId)],
  );
  const ids = new Map(rows.map(({ id, requestId }) => [requestId, id]));
  await session.execute('INSERT INTO order_lines (order_id, position, product_id, quantity, unit_price) VALUES ?', [
    orders.flatMap(({ requestId, lines }) =>
      lines.map((line, position) => [
        ids.get(requestId) ?? null,
        position,
        line.productId,
        line.quantity,
        line.unitPrice,
      ]),
    ),
  ]);
  return ids;
}

type OutcomeValues = readonly [number, string, string | null, number, string, Date];

async function insertOutcomes(session: Session, rows: readonly OutcomeValues[]): Promise<void> {
  await session.execute('INSERT INTO outcomes (request_id, status, code, attempts, details, decided_at) VALUES ?', [
    rows,
  ]);
}

/** Writes final values by id in one statement; STRAIGHT_JOIN goes through the values and finds each row by its key. */
async function updateColumn(
  session: Session,
  table: 'users' | 'products',
  column: 'balance' | 'stock',
  ids: ReadonlySet<number>,
  value: (id: number) => number | undefined,
): Promise<void> {
  if (ids.size === 0) return;
  const { affectedRows } = await session.execute(
    `UPDATE JSON_TABLE(?, '$[*]' COLUMNS (id BIGINT PATH '$[0]', value BIGINT PATH '$[1]')) AS next
       STRAIGHT_JOIN ${table} ON ${table}.id = next.id
     SET ${table}.${column} = next.value`,
    [JSON.stringify([...ids].map((id) => [id, value(id)]))],
  );
  if (affectedRows !== ids.size) throw new Error(`${affectedRows} of ${ids.size} rows of ${table} were updated`);
}
