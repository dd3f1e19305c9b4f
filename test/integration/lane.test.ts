import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordRequest } from '../../src/domain/requests/request.ts';
import { openRedis, openSession } from '../../src/domain/servers/connections.ts';
import { Producer } from '../../src/jobs/queue/producer.ts';
import { eventually } from '../support/eventually.ts';
import { expectLedgerInOrder } from '../support/ledger.ts';
import { waitUntilDecided } from '../support/recovery.ts';
import { TestShop } from '../support/shop.ts';

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.ok(['db', 'seed']);
});

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
});

it('waits for no timer: an order on an idle worker is committed at once', async () => {
  const worker = await shop.startWorker();
  await shop.ok(['charge', '1', '100000']);
  for (let i = 0; i < 10; i++) await shop.ok(['order', 'place', '1', '1']);
  await worker.stop();
  const lines = worker.stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const taken = lines.filter(({ msg }) => msg === 'committed').map(({ takenMs }) => takenMs as number);
  const transactions = lines.filter(({ msg }) => msg === 'applied').map(({ transactionMs }) => transactionMs as number);
  expect(taken).toHaveLength(11);
  // only the fastest of ten orders counts, because a timer would slow all of them, and other load only some
  const overhead = Math.min(...taken.map((ms, i) => ms - (transactions[i] ?? 0)));
  expect(overhead).toBeLessThan(20);
});

it('applies no request before an earlier one whose job Redis has lost', async () => {
  const user = await shop.created(['user', 'create', 'Bo']);
  const worker = await shop.startWorker();
  const session = await openSession(shop.databaseUrl);
  const content = { kind: 'charge', payload: { user, amount: 1_000 } } as const;
  // this request is recorded but never queued
  await recordRequest(session, content, { key: 'lost', actor: 'tester', host: 'here' });
  expect(await shop.ok(['order', 'place', String(user), '1'])).toMatchObject({ status: 'placed' });
  await session.close();
  await worker.stop();
  await expectLedgerInOrder(shop, user);
});

it('applies requests that were recorded but never queued', async () => {
  const worker = await shop.startWorker();
  const session = await openSession(shop.databaseUrl);
  // imitates a command that was killed between recording and queueing
  const { id } = await recordRequest(
    session,
    { kind: 'charge', payload: { user: 2, amount: 3 } },
    { key: 'never-queued', actor: 'tester', host: 'test' },
  );
  await session.close();
  await waitUntilDecided(shop);
  expect(worker.stderr).toContain('applying pending requests that are not in any job');
  expect(await shop.ok(['request', 'show', String(id)])).toMatchObject({ status: 'applied' });
  expect((await worker.stop()).status).toBe(0);
});

it('applies later requests together with an earlier job if there is room; their own jobs then find them decided', async () => {
  const worker = await shop.startWorker();
  const session = await openSession(shop.databaseUrl);
  const redis = await openRedis(shop.redisUrl);
  const producer = new Producer(redis, shop.prefix);
  const record = (key: string) =>
    recordRequest(session, { kind: 'charge', payload: { user: 2, amount: 1 } }, { key, actor: 'tester', host: 'test' });
  const [first, second] = [await record('first-in-line'), await record('behind-it')];
  await producer.enqueue([first.id]);
  await waitUntilDecided(shop);
  await producer.enqueue([second.id]);
  await eventually('no job waits', async () => (await producer.firstWaiting()) === null);
  await producer.close();
  redis.disconnect();
  await session.close();
  expect((await worker.stop()).status).toBe(0);
  // the job of the first request has applied them; the sweep waits two seconds for commands to queue their requests
  expect(worker.stderr).not.toContain('applying pending requests that are not in any job');
  const [{ times = 0 } = {}] = await shop.sql<{ times: number }>(
    'SELECT COUNT(*) AS times FROM point_transactions WHERE request_id = ?',
    [second.id],
  );
  expect(times).toBe(1);
});

it('takes the lane after another session has blocked it', async () => {
  const other = await shop.connection();
  // a new worker writes its prefix to this row, which the other session locks
  await shop.sql('UPDATE queue_state SET prefix = NULL');
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM queue_state FOR UPDATE');
  const worker = shop.start(['worker']);
  await worker.logged('Lock wait timeout');
  await other.query('ROLLBACK');
  await other.end();
  await worker.logged('worker ready');
  expect(await shop.ok(['charge', '1', '1'])).toMatchObject({ attempts: 1 });
  expect((await worker.stop()).status).toBe(0);
});

it('finds an old request that was recorded by a command that was frozen meanwhile', async () => {
  await shop.sql('ALTER TABLE requests AUTO_INCREMENT = 300000');
  const before = await shop.startWorker();
  expect(await shop.ok(['charge', '2', '5', '--key', 'long-after'])).toMatchObject({ requestId: 300_000 });
  await before.stop();
  const worker = await shop.startWorker();
  await shop.sql(
    `INSERT INTO requests (id, idempotency_key, request_hash, kind, payload, actor, host, created_at)
     SELECT 150000, 'thawed', request_hash, kind, payload, actor, host, created_at
     FROM requests WHERE idempotency_key = 'long-after'`,
  );
  await waitUntilDecided(shop);
  expect(await shop.ok(['request', 'show', 'thawed'])).toMatchObject({ id: 150_000, status: 'applied' });
  expect((await worker.stop()).status).toBe(0);
});
