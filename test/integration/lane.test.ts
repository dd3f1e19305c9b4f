import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordRequest } from '../../src/domain/request.ts';
import { openRedis, openSession } from '../../src/domain/store.ts';
import { Producer } from '../../src/jobs/producer.ts';
import { eventually } from '../support/eventually.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';

let shop: TestShop;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.ok(['db', 'seed']);
});

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
});

/** Records charges without waiting, one after another. */
async function chargeManyTimes(user: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await shop.ok(['charge', user, '1', '--no-wait']);
}

async function allDecided(): Promise<void> {
  await eventually('every request has its outcome', async () => {
    const rows = await shop.sql(
      'SELECT r.id FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id WHERE o.request_id IS NULL',
    );
    return rows.length === 0;
  });
}

/** The ledger of a user is in the order in which the requests were recorded. */
async function expectInOrder(user: number): Promise<void> {
  const rows = await shop.sql<{ request: number }>(
    'SELECT request_id AS request FROM point_transactions WHERE user_id = ? ORDER BY id',
    [user],
  );
  const ids = rows.map(({ request }) => request);
  expect(ids).toEqual([...ids].sort((a, b) => a - b));
}

it('waits for no timer: an order on an idle worker is committed at once', async () => {
  const worker = await shop.startWorker();
  await shop.ok(['charge', '1', '100000']);
  for (let i = 0; i < 10; i++) await shop.ok(['order', 'place', '1', '1']);
  await worker.stop();
  const lines = worker.stderr.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const taken = lines.filter(({ msg }) => msg === 'committed').map(({ takenMs }) => takenMs as number);
  const transactions = lines.filter(({ msg }) => msg === 'applied').map(({ transactionMs }) => transactionMs as number);
  expect(taken).toHaveLength(11);
  // the quickest of ten: a timer would be in each of them, another process's burst is not
  const overhead = Math.min(...taken.map((ms, i) => ms - (transactions[i] ?? 0)));
  expect(overhead).toBeLessThan(20);
});

it('lets nothing overtake what was recorded before it, though Redis has lost that', async () => {
  const user = await shop.created(['user', 'create', 'Bo']);
  const worker = await shop.startWorker();
  const session = await openSession(shop.databaseUrl);
  const content = { kind: 'charge', payload: { user, amount: 1_000 } } as const;
  // recorded, and never queued
  await recordRequest(session, content, { key: 'lost', actor: 'tester', host: 'here' });
  expect(await shop.ok(['order', 'place', String(user), '1'])).toMatchObject({ status: 'placed' });
  await session.close();
  await worker.stop();
  await expectInOrder(user);
});

it('goes on after its connection was killed, with no attempt counted', async () => {
  const worker = await shop.startWorker();
  await shop.sql(`KILL ${await shop.laneConnection()}`);
  expect(await shop.ok(['charge', '1', '7'])).toMatchObject({ attempts: 1 });
  expect(worker.stderr).toContain('the database is away or took the lane');
  expect((await worker.stop()).status).toBe(0);
});

it('loses its connection in the middle of a transaction and applies the group once', async () => {
  const worker = await shop.startWorker();
  const lane = await shop.laneConnection();
  const other = await shop.connection();
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM users WHERE id = 2 FOR UPDATE');
  const charge = shop.start(['charge', '2', '9', '--json']);
  await shop.laneWaitsForLock();
  await shop.sql(`KILL ${lane}`);
  await other.query('ROLLBACK');
  await other.end();
  const { status, stdout } = await charge.ended;
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ balance: 9, attempts: 1 });
  expect((await worker.stop()).status).toBe(0);
});

it('applies what was recorded and never queued', async () => {
  const worker = await shop.startWorker();
  const session = await openSession(shop.databaseUrl);
  // what a command does that is killed between recording and queueing
  const { id } = await recordRequest(
    session,
    { kind: 'charge', payload: { user: 2, amount: 3 } },
    { key: 'never-queued', actor: 'tester', host: 'test' },
  );
  await session.close();
  await allDecided();
  expect(worker.stderr).toContain('applying what is pending and in no job');
  expect(await shop.ok(['request', 'show', String(id)])).toMatchObject({ status: 'applied' });
  expect((await worker.stop()).status).toBe(0);
});

it('applies what was recorded behind a job while there is room, and the job of that finds it done', async () => {
  const worker = await shop.startWorker();
  const session = await openSession(shop.databaseUrl);
  const redis = await openRedis(shop.redisUrl);
  const producer = new Producer(redis, shop.prefix);
  const record = (key: string) =>
    recordRequest(session, { kind: 'charge', payload: { user: 2, amount: 1 } }, { key, actor: 'tester', host: 'test' });
  const [first, second] = [await record('first-in-line'), await record('behind-it')];
  await producer.enqueue([first.id]);
  await allDecided();
  await producer.enqueue([second.id]);
  await eventually('no job waits', async () => (await producer.firstWaiting()) === null);
  await producer.close();
  redis.disconnect();
  await session.close();
  expect((await worker.stop()).status).toBe(0);
  // by the first one's job: the sweep leaves commands two seconds to queue what they have recorded
  expect(worker.stderr).not.toContain('applying what is pending and in no job');
  const [{ times = 0 } = {}] = await shop.sql<{ times: number }>(
    'SELECT COUNT(*) AS times FROM point_transactions WHERE request_id = ?',
    [second.id],
  );
  expect(times).toBe(1);
});

it('finds a request of long ago, recorded by a command that was frozen meanwhile', async () => {
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
  await allDecided();
  expect(await shop.ok(['request', 'show', 'thawed'])).toMatchObject({ id: 150_000, status: 'applied' });
  expect((await worker.stop()).status).toBe(0);
});

it('hands the lane to the worker that stands by when its own is killed, in order', async () => {
  const first = await shop.startWorker();
  const second = shop.start(['worker'], { env: { SHOP_LOG_LEVEL: 'debug' } });
  await second.logged('standing by');
  const load = chargeManyTimes('3', 12);
  await eventually('the first has applied some', () => first.stderr.includes('committed'));
  await first.kill();
  await load;
  await second.logged('worker ready');
  await allDecided();
  await expectInOrder(3);
  expect(await shop.ok(['balance', '3'])).toMatchObject({ balance: 12 });
  expect((await second.stop()).status).toBe(0);
});

it('catches up in order with what a killed worker had in hand, before what was queued after it', async () => {
  const first = await shop.startWorker();
  const other = await shop.connection();
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM users WHERE id = 3 FOR UPDATE');
  await chargeManyTimes('3', 1);
  await shop.laneWaitsForLock();
  await chargeManyTimes('3', 3);
  await first.kill();
  await other.query('ROLLBACK');
  await other.end();
  const second = await shop.startWorker();
  await allDecided();
  await expectInOrder(3);
  expect(second.stderr).toContain('caught up with what was pending');
  expect((await second.stop()).status).toBe(0);
});

it('takes the lane from a worker that is frozen, which can commit nothing when it thaws', async () => {
  const frozen = await shop.startWorker();
  const other: TestProcess = shop.start(['worker'], { env: { SHOP_LOG_LEVEL: 'debug' } });
  await other.logged('standing by');
  frozen.signal('SIGSTOP');
  await chargeManyTimes('4', 3);
  await other.logged('worker ready');
  await allDecided();
  frozen.signal('SIGCONT');
  await frozen.logged('the database is away or took the lane');
  await frozen.logged('standing by');
  await chargeManyTimes('4', 3);
  await allDecided();
  expect(await shop.ok(['balance', '4'])).toMatchObject({ balance: 6 });
  await expectInOrder(4);
  for (const worker of [frozen, other]) expect((await worker.stop()).status).toBe(0);
});

it('drains on SIGTERM: what it has taken is applied, what it has not is for the next', async () => {
  const worker = await shop.startWorker();
  const load = chargeManyTimes('5', 10);
  await eventually('some are applied', () => worker.stderr.includes('committed'));
  const { status, stderr } = await worker.stop();
  expect(status).toBe(0);
  expect(stderr).toContain('stopped');
  await load;
  const next = await shop.startWorker();
  await allDecided();
  await expectInOrder(5);
  expect(await shop.ok(['balance', '5'])).toMatchObject({ balance: 10 });
  expect((await next.stop()).status).toBe(0);
});

it('is gone within 10 s of SIGTERM whatever it waits for, and the next worker does the rest', async () => {
  const worker = await shop.startWorker();
  const other = await shop.connection();
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM users WHERE id = 1 FOR UPDATE');
  const before = await shop.ok<{ balance: number }>(['balance', '1']);
  await shop.ok(['charge', '1', '1', '--no-wait']);
  await shop.laneWaitsForLock();
  const asked = Date.now();
  const { status } = await worker.stop();
  expect(Date.now() - asked).toBeLessThan(10_000);
  // the request may have used up its attempts before the deadline, and then it has drained
  expect([0, 143]).toContain(status);
  await other.query('ROLLBACK');
  await other.end();
  const next = await shop.startWorker();
  await allDecided();
  const after = await shop.ok<{ balance: number }>(['balance', '1']);
  expect(after.balance - before.balance).toBe(status === 143 ? 1 : 0);
  expect((await next.stop()).status).toBe(0);
});

it('has numbered the ledger without a gap, whichever worker had the lane, and named each row in its outcome', async () => {
  const rows = await shop.sql<{ id: number; named: number }>(
    `SELECT t.id, JSON_EXTRACT(o.details, '$.transactionId') AS named
     FROM point_transactions t JOIN outcomes o ON o.request_id = t.request_id ORDER BY t.id`,
  );
  expect(rows.length).toBeGreaterThan(50);
  expect(rows).toEqual(rows.map((_, index) => ({ id: index + 1, named: index + 1 })));
});
