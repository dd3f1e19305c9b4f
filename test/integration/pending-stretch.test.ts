import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type RecordedRequest, readPending, readRequests } from '../../src/domain/requests/pending.ts';
import { openSession, type Session } from '../../src/domain/servers/connections.ts';
import { TestShop } from '../support/shop.ts';

const LIMIT = 100;
/** Length of a payload. Two such payloads fit in one read. */
const LONG = 400_000;
/** Length of a payload that exceeds one read. */
const LONGEST = 3_000_000;

let shop: TestShop;
let session: Session;
let newest = 0;

beforeAll(async () => {
  shop = await TestShop.create();
  session = await openSession(shop.databaseUrl);
});

beforeEach(async () => {
  const [row] = await shop.sql<{ id: number | null }>('SELECT MAX(id) AS id FROM requests');
  newest = row?.id ?? 0;
});

afterAll(async () => {
  await session.close();
  await shop.close();
});

/** Records requests with payloads of these lengths; returns their ids. */
async function record(...lengths: readonly number[]): Promise<number[]> {
  const ids: number[] = [];
  for (const length of lengths) {
    const { insertId } = await session.execute(
      `INSERT INTO requests (idempotency_key, request_hash, kind, payload, actor, host, created_at)
       VALUES (UUID(), ?, 'charge', CONCAT('{}', REPEAT(' ', ?)), 'tester', 'here', UTC_TIMESTAMP(3))`,
      [Buffer.alloc(32), length - 2],
    );
    ids.push(insertId);
  }
  return ids;
}

function lengths(requests: readonly RecordedRequest[]): number[] {
  return requests.map(({ payload }) => payload.length);
}

it('ends a read before the total length of its payloads exceeds the limit', async () => {
  const ids = await record(10, LONG, LONG, LONG, 20);
  const first = await readPending(session, newest, LIMIT);
  expect(lengths(first.pending)).toEqual([10, LONG, LONG]);
  expect(first).toMatchObject({ last: ids[2], cut: true, whole: false });
  const second = await readPending(session, first.last, LIMIT);
  expect(lengths(second.pending)).toEqual([LONG, 20]);
  expect(second).toMatchObject({ last: ids[4], cut: false, whole: true });
});

it('reads a payload above the limit separately', async () => {
  const ids = await record(LONGEST, 10);
  const stretch = await readPending(session, newest, LIMIT);
  expect(lengths(stretch.pending)).toEqual([LONGEST]);
  expect(stretch).toMatchObject({ last: ids[0], cut: true, whole: false });
});

it('does not count the payloads of decided requests', async () => {
  const ids = await record(LONG, LONGEST, LONG);
  await session.execute(
    "INSERT INTO outcomes (request_id, status, code, attempts, details, decided_at) VALUES (?, 'refused', 'INVALID_USER', 1, '{}', UTC_TIMESTAMP(3))",
    [ids[1] ?? 0],
  );
  const stretch = await readPending(session, newest, LIMIT);
  expect(stretch.pending.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
  expect(stretch).toMatchObject({ last: ids[2], cut: false, whole: true });
});

it('reads requests by their ids in several reads, in order, each request once', async () => {
  const ids = await record(LONG, 10, LONG, LONGEST, 20);
  const parts: number[][] = [];
  for await (const part of readRequests(session, [...ids].reverse())) parts.push(part.map(({ id }) => id));
  expect(parts).toEqual([ids.slice(0, 3), [ids[3]], [ids[4]]]);
});
