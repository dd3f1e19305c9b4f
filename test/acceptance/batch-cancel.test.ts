import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { cancelBatch } from '../../src/domain/batches/cancel.ts';
import { findBatch } from '../../src/domain/batches/report.ts';
import { ShopError } from '../../src/domain/errors.ts';
import { pauseQueue } from '../../src/domain/requests/pause.ts';
import { withdrawRequest } from '../../src/domain/requests/withdraw.ts';
import { openSession } from '../../src/domain/servers/connections.ts';
import { eventually } from '../support/eventually.ts';
import { TestShop } from '../support/shop.ts';
import { KEYS } from '../support/terminal.ts';

let shop: TestShop;
let user: string;
let batches = 0;
let name: string;

beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
});

beforeEach(async () => {
  user = String(await shop.created(['user', 'create', 'Ann']));
  name = `batch-${++batches}`;
});

afterAll(async () => {
  await shop.expectSound();
  await shop.close();
});

const origin = { actor: 'tester', host: 'test' };

/** Returns the text of a file with the given number of rows, each of which charges one point. */
const charges = (rows: number) => `kind,user,amount\n${`charge,${user},1\n`.repeat(rows)}`;

const run = (rows: number, ...more: readonly string[]) =>
  shop.run(['batch', 'run', '-', '--name', name, '--json', ...more], { stdin: charges(rows) });

const show = () => shop.ok(['batch', 'show', name]);
const cancel = () => shop.ok(['batch', 'cancel', name, '--yes']);
const recorded = async () => Number((await show()).total);

/** Waits until no row is pending, and returns the totals. Expects that exactly the applied rows have changed the balance. */
async function settled(): Promise<Record<string, unknown>> {
  const totals = await eventually('all rows are decided', async () => {
    const batch = await show();
    return batch.pending === 0 && batch;
  });
  expect(await shop.ok(['balance', user])).toMatchObject({ balance: totals.applied });
  const codes = await shop.sql(
    `SELECT DISTINCT o.code FROM outcomes o JOIN requests r ON r.id = o.request_id
     WHERE r.batch_id = ? AND o.status <> 'applied'`,
    [totals.batchId],
  );
  expect(codes).toEqual([{ code: 'CANCELLED' }]);
  return totals;
}

it('withdraws all pending rows, and a later run sends no rows of the batch', async () => {
  await run(3, '--no-wait');
  const before = await show();
  expect(before).toMatchObject({ total: 3, pending: 3 });
  expect(before).not.toHaveProperty('cancelledAt');
  expect(await shop.refused(['batch', 'cancel', name])).toMatchObject({
    status: 2,
    code: 'INPUT_REQUIRED',
    details: { missing: ['--yes'] },
  });
  expect(await show()).toEqual(before);

  const cancelled = await cancel();
  const cancelledAt = expect.stringMatching(/^20.*Z$/);
  expect(cancelled).toEqual({ ...before, cancelledAt, withdrawn: 3 });
  expect(await cancel()).toEqual({ ...cancelled, withdrawn: 0 });
  const { withdrawn: _, ...batch } = cancelled;
  expect([await show(), (await shop.ok<unknown[]>(['batch', 'list']))[0]]).toEqual([batch, batch]);
  expect(await shop.sql("SELECT action, subject FROM activities WHERE action = 'batch cancel'")).toEqual([
    { action: 'batch cancel', subject: `batch ${name}` },
  ]);

  await shop.whileWorking(settled);
  expect(await show()).toMatchObject({ applied: 0, refused: 3, pending: 0 });
  const results = await shop.ok<object[]>(['batch', 'results', name]);
  expect(results).toEqual(results.map(() => expect.objectContaining({ status: 'refused', code: 'CANCELLED' })));
  expect(await cancel()).toEqual({ ...(await show()), withdrawn: 0 });
  for (const [rows, ...more] of [[3], [4], [3, '--dry-run']] as const) {
    const { status, stderr } = await run(rows, ...more);
    expect({ status, ...JSON.parse(stderr).error }).toMatchObject({
      status: 3,
      code: 'CANCELLED',
      message: `Batch ${name} was already cancelled. This run sent nothing.`,
      hint: expect.stringMatching(/run `shop batch run - --name batch-[0-9a-f]{32} --yes`\.$/),
      details: { batch: name },
    });
  }
  expect(await recorded()).toBe(3);
});

it('refuses to cancel a batch without pending rows', async () => {
  await shop.whileWorking(() => run(2));
  const before = await show();
  // without --yes, the batch is refused before the prompt
  for (const options of [['--yes'], []])
    expect(await shop.refused(['batch', 'cancel', name, ...options])).toMatchObject({
      status: 3,
      code: 'ALREADY_DECIDED',
      message: `Batch ${name} has no pending rows.`,
      details: { name, total: 2, applied: 2 },
    });
  expect(await show()).toEqual(before);
  // later runs may still add rows
  expect((await shop.whileWorking(() => run(3))).status).toBe(0);
});

it('refuses to cancel a batch that is decided while the command waits for confirmation', async () => {
  await run(2, '--no-wait');
  // imitates a run that is sending; until it ends, the batch has no last line
  const [before] = await shop.sql<{ last_line: number }>('SELECT last_line FROM batches WHERE name = ?', [name]);
  await shop.sql('UPDATE batches SET last_line = NULL WHERE name = ?', [name]);
  const terminal = shop.startOnTerminal(['batch', 'cancel', name], { env: { NO_COLOR: '1' } });
  await terminal.shows(`Cancel batch ${name}? Pending rows: 2. (y/N)`);
  await shop.sql('UPDATE batches SET last_line = ? WHERE name = ?', [before?.last_line ?? null, name]);
  const totals = await shop.whileWorking(() =>
    eventually('all rows are applied', async () => {
      const batch = await show();
      return batch.applied === 2 && batch;
    }),
  );
  terminal.type('y\r');
  expect((await terminal.ended).status).toBe(3);
  expect(terminal.screen).toContain(`Batch ${name} has no pending rows.`);
  expect(await show()).toEqual(totals);
});

it('explains that content was run under another name as a batch that was cancelled', async () => {
  await run(2, '--no-wait');
  await cancel();
  await shop.whileWorking(settled);
  const cancelled = name;
  name = `batch-${++batches}`;
  const { status, stderr } = await run(2);
  expect({ status, ...JSON.parse(stderr).error }).toMatchObject({
    code: 'IDEMPOTENCY_CONFLICT',
    message: `This content was run before, as batch ${cancelled}, which was cancelled. Nothing was sent, because the rows that were applied would be applied twice.`,
    hint: `List the applied rows with \`shop batch results ${cancelled} --status applied\`. To send all rows again under another name, including the applied rows, run \`shop batch run - --name ${name} --yes\`.`,
    details: { batch: name, ranAs: cancelled },
  });
  expect((await run(2, '--yes', '--no-wait')).status).toBe(0);
  await cancel();
  await shop.whileWorking(settled);
});

it('stops a run that is sending rows', async () => {
  // without a worker, a run pauses after a few thousand rows
  const sending = shop.start(['batch', 'run', '-', '--name', name, '--json'], { stdin: charges(100_000) });
  await eventually(
    'rows are recorded',
    async () => (await shop.run(['batch', 'show', name])).status === 0 && (await recorded()) > 0,
  );
  const { withdrawn } = await cancel();
  const total = await recorded();
  const { status, stdout, stderr } = await sending.ended;
  expect({ status, stdout }).toEqual({ status: 3, stdout: '' });
  const error = JSON.parse(stderr.trim().split('\n').at(-1) ?? '').error;
  expect(error).toMatchObject({
    code: 'CANCELLED',
    message: `Batch ${name} was cancelled; this run has stopped.`,
    details: { name, total, pending: total, applied: 0 },
  });
  expect(withdrawn).toBe(total);
  expect(await recorded()).toBe(total);
  expect(total).toBeLessThan(100_000);
  expect(await shop.whileWorking(settled)).toMatchObject({ total, applied: 0, refused: total });
});

it('counts cancelled rows as refused in a run that waits for their outcomes', async () => {
  const waiting = shop.start(['batch', 'run', '-', '--name', name, '--json'], { stdin: charges(5) });
  await eventually('all rows are recorded', async () => {
    const [row] = await shop.sql('SELECT id FROM batches WHERE name = ? AND last_line IS NOT NULL', [name]);
    return row;
  });
  await cancel();
  const { status, stdout } = await shop.whileWorking(() => waiting.ended);
  expect({ status, ...JSON.parse(stdout) }).toMatchObject({ status: 6, total: 5, applied: 0, refused: 5, pending: 0 });
});

it('decides each row once if the worker is killed while rows are withdrawn', async () => {
  const rows = 6_000;
  await run(rows, '--no-wait');
  const session = await openSession(shop.databaseUrl);
  const batch = await findBatch(session, name);
  // a worker is ready only after it has applied all pending requests
  const worker = shop.start(['worker']);
  const some = async (table: string) => {
    const rows = await shop.sql(
      `SELECT r.id FROM requests r JOIN ${table} t ON t.request_id = r.id WHERE r.batch_id = ? LIMIT 1`,
      [batch.id],
    );
    return rows.length > 0;
  };
  await eventually('rows are applied', () => some('outcomes'));
  // the queue is paused, so that rows are pending when the batch is cancelled
  await pauseQueue(session, origin);
  const cancelling = cancelBatch(session, name, origin, new AbortController().signal);
  await shop.ok(['queue', 'resume']);
  await eventually('rows are withdrawn', () => some('withdrawals'));
  await worker.kill();
  const withdrawn = await cancelling;
  await session.close();
  const totals = await shop.whileWorking(settled);
  expect(totals).toMatchObject({ total: rows, refused: withdrawn });
});

it('applies or refuses each request exactly as its cancel reports, while cancels race with the worker', async () => {
  const rows = 400;
  await run(rows, '--no-wait');
  const ids = await shop.sql<{ id: number }>('SELECT id FROM requests WHERE idempotency_key LIKE ?', [`${name}:%`]);
  const answers = new Map<number, string>();
  const worker = await shop.startWorker();
  const sessions = await Promise.all(Array.from({ length: 4 }, () => openSession(shop.databaseUrl)));
  const more = shop.start(['batch', 'run', '-', '--name', `${name}-more`, '--no-wait'], { stdin: charges(3_000) });
  const late = await eventually('the other rows are recorded', async () => {
    const found = await shop.sql<{ id: number }>('SELECT id FROM requests WHERE idempotency_key LIKE ? LIMIT 600', [
      `${name}-more:%`,
    ]);
    return found.length > 0 && found;
  });
  const all = [...ids, ...late].map(({ id }) => id);
  await Promise.all(
    sessions.map(async (session, index) => {
      for (const id of all.filter((one) => one % sessions.length === index)) {
        const answer = await withdrawRequest(session, String(id), origin).then(
          () => 'refused',
          (error: unknown) => {
            if (error instanceof ShopError && error.code === 'ALREADY_DECIDED') return String(error.details.status);
            throw error;
          },
        );
        answers.set(id, answer);
      }
    }),
  );
  await Promise.all(sessions.map((session) => session.close()));
  expect((await more.ended).status).toBe(0);
  const outcomes = await eventually('all requests are decided', async () => {
    const found = await shop.sql<{ id: number; status: string }>(
      'SELECT request_id AS id, status FROM outcomes WHERE request_id IN (?)',
      [all],
    );
    return found.length === all.length && found;
  });
  expect(new Map(outcomes.map(({ id, status }) => [id, status]))).toEqual(
    new Map([...answers].sort(([a], [b]) => a - b)),
  );
  await eventually('nothing is pending', async () => (await shop.ok(['queue', 'status'])).pending === 0);
  expect((await worker.stop()).status).toBe(0);
});

it('offers only batches with pending rows in the prompt, and prompts for confirmation', async () => {
  await run(2, '--no-wait');
  const terminal = shop.startOnTerminal(['batch', 'cancel'], { env: { NO_COLOR: '1' } });
  const screen = await terminal.shows(name);
  expect(screen).not.toContain('batch-1 ');
  terminal.type(KEYS.enter);
  await terminal.shows(`Cancel batch ${name}? Pending rows: 2. (y/N)`);
  terminal.type(KEYS.enter);
  await terminal.shows('Nothing was done.');
  expect((await terminal.ended).status).toBe(0);
  expect(await show()).not.toHaveProperty('cancelledAt');
  await cancel();
  await shop.whileWorking(settled);
});
