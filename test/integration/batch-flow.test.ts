import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBatch } from '../../src/domain/batches/open-batch.ts';
import type { BatchFileRow } from '../../src/domain/batches/row.ts';
import { openRedis, openSession, type RedisClient, type Session } from '../../src/domain/servers/connections.ts';
import { BatchRun } from '../../src/jobs/queue/batch-run.ts';
import { DecidedMessages } from '../../src/jobs/queue/decided-messages.ts';
import { Producer } from '../../src/jobs/queue/producer.ts';
import { eventually } from '../support/eventually.ts';
import { TestShop } from '../support/shop.ts';

const CHUNKS = 60;
const [ORDERS, LINES] = [5, 200];
/** Number of chunks of 1,000 lines after which a run waits for a decision. */
const MOST_AHEAD = 6;
/**
 * Milliseconds that a worker takes for a chunk. The whole batch takes longer than a run waits if nothing is decided.
 */
const DECISION_MS = 100;
const SENDER = { actor: 'tester', host: 'here' };

let shop: TestShop;
let session: Session;
let redis: RedisClient;
let producer: Producer;

beforeAll(async () => {
  shop = await TestShop.create();
  session = await openSession(shop.databaseUrl);
  redis = await openRedis(shop.redisUrl);
  producer = new Producer(redis, shop.prefix);
});

afterAll(async () => {
  await producer.close();
  redis.disconnect();
  await session.close();
  await shop.close();
});

/** Returns the rows of one chunk of a batch file. */
function chunk(index: number): BatchFileRow[] {
  const items = Array.from({ length: LINES }, (_, product) => ({ product: product + 1, quantity: 1 }));
  return Array.from({ length: ORDERS }, (_, order) => {
    const line = index * ORDERS + order + 2;
    return { line, key: `flow:${line}`, content: { kind: 'order', payload: { user: 1, items } } };
  });
}

async function* chunks(): AsyncGenerator<BatchFileRow[]> {
  for (let index = 0; index < CHUNKS; index++) yield chunk(index);
}

/** Decides the requests of a chunk, as a worker does. */
async function decide(index: number): Promise<void> {
  await shop.sql(
    `INSERT INTO outcomes (request_id, status, code, attempts, details, decided_at)
     SELECT id, 'refused', 'INVALID_USER', 1, '{}', NOW() FROM requests WHERE idempotency_key IN (?)`,
    [chunk(index).map(({ key }) => key)],
  );
}

it('stays a limited number of chunks ahead of the worker, even while its first chunk waits for a locked row', async () => {
  const name = 'flow';
  const content = { name, hash: Buffer.alloc(32), rows: chunks, contentName: name, repeat: true, command: () => '' };
  const batch = await openBatch(session, content, SENDER);
  let [recorded, decided, mostAhead] = [0, 0, 0];
  const lane = { databaseUrl: shop.databaseUrl, prefix: shop.prefix };
  const channel = { session, producer, decided: new DecidedMessages(redis, shop.prefix), lane };
  const run = new BatchRun(channel, batch, SENDER, {
    progress: () => {},
    recorded: (rows) => {
      recorded = rows / ORDERS;
      mostAhead = Math.max(mostAhead, recorded - decided);
    },
    exceptions: async () => {},
    notQueued: async () => {},
    noWorker: async () => {},
    paused: async () => {},
    foreignPrefix: async () => {},
  });
  const sent = run.send(chunks(), new AbortController().signal);
  // decides all chunks except the first
  for (let next = 1; next < CHUNKS; next++) {
    await eventually('the next chunk is recorded', () => recorded > next);
    await delay(DECISION_MS);
    decided = next;
    await decide(next);
  }
  await sent;
  expect(mostAhead).toBeLessThanOrEqual(MOST_AHEAD);
});
