import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { withdrawRequest } from '../../src/domain/requests/withdraw.ts';
import { openSession } from '../../src/domain/servers/connections.ts';
import { eventually } from '../support/eventually.ts';
import { interceptStatements } from '../support/session-interceptors.ts';
import { TestShop } from '../support/shop.ts';
import { TechnicalFailures } from '../support/technical-failures.ts';

let shop: TestShop;
let user: string;
let product: number;
let keys = 0;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
});

beforeEach(async () => {
  user = await shop.created(['user', 'create', 'Ann']).then(String);
  product = await shop.product('Pen', 10, 100);
});

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
});

/** Records a request that no worker has decided yet, and returns its key. */
async function record(...args: readonly (string | number)[]): Promise<string> {
  const key = `request-${++keys}`;
  await shop.ok([...args.map(String), '--key', key, '--no-wait']);
  return key;
}

const cancel = (key: string, ...more: readonly string[]) => shop.ok(['request', 'cancel', key, ...more]);
const show = (key: string) => shop.ok(['request', 'show', key]);
const balance = async () => (await shop.ok(['balance', user])).balance;

/** Expects that the request was refused as cancelled and has changed nothing. */
async function expectCancelled(key: string, attempts = 1): Promise<void> {
  const request = await show(key);
  expect(request).toMatchObject({ status: 'refused', code: 'CANCELLED', attempts, outcome: {} });
  expect(request).not.toHaveProperty('withdrawn');
  const effects = await shop.sql('SELECT id FROM point_transactions WHERE request_id = ?', [request.id]);
  expect([effects, await shop.sql('SELECT * FROM stock_movements WHERE request_id = ?', [request.id])]).toEqual([
    [],
    [],
  ]);
}

it('withdraws a request without a worker, and the next worker refuses it', async () => {
  const key = await record('charge', user, 500);
  const before = await show(key);
  const { status, stdout, stderr } = await shop.run(['request', 'cancel', key, '--timeout', '1s', '-o', 'table']);
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: `No worker is running: start one with \`shop worker\` or \`shop dev up\`.\nRequest ${before.id} is withdrawn: a worker will refuse it with CANCELLED.\n`,
  });
  expect(stdout).toContain(`✓ Request ${before.id} (charge) is withdrawn.`);
  expect(stdout).toContain('withdrawn: a worker will refuse the request with CANCELLED');
  expect(await show(key)).toEqual({ ...before, withdrawn: true });
  expect(await shop.ok(['request', 'list', '--limit', '1'])).toEqual([{ ...before, withdrawn: true }]);
  const listed = async (...args: string[]) => (await shop.run(['request', ...args])).stdout.trim().split('\n');
  for (const args of [
    ['list', '--limit', '1', '-o', 'csv'],
    ['cancel', key, '--no-wait', '-o', 'csv'],
  ]) {
    expect(await listed(...args)).toEqual([expect.stringMatching(/,withdrawn$/), expect.stringMatching(/,true$/)]);
  }
  expect(await listed('list', '--limit', '1', '-o', 'table')).toEqual([
    expect.stringMatching(/ {2}WITHDRAWN$/),
    expect.stringMatching(/ {2}yes *$/),
  ]);
  // a second cancel changes nothing
  expect(await cancel(String(before.id), '--no-wait')).toEqual({ ...before, withdrawn: true });
  expect(await shop.sql('SELECT actor FROM withdrawals')).toEqual([{ actor: 'tester' }]);
  expect(
    await shop.sql(
      'SELECT actor, action, subject, state_after AS after, request_id AS request FROM activities WHERE request_id IS NOT NULL',
    ),
  ).toEqual([
    {
      actor: 'tester',
      action: 'request cancel',
      subject: `request ${before.id}`,
      after: '{"withdrawn":true}',
      request: before.id,
    },
  ]);

  await shop.whileWorking(() => shop.decided(key));
  await expectCancelled(key);
  expect(await balance()).toBe(0);
  // a script may repeat the command
  expect(await cancel(key)).toEqual(await show(key));
  // a replay has the same outcome
  const charge = ['charge', user, '500', '--key', key];
  expect(await shop.refused(charge)).toMatchObject({ status: 3, code: 'CANCELLED', details: { replayed: true } });
  expect((await shop.run(charge)).stderr.match(/new `--key`/g)).toHaveLength(1);
  expect(await shop.refused(['queue', 'retry', key])).toMatchObject({ status: 2, code: 'INVALID_INPUT' });
});

it('prints the outcome of a request that a worker refuses at once', async () => {
  const worker = await shop.startWorker();
  await shop.ok(['queue', 'pause']);
  const key = await record('product', 'restock', product, 5);
  const paused = await shop.run(['request', 'cancel', key, '-o', 'tsv']);
  // the command has not waited for the time limit
  expect(paused).toMatchObject({ status: 0, stderr: expect.stringContaining('The queue is paused by tester') });
  expect(await show(key)).toMatchObject({ status: 'pending', withdrawn: true });
  const cancelled = shop.start(['request', 'cancel', await record('charge', user, 1), '--json', '--no-wait']);
  expect((await cancelled.ended).status).toBe(0);
  await shop.ok(['queue', 'resume']);
  await shop.decided(key);
  await expectCancelled(key);
  expect(await shop.stockOf(product)).toBe(100);
  expect((await worker.stop()).status).toBe(0);
});

it('refuses to cancel a request that is decided, or that does not exist, and changes nothing', async () => {
  const key = await record('charge', user, 5);
  const outcome = await shop.whileWorking(() => shop.decided(key));
  const before = await shop.snapshot();
  const error = await shop.refused(['request', 'cancel', key]);
  expect(error).toMatchObject({
    status: 3,
    code: 'ALREADY_DECIDED',
    message: `Request ${outcome.id} can't be cancelled: the request is already applied.`,
    hint: `See its outcome with \`shop request show ${key}\`.`,
    details: { requestId: outcome.id, key, status: 'applied', code: null, outcome: outcome.outcome },
  });
  expect(await shop.refused(['request', 'cancel', 'no-such-key'])).toMatchObject({
    status: 4,
    code: 'INVALID_REQUEST',
  });
  expect(await shop.snapshot()).toEqual(before);
  expect(await shop.sql('SELECT * FROM withdrawals WHERE request_id = ?', [outcome.id])).toEqual([]);
});

/** The session of the test. It locks the user's row, so that the lane waits within its transaction. */
async function lockUser(): Promise<Connection> {
  const locking = await shop.connection();
  await locking.query('START TRANSACTION');
  await locking.query('SELECT * FROM users WHERE id = ? FOR UPDATE', [user]);
  return locking;
}

it('waits while the lane applies the same request, and reports its outcome', async () => {
  // the lane's transaction waits for a lock that the test holds
  const lock = shop.prefix;
  await shop.sql(`CREATE TRIGGER waiting BEFORE INSERT ON point_transactions FOR EACH ROW DO GET_LOCK('${lock}', 15)`);
  await shop.sql('SELECT GET_LOCK(?, 0)', [lock]);
  const worker = await shop.startWorker();
  const key = await record('charge', user, 7);
  await eventually('the lane waits within its transaction', () => hasSession("STATE = 'User lock'"));
  const cancelling = shop.start(['request', 'cancel', key, '--json']);
  await eventually('the command waits for the gate', () =>
    hasSession("INFO LIKE '%queue_state WHERE id = 1 FOR UPDATE'"),
  );
  await shop.sql('SELECT RELEASE_LOCK(?)', [lock]);
  const { status, stderr } = await cancelling.ended;
  expect({ status, ...JSON.parse(stderr).error }).toMatchObject({
    status: 3,
    code: 'ALREADY_DECIDED',
    details: { key, status: 'applied', outcome: { balance: 7 } },
  });
  expect(await balance()).toBe(7);
  await shop.sql('DROP TRIGGER waiting');
  expect((await worker.stop()).status).toBe(0);
});

/** Returns true if the row of another session of this shop in the process list meets the condition. */
async function hasSession(condition: string): Promise<boolean> {
  const rows = await shop.sql(
    `SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID() AND ${condition}`,
  );
  return rows.length > 0;
}

/** Withdraws a request while the lane's transaction does not end, and returns the number of attempts. */
async function attemptsToLock(key: string, timeoutMs: number): Promise<number> {
  let attempts = 0;
  const session = await openSession(shop.databaseUrl);
  const counting = interceptStatements(session, (sql, send) => {
    if (/FROM queue_state .*FOR UPDATE/.test(sql)) attempts++;
    return send();
  });
  const withdrawn = withdrawRequest(counting, key, { actor: 'ann', host: 'test' }, timeoutMs);
  await expect(withdrawn).rejects.toMatchObject({ code: 'LOCKED' });
  await session.close();
  return attempts;
}

it("gives up, and changes nothing, if the lane's transaction does not end", async () => {
  const key = await record('charge', user, 5);
  const name = `batch-of-${key}`;
  const stdin = `kind,user,amount\ncharge,${user},3\n`;
  await shop.run(['batch', 'run', '-', '--name', name, '--no-wait'], { stdin });
  const before = await show(key);
  const locking = await shop.connection();
  await locking.query('START TRANSACTION');
  await locking.query('SELECT * FROM queue_state LOCK IN SHARE MODE');
  const [request, batch] = await Promise.all([
    shop.refused(['request', 'cancel', key]),
    shop.refused(['batch', 'cancel', name, '--yes']),
  ]);
  expect(request).toMatchObject({
    status: 7,
    code: 'LOCKED',
    message: `Request ${before.id} was not withdrawn, because the worker's transaction did not end in time.`,
    details: { requestId: before.id, key },
  });
  expect(batch).toMatchObject({
    status: 7,
    code: 'LOCKED',
    message: `Batch ${name} is cancelled and accepts no more rows. Not all pending rows were withdrawn (withdrawn: 0), because the worker's transaction did not end in time.`,
    hint: `Withdraw the remaining rows with \`shop batch cancel ${name} --yes\`.`,
    details: { batch: name, withdrawn: 0 },
  });
  expect((await shop.ok(['batch', 'show', name])).cancelledAt).toBeDefined();
  expect(await shop.refused(['request', 'cancel', key, '--timeout', '1s'])).toMatchObject({ code: 'LOCKED' });
  // the default is five attempts of two seconds
  expect(await attemptsToLock(key, 1_000)).toBe(1);
  expect(await show(key)).toEqual(before);
  await locking.end();
  await cancel(key, '--no-wait');
  expect(await shop.ok(['batch', 'cancel', name, '--yes'])).toMatchObject({ withdrawn: 1 });
  await shop.whileWorking(() => shop.decided(key));
  await expectCancelled(key);
});

it('refuses a withdrawn request although another session has locked its rows', async () => {
  const worker = await shop.startWorker();
  const locking = await lockUser();
  const [first, second] = [await record('charge', user, 7), await record('charge', user, 8)];
  await worker.logged('another MySQL session has locked rows');
  expect(await cancel(first)).toMatchObject({ status: 'refused', code: 'CANCELLED' });
  expect(await show(second)).toMatchObject({ status: 'pending' });
  await locking.end();
  await shop.decided(second);
  expect(await balance()).toBe(8);
  expect((await worker.stop()).status).toBe(0);
});

it('refuses a withdrawn request that waits for its next attempt, or was retried', async () => {
  const failures = await TechnicalFailures.on(shop);
  await failures.fail(13, 1_000);
  const worker = await shop.startWorker();
  const key = await record('charge', user, 13);
  await worker.logged('an attempt failed');
  expect(await cancel(key)).toMatchObject({ status: 'refused', code: 'CANCELLED' });

  const retried = await record('charge', user, 13);
  expect(await shop.decided(retried)).toMatchObject({ status: 'failed' });
  expect(await shop.refused(['request', 'cancel', retried])).toMatchObject({ status: 3, code: 'ALREADY_DECIDED' });
  await shop.ok(['queue', 'pause']);
  await shop.ok(['queue', 'retry', retried]);
  await cancel(retried);
  await shop.ok(['queue', 'resume']);
  await shop.decided(retried);
  await expectCancelled(retried);
  await failures.end();
  expect((await worker.stop()).status).toBe(0);
});

it('refuses withdrawn requests even if their payload is invalid or their attempts are used up', async () => {
  const [invalid, exhausted] = [await record('charge', user, 1), await record('charge', user, 2)];
  await shop.sql("UPDATE requests SET payload = '{}' WHERE idempotency_key = ?", [invalid]);
  const { id } = await show(exhausted);
  await shop.sql("INSERT INTO attempts VALUES (?, 1, 'r', NOW()), (?, 2, 'r', NOW()), (?, 3, 'r', NOW())", [
    id,
    id,
    id,
  ]);
  await cancel(invalid, '--no-wait');
  await cancel(exhausted, '--no-wait');
  const worker = await shop.startWorker();
  await shop.decided(exhausted);
  await expectCancelled(invalid);
  await expectCancelled(exhausted, 3);
  expect((await worker.stop()).stderr).not.toMatch(/failed after three attempts|an attempt failed/);
});

it('withdraws while Redis is unavailable, and the worker refuses the request from MySQL', async () => {
  const key = await record('charge', user, 5);
  const { id } = await show(key);
  const env = { SHOP_REDIS_URL: 'redis://127.0.0.1:1' };
  const { status, stdout, stderr } = await shop.run(['request', 'cancel', key, '-o', 'tsv'], { env });
  expect({ status, stderr }).toEqual({
    status: 0,
    stderr: `The request could not be queued in Redis; a worker will find it in MySQL.\nRequest ${id} is withdrawn: a worker will refuse it with CANCELLED.\n`,
  });
  expect(stdout).toContain(key);
  await shop.whileWorking(() => shop.decided(key));
  await expectCancelled(key);
});

it('withdraws a request once if many commands cancel it at the same time', async () => {
  const key = await record('charge', user, 5);
  const { id } = await show(key);
  const runs = Array.from({ length: 6 }, () => shop.start(['request', 'cancel', key, '--no-wait', '--json']).ended);
  for (const { status, stdout } of await Promise.all(runs)) {
    expect({ status, request: JSON.parse(stdout) }).toMatchObject({ status: 0, request: { id, withdrawn: true } });
  }
  expect(await shop.sql('SELECT request_id FROM withdrawals WHERE request_id = ?', [id])).toHaveLength(1);
  expect(await shop.sql('SELECT id FROM activities WHERE request_id = ?', [id])).toHaveLength(1);
  await shop.whileWorking(() => shop.decided(key));
  await expectCancelled(key);
});

it('offers an older request in the prompt if all newer ones are withdrawn', async () => {
  const old = await record('charge', user, 5);
  const stdin = `kind,user,amount\n${`charge,${user},3\n`.repeat(25)}`;
  await shop.run(['batch', 'run', '-', '--name', 'withdrawn', '--no-wait'], { stdin });
  await shop.ok(['batch', 'cancel', 'withdrawn', '--yes']);
  const terminal = shop.startOnTerminal(['request', 'cancel', '--no-wait'], { env: { NO_COLOR: '1' } });
  expect(await terminal.shows(old)).not.toContain('withdrawn:');
  terminal.type('\r');
  await terminal.shows('Cancel this request? (y/N)');
  terminal.type('\r');
  await terminal.ended;
  await shop.whileWorking(() => shop.decided(old));
});

it('shows a request that was chosen in the prompt, and prompts for confirmation before it cancels the request', async () => {
  const key = await record('charge', user, 5);
  const terminal = shop.startOnTerminal(['request', 'cancel', '--no-wait'], { env: { NO_COLOR: '1' } });
  await terminal.shows(key);
  terminal.type('\r');
  await terminal.shows('Cancel this request? (y/N)');
  terminal.type('y\r');
  expect((await terminal.ended).status).toBe(0);
  expect(await show(key)).toMatchObject({ withdrawn: true });
  await shop.whileWorking(() => shop.decided(key));
});
