import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionOptions } from '../../src/db/mysql/connection.ts';
import type { Diagnosis } from '../../src/domain/doctor/doctor.ts';
import { openReplica } from '../../src/domain/servers/replica.ts';
import { RUNS, runFailovers } from '../failover/failover.ts';
import type { TestData } from '../nemesis/operator.ts';
import { createTestData } from '../nemesis/test-data.ts';
import { PROGRAM } from '../support/environment.ts';
import { eventually } from '../support/eventually.ts';
import { MysqlReplica } from '../support/mysql-replica.ts';
import { noReplication } from '../support/mysql-servers.ts';
import { type Result, TestShop } from '../support/shop.ts';

const TABLES =
  'users|products|orders|order_lines|requests|outcomes|batches|point_transactions|hourly_sales|stock_movements|carts|cart_lines';
const READS = new RegExp(`\\bFROM\\s+\`?(${TABLES})\\b`, 'i');
const NOT_USED = 'Reading from the primary instead of the replica:';

const reason = await noReplication();

describe.skipIf(reason !== null)(`a replica of MySQL ${reason ?? ''}`, () => {
  let pair: MysqlReplica;
  let shop: TestShop;
  let data: TestData;
  let env: Record<string, string>;

  beforeAll(async () => {
    pair = await MysqlReplica.start();
    const { rootUrl, redisUrl } = pair.primary.urls;
    shop = await TestShop.create({ servers: { rootUrl, redisUrl }, inProcess: true });
    data = await createTestData(shop);
    env = { SHOP_DATABASE_REPLICA_URL: pair.urlOf(shop.databaseUrl), SHOP_REPLICA_LAG: '2s' };
    await pair.waitUntilCaughtUp();
  }, 120_000);

  afterAll(async () => {
    await shop?.close();
    await pair?.remove();
  });

  /** Runs a list command that must succeed, and measures its time. */
  async function list(args: readonly string[] = ['user', 'list']): Promise<Result & { ms: number }> {
    const start = performance.now();
    const result = await shop.run([...args, '-o', 'tsv', '--verbose'], { env });
    expect(result.status, result.stderr).toBe(0);
    return { ...result, ms: performance.now() - start };
  }

  it(
    'lets every list be printed while it is killed under load and comes back',
    async () => {
      let ended = false;
      let notUsed = 0;
      let slowestMs = 0;
      const lists = (async () => {
        for (let index = 0; !ended; index++) {
          const args = [
            ['order', 'list'],
            ['request', 'list'],
            ['balance', 'history', String(data.users[0])],
            ['user', 'list'],
          ][index % 4];
          const { stderr, ms } = await list(args);
          if (stderr.includes(NOT_USED)) notUsed++;
          slowestMs = Math.max(slowestMs, ms);
        }
      })();
      lists.catch(() => {});
      try {
        await runFailovers('replica', shop, data, {
          fail: async () => {
            const before = notUsed;
            await pair.replica.kill('mysql');
            await eventually('a list that reports the missing replica', async () => notUsed > before);
          },
          restore: async () => {
            await pair.startReplica();
            await pair.waitUntilCaughtUp();
          },
        });
      } finally {
        ended = true;
      }
      await lists;
      process.stderr.write(`lists: ${notUsed} by the primary, the slowest ${Math.round(slowestMs)} ms\n`);
    },
    RUNS * 180_000,
  );

  it('serves lists, histories, the ranking and the audit, but no read that decides something or prints an outcome', async () => {
    const worker = await shop.startWorker();
    const user = String(await shop.userWith(1_000));
    const product = String(data.products[0]);
    await shop.ok(['product', 'restock', product, '5']);
    const { orderId } = await shop.ok<{ orderId: number }>(['order', 'place', user, `${product}:1`]);
    await shop.ok(['charge', user, '1', '--key', 'of-the-replica']);
    const logs = [await logOf(pair.primary.urls.rootUrl), await logOf(pair.replica.urls.rootUrl)] as const;
    try {
      const readBy = async (args: readonly string[]) => {
        const reads = await Promise.all(logs.map((log) => log.mark()));
        const result = await shop.run(args, { env });
        expect(result.status, `${args.join(' ')}: ${result.stderr}`).toBe(0);
        const [primary, replica] = await Promise.all(logs.map((log, index) => log.readsSince(reads[index] ?? '')));
        return { primary: primary === true, replica: replica === true };
      };
      // the worker also reads from the replica
      expect((await worker.stop()).status).toBe(0);
      await pair.waitUntilCaughtUp();
      for (const args of [
        ['user', 'list'],
        ['product', 'list'],
        ['order', 'list'],
        ['request', 'list'],
        ['batch', 'list'],
        ['queue', 'failed'],
        ['balance', 'history', user],
        ['product', 'top', '--fresh'],
        ['ranking', 'refresh'],
        ['audit'],
      ])
        expect({ args, ...(await readBy(args)) }).toEqual({ args, primary: false, replica: true });
      for (const args of [
        ['user', 'show', user],
        ['product', 'show', product],
        ['order', 'show', String(orderId)],
        ['request', 'show', 'of-the-replica'],
        ['charge', user, '1', '--key', 'of-the-replica'],
        ['balance', user],
        ['cart', 'show', user],
        ['queue', 'status'],
      ])
        expect({ args, ...(await readBy(args)) }).toEqual({ args, primary: true, replica: false });
    } finally {
      for (const log of logs) await log.end();
    }
  });

  it('accepts no writes, even from an account with all privileges', async () => {
    await pair.onReplica((root) => root.query('SET GLOBAL read_only = OFF'));
    const session = await openReplica({ url: env.SHOP_DATABASE_REPLICA_URL ?? '', lagMs: 1_000 });
    try {
      await expect(session.execute("UPDATE users SET name = 'changed'")).rejects.toThrow(/READ ONLY/i);
    } finally {
      await session.close();
      await pair.onReplica((root) => root.query('SET GLOBAL super_read_only = ON'));
    }
  });

  it('refuses requests if it is configured as the database, and explains why', async () => {
    const readOnly = { SHOP_DATABASE_URL: env.SHOP_DATABASE_REPLICA_URL ?? '' };
    expect(await shop.refused(['charge', '1', '5'], { env: readOnly })).toMatchObject({
      status: 69,
      code: 'UNAVAILABLE',
      message: expect.stringMatching(
        /failed while the request was being recorded: .*--(super-)?read-only.* The request's key is /,
      ),
    });
  });

  it('shows changes at once, and the primary serves reads while it lags, hangs or is down', async () => {
    for (let index = 0; index < 5; index++) {
      const { id } = await shop.ok<{ id: number }>(['user', 'create', `new${index}`]);
      const { stdout, stderr } = await list();
      expect(stderr).toContain('The data was read from the replica at');
      expect(stdout).toMatch(new RegExp(`^${id}\\t`, 'm'));
    }
    await pair.onReplica((root) => root.query('STOP REPLICA SQL_THREAD'));
    const { id } = await shop.ok<{ id: number }>(['user', 'create', 'late']);
    const late = await list();
    expect(late.stdout).toMatch(new RegExp(`^${id}\\t`, 'm'));
    expect(late.stderr).toContain(NOT_USED);
    expect(late.stderr).toContain('more than 2000 ms behind');
    const { stdout } = await shop.run(['doctor', '--json'], { env });
    const lagging = (JSON.parse(stdout) as Diagnosis).checks.find(({ name }) => name === 'mysql-replica');
    expect(lagging).toMatchObject({ ok: false, seen: { applies: 'No', receives: 'Yes' } });
    expect((await shop.run(['ranking', 'refresh'], { env })).stderr).toContain(NOT_USED);
    await pair.onReplica((root) => root.query('START REPLICA SQL_THREAD'));
    await pair.waitUntilCaughtUp();

    await pair.replica.freeze('mysql');
    try {
      const hanging = await list();
      expect(hanging.stderr).toContain(NOT_USED);
      expect(hanging.ms).toBeLessThan(6_000);
    } finally {
      await pair.replica.thaw('mysql');
    }
    await pair.replica.kill('mysql');
    expect((await list(['product', 'list'])).stderr).toContain('ECONNREFUSED');
    expect((await list(['audit'])).stderr).toContain(NOT_USED);
    await pair.startReplica();
    await pair.waitUntilCaughtUp();
    expect((await list()).stderr).toContain('The data was read from the replica at');
  }, 90_000);

  it('is abandoned if it stops responding in the middle of a list', async () => {
    const { database } = connectionOptions(shop.databaseUrl);
    await pair.onReplica(async (root) => {
      await root.query('SET GLOBAL read_only = OFF');
      await root.query(`LOCK TABLES ${database}.users WRITE, ${database}.orders WRITE`);
      try {
        for (const kind of ['user', 'order']) {
          const { stderr, ms } = await list([kind, 'list']);
          expect(stderr).toContain(NOT_USED);
          expect(ms).toBeLessThan(20_000);
        }
      } finally {
        await root.query('UNLOCK TABLES');
        await root.query('SET GLOBAL super_read_only = ON');
      }
    });
    expect((await list()).stderr).toContain('The data was read from the replica at');
  }, 90_000);

  it('is replaced by the primary in the middle of a long list, which still has every row once', async () => {
    const rows = Array.from({ length: 8_000 }, () => ['x'.repeat(200), 0, new Date()]);
    await shop.sql('INSERT INTO users (name, balance, created_at) VALUES ?', [rows]);
    await pair.waitUntilCaughtUp();
    const child = spawn(process.execPath, [PROGRAM, 'user', 'list', '--all', '-o', 'csv'], {
      env: { PATH: process.env.PATH, ...shop.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const messages = text(child.stderr);
    // the pipe holds only a part of the list
    await once(child.stdout, 'readable');
    await pair.replica.kill('mysql');
    const lines = (await text(child.stdout)).trimEnd().split('\n').slice(1);
    expect(await messages).toContain(NOT_USED);
    const ids = await shop.sql<{ id: number }>('SELECT id FROM users ORDER BY id DESC');
    expect(lines.map((line) => Number(line.split(',')[0]))).toEqual(ids.map(({ id }) => id));
    await pair.startReplica();
    await pair.waitUntilCaughtUp();
  }, 90_000);

  it('is replaced by the primary, with a reason and a hint, if it refuses reads, has another schema or is the primary', async () => {
    const replicaCheck = async (replicaUrl: string) => {
      const { stdout } = await shop.run(['doctor', '--json'], {
        env: { ...env, SHOP_DATABASE_REPLICA_URL: replicaUrl },
      });
      const check = (JSON.parse(stdout) as Diagnosis).checks.find(({ name }) => name === 'mysql-replica');
      return check?.faults.map(({ fault, hint }) => `${fault} ${hint}`);
    };
    const replicaUrl = env.SHOP_DATABASE_REPLICA_URL ?? '';
    const wrong = new URL(replicaUrl);
    wrong.password = 'wrong';
    const refused = await shop.run(['user', 'list'], { env: { ...env, SHOP_DATABASE_REPLICA_URL: wrong.href } });
    expect(refused).toMatchObject({ status: 0, stderr: expect.stringContaining(`${NOT_USED} MySQL at`) });
    expect(await replicaCheck(wrong.href)).toEqual([
      expect.stringMatching(/Access denied.* Check the user, password and database in SHOP_DATABASE_REPLICA_URL,/),
    ]);
    const untrusted = await replicaCheck(`${replicaUrl.replace('127.0.0.1', 'localhost')}?ssl-mode=VERIFY_IDENTITY`);
    expect(untrusted).toEqual([expect.stringContaining('Set the TLS options of SHOP_DATABASE_REPLICA_URL')]);

    // the hint does not suggest making this server read-only, because that would stop the shop
    expect(await replicaCheck(shop.databaseUrl)).toEqual([
      expect.stringMatching(/names the primary itself\..* Set SHOP_DATABASE_REPLICA_URL to the URL of a replica/),
    ]);
    expect(await replicaCheck(shop.databaseUrl.replace('127.0.0.1', 'localhost'))).toHaveLength(1);

    const [{ name = '' } = {}] = await shop.sql<{ name: string }>(
      'SELECT name FROM schema_migrations ORDER BY id DESC LIMIT 1',
    );
    const onTable = (statement: string) =>
      pair.onReplica(async (root) => {
        await root.query('SET GLOBAL super_read_only = OFF');
        await root.query('SET SESSION sql_log_bin = OFF');
        await root.query(`UPDATE ${shop.prefix}.schema_migrations SET name = ${statement}`);
        await root.query('SET GLOBAL super_read_only = ON');
      });
    await onTable(`IF(name = '${name}', 'Future1', name)`);
    try {
      const { stdout, stderr } = await list();
      expect(stdout).toContain('id\t');
      expect(stderr).toContain(`can't be used: its schema has unknown migrations: Future1`);
      expect(await replicaCheck(replicaUrl)).toEqual([
        expect.stringContaining('check SHOW REPLICA STATUS on the replica'),
      ]);
    } finally {
      await onTable(`IF(name = 'Future1', '${name}', name)`);
    }
    expect((await list()).stderr).toContain('The data was read from the replica at');
  });

  it('is checked by `doctor`, and serves lists while the primary is down', async () => {
    const { stdout } = await shop.run(['doctor', '--json'], { env });
    const check = (JSON.parse(stdout) as Diagnosis).checks.find(({ name }) => name === 'mysql-replica');
    expect(check).toMatchObject({
      ok: true,
      seen: { read_only: 'ON', gtid_mode: 'ON', applies: 'Yes', receives: 'Yes' },
    });
    await shop.ok(['user', 'create', 'Newest']);
    await pair.waitUntilCaughtUp();
    await pair.primary.kill('mysql');
    const { stdout: users, stderr } = await list();
    expect(users).toContain('Newest');
    expect(stderr).toContain('The primary is unavailable');
    expect(await shop.run(['balance', '1'], { env })).toMatchObject({ status: 69 });
    await pair.primary.startAgain();
    await shop.reconnect();
  });
});

/** Records the statements that a server receives from now on. */
async function logOf(url: string) {
  const root: Connection = await createConnection(connectionOptions(url));
  await root.query("SET GLOBAL log_output = 'TABLE'");
  await root.query('SET GLOBAL general_log = ON');
  let marks = 0;
  return {
    mark: async () => {
      const mark = `mark ${++marks} of ${process.pid}`;
      await root.query(`SELECT '${mark}'`);
      return mark;
    },
    readsSince: async (mark: string) => {
      const [rows] = await root.query<RowDataPacket[]>(
        'SELECT CONVERT(argument USING utf8mb4) AS text FROM mysql.general_log',
      );
      const texts = rows.map(({ text }) => String(text));
      return texts.slice(texts.findLastIndex((text) => text.includes(mark))).some((text) => READS.test(text));
    },
    end: async () => {
      await root.query('SET GLOBAL general_log = OFF');
      await root.end();
    },
  };
}
