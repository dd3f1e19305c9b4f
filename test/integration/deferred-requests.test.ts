import type { Connection } from 'mysql2/promise';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { findLockedRows } from '../../src/domain/apply/lock-conflicts.ts';
import type { RecordedRequest } from '../../src/domain/requests/pending.ts';
import { openSession, type Session } from '../../src/domain/servers/connections.ts';
import { DEFERRED_RETRY_MS, DeferredRequests } from '../../src/jobs/worker/deferred-requests.ts';
import { eventually } from '../support/eventually.ts';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;
let session: Session;
let other: Connection;
let lines: string[];
let deferred: DeferredRequests;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.ok(['db', 'seed']);
  session = await openSession(shop.databaseUrl);
  other = await shop.connection();
});

beforeEach(() => {
  lines = [];
  deferred = new DeferredRequests(pino({}, { write: (line: string) => lines.push(line) }));
});

afterAll(async () => {
  await session.close();
  await other.end();
  await shop.close();
});

async function record(...args: readonly string[]): Promise<RecordedRequest> {
  const { requestId } = await shop.ok<{ requestId: number }>([...args, '--no-wait']);
  const [request] = await shop.sql<RecordedRequest>(
    'SELECT id, kind, payload, reason, created_at AS createdAt FROM requests WHERE id = ?',
    [requestId],
  );
  if (request === undefined) throw new Error(`no request ${requestId}`);
  return request;
}

const idsOf = (requests: readonly RecordedRequest[]) => requests.map(({ id }) => id);

async function retried(): Promise<readonly number[]> {
  return eventually(
    'deferred requests are due for a retry',
    async () => {
      const ids = idsOf(await deferred.retry(session));
      return ids.length > 0 && ids;
    },
    10 * DEFERRED_RETRY_MS,
  );
}

it('finds exactly the rows that another session has locked, for reading or for writing', async () => {
  const { orderId, cartId } = await shop.whileWorking(async () => {
    await shop.ok(['charge', '1', '1000']);
    const order = await shop.ok<{ orderId: number }>(['order', 'place', '1', '1']);
    const cart = await shop.ok<{ cartId: number }>(['cart', 'add', '1', '3']);
    return { ...order, ...cart };
  });
  const all = [1, 2].flatMap((id) => [`user ${id}`, `product ${id}`, `order ${orderId}`, `cart ${cartId}`] as const);
  expect(await findLockedRows(session, all)).toEqual(new Set());
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM users WHERE id = 2 FOR UPDATE');
  await other.query('SELECT * FROM products WHERE id = 1 LOCK IN SHARE MODE');
  await other.query('UPDATE orders SET refunded = refunded WHERE id = ?', [orderId]);
  await other.query('SELECT * FROM cart_lines WHERE cart_id = ? FOR UPDATE', [cartId]);
  const locked = await findLockedRows(session, [...all, 'user @nobody', 'product 4711']);
  await other.query('ROLLBACK');
  expect(locked).toEqual(new Set(['user 2', 'product 1', `order ${orderId}`, `cart ${cartId}`]));
  expect(await findLockedRows(session, all)).toEqual(new Set());
});

it('defers only requests that share a row with a waiting request, in the order in which they were recorded', async () => {
  const [first, second, third, late, next, last] = [
    await record('charge', '1', '1'),
    await record('charge', '2', '1'),
    await record('order', 'place', '3', '1'),
    await record('charge', '1', '2'),
    await record('order', 'place', '1', '4'),
    await record('order', 'place', '4', '4'),
  ];
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM users WHERE id = 1 FOR UPDATE');
  expect(await deferred.defer(session, [first, second], [first, second])).toEqual([second]);
  // the request `next` has the same user as a deferred request, and `last` has the same product as `next`
  expect(await deferred.admit(session, [third, next, last])).toEqual([third]);
  expect(await deferred.admit(session, [late])).toEqual([]);
  expect(await deferred.admit(session, [first])).toEqual([]);
  await other.query('ROLLBACK');
  expect(await retried()).toEqual(idsOf([first, late, next, last]));
  expect(deferred.empty).toBe(true);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('"rows":["user 1"]');
});

it('blocks no request behind a decided request whose job arrives late', async () => {
  const done = await record('order', 'place', '5', '2:1');
  await shop.whileWorking(() => shop.decided(String(done.id)));
  const [waiting, free] = [await record('charge', '5', '1'), await record('order', 'place', '3', '2')];
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM users WHERE id = 5 FOR UPDATE');
  expect(await deferred.defer(session, [waiting], [waiting])).toEqual([]);
  expect(await deferred.admit(session, [done, free])).toEqual([free]);
  await other.query('ROLLBACK');
  expect(await retried()).toEqual([waiting.id]);
});

it('names a single request once if it waits for a row that no request names', async () => {
  const [first, second] = [await record('charge', '1', '1'), await record('charge', '2', '1')];
  expect(await deferred.defer(session, [first, second], [first, second])).toEqual([first, second]);
  for (let time = 0; time < 2; time++) {
    expect(await deferred.defer(session, [first, second], [first])).toEqual([second]);
    expect(await retried()).toEqual([first.id]);
  }
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`"requestId":${first.id}`);
});

it('defers the cancel of an order that is not placed yet behind a request that shares the rows of the order', async () => {
  const placed = await record('order', 'place', '3', '1');
  const between = await record('order', 'place', '5', '1');
  const cancelled = await record('order', 'cancel', String(placed.id));
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM users WHERE id = 5 FOR UPDATE');
  const all = [placed, between, cancelled];
  expect(await deferred.defer(session, all, all)).toEqual([placed]);
  await other.query('ROLLBACK');
  expect(await retried()).toEqual(idsOf([between, cancelled]));
});

it('resolves references again, because a new reference may name the row that a waiting request names by id', async () => {
  const first = await record('order', 'place', '@new', '1');
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM products WHERE id = 1 FOR UPDATE');
  expect(await deferred.defer(session, [first], [first])).toEqual([]);
  const user = await shop.created(['user', 'create', 'New', '--reference', 'new']);
  const charge = await record('charge', String(user), '1');
  await eventually(
    'the charge waits behind the order',
    async () => {
      await deferred.retry(session);
      return (await deferred.admit(session, [charge])).length === 0;
    },
    10 * DEFERRED_RETRY_MS,
  );
  await other.query('ROLLBACK');
  expect(await retried()).toEqual(idsOf([first, charge]));
});
