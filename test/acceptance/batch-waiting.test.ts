import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Producer } from '../../src/jobs/queue/producer.ts';
import { eventually } from '../support/eventually.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';

/** Number of rows that fill three chunks of about a thousand rows each. */
const LONG = 2_500;

let shop: TestShop;
let folder: string;

// no worker runs unless a test starts one
beforeAll(async () => {
  shop = await TestShop.create({ inProcess: true });
  folder = await mkdtemp(join(tmpdir(), 'shop-waiting-'));
  await shop.created(['user', 'create', 'Ann', '--reference', 'ann']);
});

afterAll(async () => {
  expect(await shop.faults()).toEqual([]);
  await shop.close();
  await rm(folder, { recursive: true });
});

/** Writes a file of charges of one point each. The name is part of the rows, so that each file differs. */
async function charges(name: string, count: number): Promise<string> {
  const path = join(folder, `${name}.csv`);
  const rows = Array.from({ length: count }, (_, index) => `charge,@ann,1,${name}-${index + 2}\n`);
  await writeFile(path, `kind,user,amount,key\n${rows.join('')}`);
  return path;
}

async function balance(): Promise<number> {
  const [row] = await shop.sql<{ balance: number }>('SELECT balance FROM users');
  return row?.balance ?? -1;
}

async function count(table: string): Promise<number> {
  const [row] = await shop.sql<{ count: number }>(`SELECT COUNT(*) AS count FROM ${table}`);
  return row?.count ?? -1;
}

/** Runs `work` while another session holds an uncommitted row, which it then rolls back. */
async function whileInserted<T>(insert: string, values: unknown[], work: () => Promise<T>): Promise<T> {
  const other = await shop.connection();
  try {
    await other.query('START TRANSACTION');
    await other.query(insert, values);
    return await work();
  } finally {
    await other.query('ROLLBACK');
    await other.end();
  }
}

/** Runs `work` while a row with this key can't be recorded. The batch stops there, with all earlier chunks recorded. */
function whileHeld<T>(key: string, work: () => Promise<T>): Promise<T> {
  const insert = `INSERT INTO requests (idempotency_key, request_hash, kind, payload, actor, host, created_at)
    VALUES (?, '', 'charge', '{}', '', '', NOW())`;
  return whileInserted(insert, [key], work);
}

/** Waits until a batch waits for the locked row and exactly `before` requests are recorded. */
async function waitingStatement(before: number, statement = 'INSERT INTO requests%'): Promise<number> {
  return eventually('a statement that waits', async () => {
    const [row] = await shop.sql<{ id: number }>(
      'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID() AND INFO LIKE ?',
      [statement],
    );
    return (await count('requests')) === before && row?.id;
  });
}

it('returns with --no-wait as soon as all rows are recorded', async () => {
  const path = await charges('no-wait', 3);
  const target = join(folder, 'pending.jsonl');
  const args = ['batch', 'run', path, '--name', 'no-wait'];
  const pending = { total: 3, applied: 0, refused: 0, failed: 0, pending: 3, replayed: 0 };
  expect(await shop.ok([...args, '--no-wait', '--results', target])).toMatchObject(pending);
  const rows = (await readFile(target, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(rows).toMatchObject([2, 3, 4].map((line) => ({ line, status: 'pending', code: null, balance: null })));
  expect(await shop.ok(['batch', 'results', 'no-wait'])).toEqual(rows);
  const redis = new Redis(shop.redisUrl);
  const [{ id } = { id: 0 }] = await shop.sql<{ id: number }>('SELECT MIN(id) AS id FROM requests');
  expect(await new Producer(redis, shop.prefix).firstWaiting()).toBe(id);
  await redis.quit();
  // the rows are recorded but not decided, so nothing is replayed yet
  expect(await shop.ok([...args, '--no-wait'])).toMatchObject(pending);
  const before = await balance();
  await shop.whileWorking(async () => {
    const decided = { total: 3, applied: 3, pending: 0 };
    await eventually('all rows are applied', async () => (await balance()) === before + 3);
    expect(await shop.ok(['batch', 'show', 'no-wait'])).toMatchObject({ ...decided, replayed: 0 });
    expect(await shop.ok(args)).toMatchObject({ ...decided, replayed: 3 });
  });
  expect(await balance()).toBe(before + 3);
});

it('reports PENDING after --timeout, with the name of the batch and the command that continues it', async () => {
  const path = join(folder, "Ann's file.csv");
  await writeFile(path, 'kind,user,amount\ncharge,@ann,1\ncharge,@ann,x\ncharge,@ann,1\n');
  const args = ['batch', 'run', path, '--name', 'patience', '--timeout', '2s'];
  const target = join(folder, 'never.csv');
  const people = await shop.run([...args, '--results', target]);
  expect(people).toMatchObject({ status: 75, stdout: '' });
  const lines = people.stderr.trimEnd().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^line 3: amount must be/),
    'No worker is running: start one with `shop worker` or `shop dev up`.',
    `shop: 2 of 3 rows of batch patience are recorded but not decided yet. No worker is running. Start a worker with \`shop worker\` or \`shop dev up\`. Check the batch with \`shop batch show patience\`, or wait for the outcomes with \`shop batch run '${folder}/Ann'\\''s file.csv' --results ${target} --name patience\`.`,
  ]);
  expect(await readdir(folder)).not.toContain('never.csv');

  const { status, stdout, stderr } = await shop.run([...args, '--json']);
  expect({ status, stdout }).toEqual({ status: 75, stdout: '' });
  const { error } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
  const totals = { total: 3, applied: 0, refused: 1, failed: 0, pending: 2, replayed: 0 };
  expect(error).toMatchObject({ code: 'PENDING', details: { name: 'patience', ...totals, worker: false } });
  expect(await shop.ok(['batch', 'show', 'patience'])).toMatchObject(totals);

  // the printed command continues to wait
  const waiting = shop.start(['batch', 'run', path, '--name', 'patience', '--json']);
  const before = await balance();
  await shop.whileWorking(async () => {
    const answer = await waiting.ended;
    expect({ ...JSON.parse(answer.stdout), status: answer.status }).toMatchObject({
      ...totals,
      applied: 2,
      pending: 0,
      replayed: expect.any(Number),
      status: 6,
    });
  });
  expect(await balance()).toBe(before + 2);
});

it('waits for a row whose key was recorded by another command, and does not count the row as replayed', async () => {
  await shop.ok(['charge', '@ann', '1', '--key', 'elsewhere', '--no-wait']);
  const path = join(folder, 'elsewhere.csv');
  await writeFile(path, 'kind,user,amount,key\ncharge,@ann,1,elsewhere\n');
  const args = ['batch', 'run', path, '--name', 'elsewhere'];
  const totals = { total: 1, applied: 0, refused: 0, failed: 0, pending: 1, replayed: 0 };
  expect(await shop.ok([...args, '--dry-run'])).toMatchObject(totals);
  const error = await shop.refused([...args, '--timeout', '0s']);
  expect(error).toMatchObject({ status: 75, code: 'PENDING', details: totals });
  await shop.whileWorking(async () => expect(await shop.ok(args)).toMatchObject({ total: 1, applied: 1, pending: 0 }));
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('prints the command to continue when %s stops the wait', async (signal, exit) => {
  const path = await charges(signal, 5);
  const home = join(folder, `of-${signal}`);
  await mkdir(home);
  const results = join(home, 'outcomes.csv');
  const args = ['batch', 'run', path, '--name', signal, '--results', results];
  const waiting = shop.start(args);
  await waiting.logged('No worker is running');
  waiting.signal(signal);
  const { status, stdout, stderr } = await waiting.ended;
  expect({ status, stdout }).toEqual({ status: exit, stdout: '' });
  expect(stderr.trimEnd().split('\n').at(-1)).toBe(
    `shop: Interrupted. Recorded rows of batch ${signal}: at least 5. Continue with \`shop batch run ${path} --results ${results} --name ${signal}\`; nothing is applied twice.`,
  );
  expect(await readdir(home)).toEqual([]);
  const before = await balance();
  await shop.whileWorking(async () => {
    expect(await shop.ok(args)).toMatchObject({ total: 5, applied: 5, refused: 0, failed: 0, pending: 0 });
  });
  expect(await balance()).toBe(before + 5);
  expect(await readdir(home)).toEqual(['outcomes.csv']);
});

it('resumes where SIGINT stopped it when the command is run again', async () => {
  const path = await charges('cut', LONG);
  const args = ['batch', 'run', path, '--name', 'cut'];
  const recorded = await count('requests');
  const interrupted = shop.start([...args, '--json']);
  await whileHeld('cut-2100', async () => {
    await waitingStatement(recorded + 2_000);
    interrupted.signal('SIGINT');
    const { status, stdout, stderr } = await interrupted.ended;
    expect({ status, stdout }).toEqual({ status: 130, stdout: '' });
    const told = stderr
      .trimEnd()
      .split('\n')
      .filter((line) => !line.startsWith('{"progress":'));
    expect(told.map((line) => JSON.parse(line))).toEqual([
      {
        error: {
          code: 'INTERRUPTED',
          message: 'Interrupted. Recorded rows of batch cut: at least 2000.',
          hint: `Continue with \`shop batch run ${path} --name cut\`; nothing is applied twice.`,
          details: { name: 'cut', sent: 2_000 },
        },
      },
    ]);
  });
  expect(await shop.ok(['batch', 'show', 'cut'])).toMatchObject({ total: 2_000, pending: 2_000 });
  const before = await balance();
  await shop.whileWorking(async () => {
    expect(await shop.ok(args)).toMatchObject({
      name: 'cut',
      total: LONG,
      applied: LONG,
      refused: 0,
      failed: 0,
      pending: 0,
    });
  });
  expect(await balance()).toBe(before + LONG);
  expect(await count('requests')).toBe(recorded + LONG);
});

it('prints the command to continue if the database goes down during sending', async () => {
  const path = await charges('lost', LONG);
  const recorded = await count('requests');
  const run = shop.start(['batch', 'run', path, '--name', 'lost', '--json']);
  await whileHeld('lost-1500', async () => {
    await shop.sql(`KILL ${await waitingStatement(recorded + 1_000)}`);
    const { status, stdout, stderr } = await run.ended;
    expect({ status, stdout }).toEqual({ status: 69, stdout: '' });
    const { error } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
    expect(error).toMatchObject({ code: 'UNAVAILABLE', details: { server: 'MySQL', name: 'lost', sent: 1_000 } });
    expect(error.hint).toContain(`\`shop batch run ${path} --name lost\``);
  });
  expect(await shop.ok(['batch', 'run', path, '--name', 'lost', '--no-wait'])).toMatchObject({
    total: LONG,
    pending: LONG,
  });
});

it('records a chunk of the file completely or not at all', async () => {
  const path = join(folder, 'whole.csv');
  await writeFile(path, 'kind,user,amount\ncharge,@ann,1\ncharge,@ann,x\n');
  const { stdout } = await shop.run(['batch', 'run', path, '--name', 'whole', '--no-wait', '--json']);
  const { batchId } = JSON.parse(stdout);
  for (const table of ['batch_exceptions', 'requests']) {
    await shop.sql(`DELETE FROM ${table} WHERE batch_id = ?`, [batchId]);
  }
  const recorded = await count('requests');
  const exception = "INSERT INTO batch_exceptions (batch_id, line, code) VALUES (?, 3, 'INVALID_INPUT')";
  await whileInserted(exception, [batchId], async () => {
    const run = shop.start(['batch', 'run', path, '--name', 'whole', '--no-wait']);
    // the valid row of the chunk has been inserted, and its unreadable row waits for the lock
    await waitingStatement(recorded, '%batch_exceptions%');
    await run.kill();
  });
  expect(await count('requests')).toBe(recorded);
  expect(await shop.ok(['batch', 'show', 'whole'])).toMatchObject({ total: 0 });
});

it('sends nothing if Redis is down', async () => {
  const path = await charges('no-redis', 3);
  const [before, names] = [[await count('requests'), await count('batches')], await readdir(folder)];
  const env = { SHOP_REDIS_URL: 'redis://127.0.0.1:1' };
  const args = ['batch', 'run', path, '--results', join(folder, 'no-redis-outcomes.csv')];
  expect(await shop.refused(args, { env })).toMatchObject({
    status: 69,
    code: 'UNAVAILABLE',
    details: { server: 'Redis' },
  });
  expect([await count('requests'), await count('batches')]).toEqual(before);
  expect(await readdir(folder)).toEqual(names);
});

/** Opens a proxy to Redis whose connections a test can cut. */
async function openProxy(): Promise<{ url: string; cut: () => void }> {
  const { hostname, port } = new URL(shop.redisUrl);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const redis = connect(Number(port || 6379), hostname);
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.pipe(redis).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(shop.redisUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  const cut = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { url: url.href, cut };
}

it('keeps recording if Redis goes down during sending, and a worker applies the recorded rows', async () => {
  const path = await charges('no-queue', LONG);
  const recorded = await count('requests');
  const { url, cut } = await openProxy();
  const run = shop.start(['batch', 'run', path, '--name', 'no-queue', '--timeout', '2m'], {
    env: { SHOP_REDIS_URL: url },
  });
  await whileHeld('no-queue-1500', async () => {
    await waitingStatement(recorded + 1_000);
    cut();
  });
  await run.logged('The rows could not be queued in Redis; a worker will find them in MySQL.');
  await shop.whileWorking(async () => {
    const { status, stdout, stderr } = await run.ended;
    expect({ status, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`\tno-queue\t${LONG}\t${LONG}\t0\t`),
    });
    expect(stderr.split('The rows could not be queued in Redis')).toHaveLength(2);
  });
});

it('reports progress every few seconds, but not with --quiet', async () => {
  const start = async (name: string, ...flags: string[]) => {
    return shop.start(['batch', 'run', await charges(name, 3), '--name', name, ...flags]);
  };
  const runs = [await start('quiet', '--quiet'), await start('people'), await start('programs', '--json')] as const;
  const [quiet, people, programs] = runs;
  await Promise.all([people.logged(' rows sent, 0 decided'), programs.logged('{"progress":')]);
  const ended = await Promise.all(
    runs.map((run: TestProcess) => {
      run.signal('SIGINT');
      return run.ended;
    }),
  );
  expect(ended.map(({ status, stdout }) => [status, stdout])).toEqual([
    [130, ''],
    [130, ''],
    [130, ''],
  ]);
  expect(quiet.stderr).toMatch(/^shop: Interrupted[^\n]*\n$/);
  expect(people.stderr).toMatch(/^3 rows sent, 0 decided, 0 a second$/m);
  const lines = programs.stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines[0]).toEqual({ progress: { sent: 3, lastLine: 4, decided: 0, total: 3, rate: 0, secondsLeft: null } });
  expect(Object.keys(lines.at(-1))).toEqual(['error']);
});

it('reports how many rows are recorded under which name if the file changes during sending', async () => {
  const path = join(folder, 'changing.csv');
  // the file is longer than what is read before the first row is sent, and a chunk has only three rows
  const products = Array.from({ length: 1_000 }, (_, index) => 1_000_000_000_000_000 + index);
  const text = `kind,user,items\n${`,@ann,${products.join(' ')} \n`.repeat(250)}`;
  await writeFile(path, text);
  const name = 'changing';
  const run = shop.start(['batch', 'run', path, '--name', name, '--no-wait', '--json']);
  await whileHeld('changing:2', async () => {
    await waitingStatement(await count('requests'));
    await writeFile(path, `${text.slice(0, -3)}2 \n`);
  });
  const { status, stdout, stderr } = await run.ended;
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  const { error } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
  expect(error).toMatchObject({ code: 'INVALID_INPUT', details: { field: 'file', name, sent: expect.any(Number) } });
  expect(error.message).toContain('was changed while it was being read');
  expect(error.hint).toContain(`--name ${name}`);
  const { total } = await shop.ok<{ total: number }>(['batch', 'show', name]);
  expect(total).toBe(error.details.sent);
  expect(total).toBeGreaterThan(0);
});

it('reports what could not be written if the results folder has disappeared at the end', async () => {
  const path = await charges('gone', 3);
  const home = join(folder, 'going');
  await mkdir(home);
  const run = shop.start(['batch', 'run', path, '--name', 'gone', '--results', join(home, 'x.csv'), '--json']);
  await eventually('the run waits for outcomes', async () => {
    return (await shop.sql("SELECT id FROM requests WHERE idempotency_key = 'gone-4'")).length > 0;
  });
  await rm(home, { recursive: true });
  await shop.whileWorking(async () => {
    const { status, stdout, stderr } = await run.ended;
    expect({ status, stdout }).toEqual({ status: 74, stdout: '' });
    const { error } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
    expect(error).toMatchObject({ code: 'OUTPUT_FAILED', message: expect.stringContaining(join(home, 'x.csv')) });
    expect(error.hint).toMatch(/^The rows have been sent/);
  });
});
