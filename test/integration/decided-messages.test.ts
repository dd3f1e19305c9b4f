import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type RequestRecord, recordRequest } from '../../src/domain/requests/request.ts';
import { openRedis, openSession, type RedisClient, type Session } from '../../src/domain/servers/connections.ts';
import { DecidedMessages, type DecidedWatch } from '../../src/jobs/queue/decided-messages.ts';
import { decidedChannel, formatDecidedRange } from '../../src/jobs/queue/job-data.ts';
import { awaitOutcome } from '../../src/jobs/queue/submit.ts';
import { eventually } from '../support/eventually.ts';
import { clientsOf, killClients, serversWithRedisDatabase } from '../support/redis-clients.ts';
import { TestShop } from '../support/shop.ts';

/** Pause between two polls of a command that has waited for a few seconds. */
const POLL_MS = 250;
/** Time after which the pauses between polls have their full length. */
const SETTLED_MS = 2_000;
/** Time limit for a poll to find an outcome, even on a slow machine. */
const POLLED_MS = 10_000;
/** A Redis database that only this file uses, because the tests kill its subscribers. */
const DATABASE = 12;

const SILENT = {
  recorded: async () => {},
  notQueued: async () => {},
  noWorker: async () => {},
  foreignPrefix: async () => {},
  paused: async () => {},
};

let shop: TestShop;
let user: number;
let session: Session;
let redis: Redis;
let client: RedisClient;
let messages: DecidedMessages;
let keys = 0;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true, servers: serversWithRedisDatabase(DATABASE) });
  user = await shop.created(['user', 'create', 'Ann']);
});

beforeEach(async () => {
  session = await openSession(shop.databaseUrl);
  redis = new Redis(shop.redisUrl);
  client = await openRedis(shop.redisUrl);
  messages = new DecidedMessages(client, shop.prefix);
});

afterEach(async () => {
  messages.close();
  client.disconnect();
  redis.disconnect();
  await session.close();
});

afterAll(() => shop.close());

/** Opens a watch and waits until its subscription is confirmed. */
async function activeWatch(): Promise<DecidedWatch> {
  const watch = messages.watch();
  await eventually('the subscription is confirmed', () => watch.active);
  return messages.watch();
}

/** Records a request and waits for its outcome. The test decides the request in place of a worker. */
async function submitted(watch: DecidedWatch): Promise<{ id: number; outcome: Promise<RequestRecord> }> {
  const origin = { key: `decided-${++keys}`, actor: 'tester', host: 'here' };
  const recorded = await recordRequest(session, { kind: 'charge', payload: { user, amount: 1 } }, origin);
  const lane = { databaseUrl: shop.databaseUrl, prefix: shop.prefix };
  const waiting = { timeoutMs: 60_000, signal: new AbortController().signal, progress: SILENT };
  return { id: recorded.id, outcome: awaitOutcome({ session, lane }, recorded, watch, waiting) };
}

async function decide(id: number): Promise<void> {
  await shop.sql(
    `INSERT INTO outcomes (request_id, status, code, attempts, details, decided_at)
     VALUES (?, 'refused', 'INVALID_USER', 1, '{}', UTC_TIMESTAMP(3))`,
    [id],
  );
}

const publish = (text: string) => redis.publish(decidedChannel(shop.prefix), text);

/** Counts the SELECT statements that the session has sent. */
async function reads(): Promise<number> {
  const [row] = await session.query<{ Value: string }>("SHOW SESSION STATUS LIKE 'Com_select'");
  return Number(row?.Value);
}

it('reads an outcome as soon as a message reports it, long before the next poll', async () => {
  const requests = await Promise.all(
    Array.from({ length: 31 }, async () => {
      const watch = await activeWatch();
      return { watch, ...(await submitted(watch)) };
    }),
  );
  await delay(SETTLED_MS);
  const latencies: number[] = [];
  for (const { id, outcome } of requests) {
    await decide(id);
    const decided = performance.now();
    await publish(formatDecidedRange({ first: id, last: id }));
    expect(await outcome).toMatchObject({ id, status: 'refused' });
    latencies.push(performance.now() - decided);
  }
  const [median = POLL_MS] = latencies.sort((a, b) => a - b).slice(15);
  expect(median).toBeLessThan(POLL_MS / 5);
});

it('misses no message that arrives between recording and waiting', async () => {
  const watch = await activeWatch();
  await publish('7-9');
  // the message arrives before the wait begins
  await delay(200);
  const started = performance.now();
  await watch.wait(8, 60_000, new AbortController().signal);
  expect(performance.now() - started).toBeLessThan(5_000);
});

/** Expects that a poll finds the outcome. */
async function expectPolled(id: number, outcome: Promise<RequestRecord>): Promise<void> {
  const decided = performance.now();
  expect(await outcome).toMatchObject({ id, status: 'refused' });
  expect(performance.now() - decided).toBeLessThan(POLLED_MS);
}

it('reads an outcome whose message was lost', async () => {
  const { id, outcome } = await submitted(await activeWatch());
  await decide(id);
  await expectPolled(id, outcome);
});

it('reads an outcome while Redis is down, and receives messages again once it is back', async () => {
  const watch = await activeWatch();
  const { id, outcome } = await submitted(watch);
  await killClients(redis, await clientsOf(redis, DATABASE, 'pubsub'));
  await eventually('the subscription is lost', () => !watch.active);
  await decide(id);
  await expectPolled(id, outcome);
  await eventually('the subscription is confirmed again', () => watch.active);
});

it.each([
  ['an empty message', ''],
  ['unknown ids', '900000000-900000001'],
  ['an impossible range', '9-1'],
  ['an object', '{"__proto__":{"first":1,"last":9}}'],
  ['a megabyte', '1'.repeat(1_000_000)],
])('changes nothing when another client publishes %s', async (_, text) => {
  const { id, outcome } = await submitted(await activeWatch());
  await publish(text);
  await delay(100);
  await expect(Promise.race([outcome, Promise.resolve('pending')])).resolves.toBe('pending');
  await decide(id);
  expect(await outcome).toMatchObject({ id, status: 'refused', code: 'INVALID_USER' });
});

it('does not poll without pause because of forged messages', async () => {
  const { id, outcome } = await submitted(await activeWatch());
  const before = await reads();
  const ends = performance.now() + 1_000;
  while (performance.now() < ends) await publish(`1-${Number.MAX_SAFE_INTEGER}`);
  expect((await reads()) - before).toBeLessThan(300);
  await decide(id);
  expect(await outcome).toMatchObject({ id, status: 'refused' });
});

/**
 * Runs a charge with a worker and a command whose Redis account has these rights in addition to those of
 * docs/grants.md.
 */
async function chargedAs(name: string, ...channels: readonly string[]): Promise<{ id: number; log: string }> {
  const url = new URL(shop.redisUrl);
  [url.username, url.password] = [`${shop.prefix}_${name}`, 'secret'];
  const rights = [`~{${shop.prefix}}:*`, '+@all', '-@admin', '-@dangerous', '+info', '+client|list'];
  await redis.call('ACL', 'SETUSER', url.username, 'on', '>secret', 'resetchannels', ...channels, ...rights);
  const env = { SHOP_REDIS_URL: url.href };
  const worker = await shop.startWorker({ env });
  const { requestId } = await shop.ok<{ requestId: number }>(['charge', String(user), '5'], { env });
  const { status, stderr } = await worker.stop();
  expect(status).toBe(0);
  await redis.call('ACL', 'DELUSER', url.username);
  return { id: requestId, log: stderr };
}

it('waits for an outcome with an account that may not use any channel', async () => {
  expect((await chargedAs('quiet')).log).toContain('Redis refused a message about decided requests');
});

it('publishes each commit with the rights in the documentation', async () => {
  const received: string[] = [];
  const subscriber = new Redis(shop.redisUrl);
  await subscriber.subscribe(decidedChannel(shop.prefix));
  subscriber.on('message', (_channel, text) => received.push(text));
  const { id, log } = await chargedAs('heard', `&{${shop.prefix}}:*`);
  await eventually('a message', () => received.includes(`${id}-${id}`));
  expect(log).not.toContain('Redis refused');
  subscriber.disconnect();
});
