import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QueryRunner } from 'typeorm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageDirectory } from '../../src/config/directories.ts';
import { MIGRATION_NAMES, MIGRATIONS } from '../../src/db/migrations/index.ts';
import type { Migration } from '../../src/db/migrations/migration.ts';
import { migrate as migrateDatabase } from '../../src/db/schema.ts';
import { within } from '../../src/db/within.ts';
import type { Diagnosis } from '../../src/domain/doctor/doctor.ts';
import { eventually } from '../support/eventually.ts';
import { reportRecovery, waitForRecovery } from '../support/recovery.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';

const NEWER = 'SomethingNewer1899999999999';
/** Time limit for a worker that must stop, which normally takes seconds. */
const STOPPED_MS = 15_000;

let shop: TestShop;
let user: string;
let other: Record<string, string>;

beforeAll(async () => {
  shop = await TestShop.create();
  user = String(await shop.created(['user', 'create', 'Ann']));
  other = { SHOP_PREFIX: `${shop.prefix}-b` };
});

afterAll(() => shop.close());

/** Waits until a worker has refused to work, and returns its output. */
async function refusal(worker: TestProcess, since: number): Promise<string> {
  const ended = await within(STOPPED_MS, worker.ended, null);
  expect(ended?.status, worker.stderr).toBe(78);
  await reportRecovery(37, performance.now() - since);
  return worker.stderr;
}

async function statusOf(key: string): Promise<unknown> {
  const [row] = await shop.sql<{ status: string | null }>(
    'SELECT o.status FROM requests r LEFT JOIN outcomes o ON o.request_id = r.id WHERE r.idempotency_key = ?',
    [key],
  );
  return row?.status;
}

/** Imitates `db migrate` of a newer release. */
async function migrate(): Promise<void> {
  await shop.sql('INSERT INTO schema_migrations (timestamp, name) VALUES (1899999999999, ?)', [NEWER]);
}

async function revert(): Promise<void> {
  await shop.sql('DELETE FROM schema_migrations WHERE name = ?', [NEWER]);
}

it.each([
  ['that has requests to apply', true],
  ['that is idle', false],
])('stops a worker of an older release %s when the database is migrated (fault 37)', async (_, busy) => {
  const worker = await shop.startWorker();
  const standby = shop.start(['worker']);
  await standby.logged('standing by');
  const key = `older-${busy}`;
  if (busy) {
    await shop.ok(['queue', 'pause']);
    await shop.ok(['charge', user, '5', '--no-wait', '--key', key]);
    await worker.logged('the queue is paused');
  }
  const since = performance.now();
  await migrate();
  if (busy) await shop.sql('UPDATE queue_state SET paused_at = NULL, paused_by = NULL, paused_host = NULL');
  for (const stopped of [worker, standby]) {
    const told = await refusal(stopped, since);
    expect(told).toContain(`The database is newer than this program. Unknown migrations: ${NEWER}.`);
    expect(told).toContain('Upgrade shop on this machine.');
  }
  if (busy) expect(await statusOf(key)).toBeNull();
  await shop.disconnected();
  await revert();
  const next = await shop.startWorker();
  if (busy) expect(await shop.ok(['charge', user, '5', '--key', key])).toMatchObject({ replayed: true, attempts: 1 });
  expect((await next.stop()).status).toBe(0);
  await shop.expectSound();
});

it('stops a worker whose files an upgrade has replaced (fault 37)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shop-replaced-'));
  for (const part of ['bin', 'dist', 'package.json'])
    await cp(join(packageDirectory, part), join(folder, part), { recursive: true });
  await symlink(join(packageDirectory, 'node_modules'), join(folder, 'node_modules'));
  const worker = shop.start(['worker'], { program: join(folder, 'bin/shop.js') });
  await worker.logged('worker ready');
  await rm(join(folder, 'dist'), { recursive: true });
  const since = performance.now();
  await migrate();
  expect(await refusal(worker, since)).toContain(
    `The database is newer than this program. Unknown migrations: ${NEWER}.`,
  );
  await revert();
  await rm(folder, { recursive: true });
});

/** A later migration that the test can pause between two steps. */
class SomethingNewer1899999999999 implements Migration {
  readonly name = NEWER;
  readonly tables = ['first_step', 'second_step'];
  readonly columns = [];
  static reached: () => void = () => {};
  static resume: Promise<void> = Promise.resolve();

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE first_step (id INT PRIMARY KEY)');
    SomethingNewer1899999999999.reached();
    await SomethingNewer1899999999999.resume;
    await runner.query('CREATE TABLE second_step (id INT PRIMARY KEY)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE first_step, second_step');
  }
}

it('keeps a worker of an older release from writing while a migration runs (fault 37)', async () => {
  // this process has the newer release, and the built program is the older one
  const [migrations, names] = [MIGRATIONS as (new () => Migration)[], MIGRATION_NAMES as string[]];
  migrations.push(SomethingNewer1899999999999);
  names.push(NEWER);
  const worker = await shop.startWorker();
  await shop.ok(['charge', user, '1']);
  let resume = () => {};
  SomethingNewer1899999999999.resume = new Promise((resolve) => {
    resume = resolve;
  });
  const between = new Promise<void>((resolve) => {
    SomethingNewer1899999999999.reached = resolve;
  });
  try {
    const migrated = migrateDatabase(shop.databaseUrl);
    await Promise.race([between, migrated]);
    await shop.ok(['charge', user, '2', '--no-wait', '--key', 'between']);
    await worker.logged('MySQL is unavailable or the lane was lost');
    expect(await statusOf('between')).toBeNull();
    const since = performance.now();
    resume();
    expect(await migrated).toEqual([NEWER]);
    expect(await refusal(worker, since)).toContain(
      `The database is newer than this program. Unknown migrations: ${NEWER}.`,
    );
    expect(await statusOf('between')).toBeNull();
    expect(await shop.sql('SELECT name FROM schema_migrations ORDER BY id')).toEqual(names.map((name) => ({ name })));
  } finally {
    resume();
    migrations.pop();
    names.pop();
    await revert();
  }
  const next = await shop.startWorker();
  expect(await shop.ok(['charge', user, '2', '--key', 'between'])).toMatchObject({ replayed: true, attempts: 1 });
  expect((await next.stop()).status).toBe(0);
  await shop.expectSound();
});

it('lets one of two prefixes apply requests, and the other one after the printed statement was run (fault 37)', async () => {
  const worker = await shop.startWorker();
  await shop.ok(['charge', user, '1']);
  const told = await refusal(shop.start(['worker'], { env: other }), performance.now());
  expect(told).toContain(
    `This database belongs to the prefix ${shop.prefix}, but SHOP_PREFIX is set to ${other.SHOP_PREFIX}.`,
  );
  const [statement = ''] = /UPDATE queue_state SET prefix = '[^']+';/.exec(told) ?? [];
  // the request is still decided, and the command prints a warning
  const charged = await shop.run(['charge', user, '2', '-o', 'table'], { env: other });
  expect(charged.status, charged.stderr).toBe(0);
  expect(charged.stderr).toContain(`This database belongs to the prefix ${shop.prefix}`);
  const doctor = await shop.run(['doctor', '--json'], { env: other });
  const { checks }: Diagnosis = JSON.parse(doctor.stdout);
  expect(checks.find(({ name }) => name === 'workers')).toMatchObject({
    ok: false,
    seen: { prefix: shop.prefix },
    faults: expect.arrayContaining([
      {
        fault: expect.stringContaining(`belongs to the prefix ${shop.prefix}`),
        hint: expect.stringContaining(statement),
      },
    ]),
  });

  const since = performance.now();
  await shop.sql(statement);
  await refusal(worker, since);
  const moved = await shop.startWorker({ env: other });
  expect(await shop.ok(['charge', user, '3'], { env: other })).toMatchObject({ replayed: false, attempts: 1 });
  expect((await moved.stop()).status).toBe(0);
  await shop.sql('UPDATE queue_state SET prefix = NULL');
  await shop.expectSound();
});

it('stops a worker of another prefix that already has the maximum number of deferred requests (fault 37)', async () => {
  const locking = await shop.connection();
  await locking.query('START TRANSACTION');
  await locking.query('SELECT * FROM users WHERE id = ? FOR UPDATE', [user]);
  const worker = await shop.startWorker();
  const rows = `kind,user,amount\n${`charge,${user},1\n`.repeat(10_500)}`;
  await shop.run(['batch', 'run', '-', '--name', 'deferred', '--no-wait', '--json'], { stdin: rows });
  await worker.logged('too many requests wait for locked rows');
  const since = performance.now();
  await shop.sql('UPDATE queue_state SET prefix = ?', [other.SHOP_PREFIX]);
  expect(await refusal(worker, since)).toContain(`This database belongs to the prefix ${other.SHOP_PREFIX}`);
  await locking.query('ROLLBACK');
  await locking.end();
  await shop.sql('UPDATE queue_state SET prefix = NULL');
  const next = await shop.startWorker();
  await waitForRecovery(shop, 37, performance.now());
  expect((await next.stop()).status).toBe(0);
  await shop.expectSound();
});

it('assigns a new database to one of two prefixes when both start at once (fault 37)', async () => {
  const rows = `kind,user,amount\n${`charge,${user},1\n`.repeat(2_000)}`;
  await shop.run(['batch', 'run', '-', '--name', 'both', '--no-wait', '--json'], { stdin: rows });
  const since = performance.now();
  const workers = [shop.start(['worker']), shop.start(['worker'], { env: other })];
  const stopped = await eventually('one worker has refused', () =>
    workers.find(({ stderr }) => stderr.includes('This database belongs to the prefix')),
  );
  await refusal(stopped, since);
  await waitForRecovery(shop, 37, since);
  const [left] = workers.filter((worker) => worker !== stopped);
  expect((await left?.stop())?.status).toBe(0);
  const attempts = await shop.sql('SELECT MAX(attempts) AS most, COUNT(*) AS outcomes FROM outcomes');
  expect(attempts).toMatchObject([{ most: 1 }]);
  await shop.expectSound();
});
