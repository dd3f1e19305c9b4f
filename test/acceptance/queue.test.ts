import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { cancelBatch } from '../../src/domain/batches/cancel.ts';
import { pauseQueue } from '../../src/domain/requests/pause.ts';
import { retryFailed, retryStillFailed } from '../../src/domain/requests/retries.ts';
import { openSession } from '../../src/domain/servers/connections.ts';
import { eventually } from '../support/eventually.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';
import { TechnicalFailures } from '../support/technical-failures.ts';

/** Charges of this amount fail for a technical reason in the database. */
const POISON = '13';

let shop: TestShop;
let worker: TestProcess;
let failures: TechnicalFailures;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  await shop.ok(['db', 'seed']);
  failures = await TechnicalFailures.on(shop);
  worker = await shop.startWorker();
});

beforeEach(() => failures.end());

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
});

/** Records a charge that fails permanently. */
async function fail(key: string): Promise<void> {
  await failures.fail(POISON, 100);
  const charge = ['charge', '1', POISON, '--key', key];
  const { status, message, hint } = await shop.refused(charge);
  expect({ status, hint }).toEqual({
    status: 8,
    hint: expect.stringContaining(`retry with \`shop queue retry ${key}\`.`),
  });
  // with a new key, the user could be charged twice
  expect((await shop.run(charge)).stderr).toBe(`shop: ${message} ${hint}\n`);
  await failures.end();
}

const failedKeys = async (...flags: string[]) =>
  (await shop.ok<{ key: string }[]>(['queue', 'failed', ...flags])).map(({ key }) => key);

it('applies nothing while paused, reports the pause, and loses no request', async () => {
  expect(await shop.ok(['queue', 'pause', '--actor', 'night shift'])).toMatchObject({ paused: true, changed: true });
  expect(await shop.ok(['queue', 'pause'])).toMatchObject({ changed: false, pausedBy: 'night shift' });
  const before = await shop.snapshot();
  const charge = await shop.refused(['charge', '1', '10', '--key', 'waits', '--timeout', '1s']);
  expect(charge).toMatchObject({ status: 75, code: 'PENDING', details: { paused: true } });
  expect(charge.message).toContain('The queue is paused.');
  expect(charge.hint).toContain('shop queue resume');
  await shop.ok(['charge', '1', '11', '--key', 'waits-too', '--no-wait']);
  await worker.logged('the queue is paused');

  // active jobs return to the queue, and new jobs wait too
  const stopped = await worker.stop();
  expect(stopped.status).toBe(0);
  expect(stopped.stderr).not.toContain('stopped with unfinished work');
  worker = shop.start(['worker'], { env: { SHOP_LOG_LEVEL: 'debug' } });
  await worker.logged('the queue is paused');
  expect(await shop.ok(['queue', 'status'])).toMatchObject({
    paused: true,
    pausedBy: 'night shift',
    pending: 2,
    laneHeld: true,
    workers: [{ name: expect.stringMatching(new RegExp(`:${worker.pid}$`)), holdsLane: true }],
  });
  expect(await shop.snapshot()).toEqual(before);

  expect(await shop.ok(['queue', 'resume'])).toMatchObject({ paused: false, changed: true });
  expect(await shop.decided('waits')).toMatchObject({ status: 'applied', attempts: 1 });
  expect(await shop.decided('waits-too')).toMatchObject({ status: 'applied', attempts: 1 });
  expect(await shop.ok(['queue', 'resume'])).toMatchObject({ changed: false });
});

it('pauses after the running transaction has ended', async () => {
  // the lane waits two seconds for a lock, so on a slow machine it may give up before the pause waits for it
  for (let round = 1; !(await pausesBehindTransaction(`under-way-${round}`)); round++) expect(round).toBeLessThan(40);
});

/** Returns true if the pause waited for the transaction that applies the charge. */
async function pausesBehindTransaction(key: string): Promise<boolean> {
  const session = await openSession(shop.databaseUrl);
  const other = await shop.connection();
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM users WHERE id = 2 FOR UPDATE');
  await shop.ok(['charge', '2', '5', '--key', key, '--no-wait']);
  await shop.laneWaitsForLock();
  let through = false;
  const paused = pauseQueue(session, { actor: 'tester', host: 'here' }).finally(() => {
    through = true;
  });
  const waited = await eventually('the pause waits or has returned', async () => {
    // INNODB_TRX is a cache that is not refreshed while several tests poll it
    const rows = await shop.sql(
      "SELECT 1 FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND INFO LIKE 'UPDATE queue_state%'",
    );
    return rows.length > 0 ? 'waits' : through && 'through';
  });
  await other.query('ROLLBACK');
  await other.end();
  await paused;
  await session.close();
  const { status } = await shop.ok<{ status: string }>(['request', 'show', key]);
  await shop.ok(['queue', 'resume']);
  await shop.decided(key);
  return waited === 'waits' && status === 'applied';
}

it('lists failed requests with their reasons, and retries them', async () => {
  await fail('first-to-fail');
  await failures.fail(POISON, 100);
  const file = `kind,user,items,amount\ncharge,3,,50\ncharge,3,,${POISON}\n`;
  expect(await shop.run(['batch', 'run', '-', '--name', 'mixed'], { stdin: file })).toMatchObject({
    status: 6,
    stderr: expect.stringContaining(
      '`shop batch results mixed --status failed`, and the reasons with `shop queue failed`. Once',
    ),
  });
  await failures.end();
  expect(await shop.ok(['batch', 'show', 'mixed'])).toMatchObject({ applied: 1, failed: 1 });
  expect(await shop.ok(['queue', 'status'])).toMatchObject({ failed: 2, pending: 0 });

  const [newest] = await shop.ok<Record<string, unknown>[]>(['queue', 'failed', '--limit', '1']);
  const reason = expect.stringContaining('a failure made by the test');
  expect(newest).toMatchObject({
    key: 'mixed:3',
    code: 'CHARGE_FAILED',
    line: 3,
    reasons: [1, 2, 3].map((attempt) => ({ attempt, reason })),
  });
  expect(await shop.ok(['request', 'show', 'mixed:3'])).toEqual(newest);
  expect(await failedKeys('--after', String(newest?.id))).toEqual(['first-to-fail']);
  expect(await failedKeys('--kind', 'charge', '--code', 'CHARGE_FAILED', '--since', '1h')).toHaveLength(2);
  expect(await failedKeys('--kind', 'order')).toEqual([]);
  expect(await failedKeys('--code', 'PAYMENT_FAILED')).toEqual([]);
  expect(await failedKeys('--since', '2999-01-01')).toEqual([]);

  const keys = (rows: { key: string }[]) => rows.map(({ key }) => key);
  expect(keys(await shop.ok(['queue', 'retry', '--all', '--since', '1h', '--dry-run'])).sort()).toEqual([
    'first-to-fail',
    'mixed:3',
  ]);
  expect(await shop.refused(['queue', 'retry', '--all'])).toMatchObject({ status: 2, code: 'INPUT_REQUIRED' });
  expect(await failedKeys()).toHaveLength(2);
  expect(await shop.ok(['queue', 'retry', '--all', '--kind', 'order', '--yes'])).toEqual([]);
  const retried = await shop.ok<{ key: string }[]>(['queue', 'retry', '--all', '--yes', '--actor', 'mender']);
  expect(keys(retried)).toEqual(['first-to-fail', 'mixed:3']);

  expect(await shop.decided('first-to-fail')).toMatchObject({ status: 'applied', attempts: 1 });
  expect(await shop.ok(['charge', '1', POISON, '--key', 'first-to-fail'])).toMatchObject({ replayed: true });
  await shop.decided('mixed:3');
  expect(await shop.ok(['batch', 'show', 'mixed'])).toMatchObject({ applied: 2, failed: 0, pending: 0 });
  expect(await failedKeys()).toEqual([]);
  expect(await shop.sql('SELECT DISTINCT code, attempts, actor FROM retries')).toEqual([
    { code: 'CHARGE_FAILED', attempts: 3, actor: 'mender' },
  ]);
  await shop.expectSound();
});

it('retries a failed request of a cancelled batch only if it is named', async () => {
  await failures.fail(POISON, 100);
  const stdin = `kind,user,amount\ncharge,3,${POISON}\n`;
  expect(await shop.run(['batch', 'run', '-', '--name', 'cancelled'], { stdin })).toMatchObject({ status: 6 });
  await failures.end();
  await shop.sql("UPDATE batches SET cancelled_at = NOW() WHERE name = 'cancelled'");
  expect(await shop.ok(['queue', 'retry', '--all', '--dry-run'])).toEqual([]);
  expect(await shop.ok(['queue', 'retry', '--all', '--yes'])).toEqual([]);
  const [{ id } = { id: 0 }] = await shop.ok<{ id: number }[]>(['queue', 'failed']);
  // the batch may be cancelled after the failed requests were listed
  const session = await openSession(shop.databaseUrl);
  const progress = { activityId: null, retried: 0 };
  const origin = { actor: 'tester', host: 'here' };
  expect(await retryStillFailed(session, [id], origin, progress)).toEqual({ records: [], progress });
  await session.close();
  expect(await failedKeys()).toEqual(['cancelled:2']);
  expect(await shop.ok(['queue', 'retry', 'cancelled:2'])).toHaveLength(1);
  expect(await shop.decided('cancelled:2')).toMatchObject({ status: 'applied' });
});

it('retries no request of a batch that is being cancelled, and withdraws requests that are being retried', async () => {
  await failures.fail(POISON, 100);
  for (const name of ['first', 'second']) {
    const stdin = `kind,user,amount\ncharge,3,${POISON}\n`;
    expect(await shop.run(['batch', 'run', '-', '--name', name, '--yes'], { stdin })).toMatchObject({ status: 6 });
  }
  await failures.end();
  await shop.ok(['queue', 'pause']);
  const idOf = async (key: string) => Number((await shop.ok(['request', 'show', key])).id);
  const [first, second] = [await idOf('first:2'), await idOf('second:2')];
  const [session, cancelling] = [await openSession(shop.databaseUrl), await openSession(shop.databaseUrl)];
  const locking = await shop.connection();
  const origin = { actor: 'tester', host: 'here' };
  const retry = (id: number) => retryStillFailed(session, [id], origin, { activityId: null, retried: 0 });
  const waitForStatement = (statement: string) =>
    eventually(`a session waits in: ${statement}`, async () => {
      const rows = await shop.sql(
        'SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID() AND INFO LIKE ?',
        [`%${statement}%`],
      );
      return rows.length > 0;
    });

  await locking.query('START TRANSACTION');
  await locking.query("UPDATE batches SET cancelled_at = NOW(3) WHERE name = 'first'");
  const retrying = retry(first);
  await waitForStatement('LOCK IN SHARE MODE');
  await locking.query('COMMIT');
  expect((await retrying).records).toEqual([]);

  // the retry has begun, and waits for the outcome
  await locking.query('START TRANSACTION');
  await locking.query('SELECT * FROM outcomes WHERE request_id = ? FOR UPDATE', [second]);
  const retried = retry(second);
  await waitForStatement('ORDER BY o.request_id FOR UPDATE');
  const cancelled = cancelBatch(cancelling, 'second', origin, new AbortController().signal);
  await waitForStatement('FROM batches%FOR UPDATE');
  await locking.query('COMMIT');
  expect((await retried).records).toHaveLength(1);
  expect(await cancelled).toBe(1);
  await Promise.all([session.close(), cancelling.close(), locking.end()]);
  await shop.ok(['queue', 'resume']);
  expect(await shop.decided('second:2')).toMatchObject({ status: 'refused', code: 'CANCELLED' });
  expect(await failedKeys()).toEqual(['first:2']);
  await shop.ok(['queue', 'retry', 'first:2']);
  expect(await shop.decided('first:2')).toMatchObject({ status: 'applied' });
});

it('retries all named requests, or none if one of them has not failed', async () => {
  await fail('fails-again');
  await shop.ok(['charge', '1', '5', '--key', 'fine']);
  const retry = (...args: string[]) => shop.refused(['queue', 'retry', ...args]);
  expect(await retry('fails-again', 'fine')).toMatchObject({ status: 2, details: { key: 'fine', status: 'applied' } });
  expect(await retry('fails-again', 'nobody')).toMatchObject({ status: 4, code: 'INVALID_REQUEST' });
  expect(await retry()).toMatchObject({ status: 2, code: 'INPUT_REQUIRED' });
  expect(await retry('fine', '--all')).toMatchObject({ status: 2, code: 'INVALID_INPUT' });
  expect(await failedKeys()).toEqual(['fails-again']);

  // three more attempts fail, so the request fails again
  await failures.fail(POISON, 100);
  await shop.ok(['queue', 'retry', 'fails-again']);
  expect(await shop.decided('fails-again')).toMatchObject({ status: 'failed', attempts: 3 });
  expect(await failures.tries()).toBe(3);
  await shop.expectSound();
  await failures.end();
  await shop.ok(['queue', 'retry', 'fails-again', 'fails-again']);
  expect(await shop.decided('fails-again')).toMatchObject({ status: 'applied' });
});

/**
 * Records decided requests with such gaps between their ids that the sweep checks only one of them per round of two
 * seconds.
 */
async function recordDecided(firstId: number, count: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, index) => firstId + index * 60_000);
  await shop.sql(
    `INSERT INTO requests (id, idempotency_key, request_hash, kind, payload, actor, host, created_at) VALUES
     ${ids.map((id) => `(${id}, 'decided-${id}', '', 'charge', '{"user":4711,"amount":1}', '', '', NOW())`).join()}`,
  );
  await shop.sql(
    `INSERT INTO outcomes (request_id, status, code, attempts, details, decided_at) VALUES
     ${ids.map((id) => `(${id}, 'refused', 'INVALID_USER', 1, '{}', NOW())`).join()}`,
  );
}

it('applies a retried request within seconds, even if it is old and was never queued', async () => {
  // the sweep would need 100 rounds to reach the request by itself, and the newest request is far beyond it
  await recordDecided(1_000_000, 100);
  await shop.sql('ALTER TABLE requests AUTO_INCREMENT = 10000000');
  await fail('of-long-ago');
  await shop.sql('ALTER TABLE requests AUTO_INCREMENT = 20000000');
  await shop.ok(['charge', '1', '5']);
  await worker.stop();
  worker = await shop.startWorker();
  const session = await openSession(shop.databaseUrl);
  const [{ id = 0 } = {}] = await shop.sql<{ id: number }>(
    "SELECT id FROM requests WHERE idempotency_key = 'of-long-ago'",
  );
  expect(await retryFailed(session, [id], { actor: 'tester', host: 'here' })).toHaveLength(1);
  await session.close();
  expect(await shop.decided('of-long-ago')).toMatchObject({ status: 'applied' });
});

it('reports the state in MySQL while Redis is down', async () => {
  const env = { SHOP_REDIS_URL: 'redis://127.0.0.1:1' };
  expect(await shop.ok(['queue', 'status'], { env })).toMatchObject({
    pending: 0,
    waiting: null,
    workers: null,
    laneHeld: true,
    redisError: expect.stringContaining("can't be reached"),
  });
});

it('prints a row per poll in a pipe, until it is interrupted or the watched batch is decided', async () => {
  const watching = shop.start(['queue', 'status', '--watch', '-o', 'tsv']);
  await eventually('three lines', () => watching.stdout.split('\n').length > 3);
  watching.signal('SIGINT');
  const { status, stdout } = await watching.ended;
  expect(status).toBe(130);
  expect(stdout.split('\n').filter((line) => line.startsWith('at\t'))).toHaveLength(1);

  await shop.ok(['queue', 'pause']);
  const rows = Array.from({ length: 3 }, () => '{"kind":"charge","user":4,"amount":1}\n').join('');
  await shop.ok(['batch', 'run', '-', '--name', 'watched', '--no-wait'], { stdin: rows });
  const batch = shop.start(['batch', 'show', 'watched', '--watch', '-o', 'jsonl']);
  await eventually('one poll', () => batch.stdout.includes('"pending":3'));
  await shop.ok(['queue', 'resume']);
  const looks = await batch.ended;
  expect(looks.status).toBe(0);
  expect(JSON.parse(looks.stdout.trim().split('\n').at(-1) ?? '')).toEqual(await shop.ok(['batch', 'show', 'watched']));
  expect(await shop.refused(['queue', 'status', '--watch'])).toMatchObject({ status: 2, code: 'INVALID_INPUT' });
});
