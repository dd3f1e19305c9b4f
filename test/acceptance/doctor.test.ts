import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { MIGRATIONS_TABLE } from '../../src/db/migrations/names.ts';
import { CHECK_NAMES, type CheckName } from '../../src/domain/doctor/check.ts';
import type { Diagnosis } from '../../src/domain/doctor/doctor.ts';
import { eventually } from '../support/eventually.ts';
import { noServersOfOwn, OwnServers } from '../support/own-servers.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';

const HEALTHY_MS = 60_000;

// the tests have their own servers, because they change settings, and kill and restart the servers
let servers: OwnServers;
let shop: TestShop;
let redis: Redis;
let worker: TestProcess;
/** Steps that undo what a test has changed. */
const repairs: (() => Promise<unknown>)[] = [];

describe.skipIf(noServersOfOwn !== null)('shop doctor', () => {
  beforeAll(async () => {
    servers = await OwnServers.start();
    shop = await TestShop.create({ inProcess: true, servers: servers.urls });
    await shop.ok(['db', 'seed']);
    redis = new Redis(shop.redisUrl, { maxRetriesPerRequest: null });
    redis.on('error', () => {});
    worker = await shop.startWorker();
    await waitUntilHealthy();
  });

  afterEach(async () => {
    for (const repair of repairs.splice(0).reverse()) await repair();
    await waitUntilHealthy();
  });

  afterAll(async () => {
    redis.disconnect();
    await shop.close();
    await servers.remove();
  });

  it('finds no fault in a working shop, and reports what it has checked', async () => {
    const diagnosis = await doctor();
    expect(faultsOf(diagnosis)).toEqual({});
    const [{ version } = { version: '' }] = await shop.sql<{ version: string }>('SELECT VERSION() AS version');
    const seen = Object.fromEntries(diagnosis.checks.map((check) => [check.name, check.seen]));
    expect(seen).toMatchObject({
      mysql: { server: version.includes('MariaDB') ? 'MariaDB' : 'MySQL', version },
      'mysql-durability': { innodb_flush_log_at_trx_commit: 1 },
      'mysql-session': { isolation: 'READ-COMMITTED', sql_mode: containing('STRICT_ALL_TABLES'), time_zone: '+00:00' },
      redis: { server: 'Redis' },
      'redis-eviction': { maxmemory_policy: 'noeviction' },
      'redis-persistence': { appendonly: 'yes', aof_last_write_status: 'ok', rdb_last_bgsave_status: 'ok' },
      'redis-memory': { usedMebibytes: any, limitMebibytes: any, usedPercent: any },
      'redis-failover': { mode: 'standalone', replicas: 0 },
      clocks: { mysqlAheadMs: any, redisAheadMs: any },
      schema: { pending: 0, unknown: 0 },
      drift: { differences: 0 },
      workers: { laneHeld: true, atQueue: 1, prefix: shop.prefix },
      pending: { oldestRequest: null, seconds: null },
      ranking: { refreshedAt: containing('T') },
    });
    const table = await shop.run(['doctor', '--output', 'table'], { env: { LC_ALL: 'C.UTF-8' } });
    expect(table).toMatchObject({ status: 0, stderr: '' });
    expect(table.stdout).toMatch(/^✓ (MySQL|MariaDB) \S+ at \S+:\d+$/m);
    expect(table.stdout).toContain('\n✓ Redis evicts no keys (maxmemory-policy noeviction)\n');
    expect(table.stdout).toMatch(/\n\n15 checks passed\.\n$/);
  });

  it('requires MySQL to keep committed data', async () => {
    const [{ binlog } = { binlog: 0 }] = await shop.sql<{ binlog: number }>('SELECT @@GLOBAL.log_bin AS binlog');
    for (const [setting, value, safe] of [
      ['innodb_flush_log_at_trx_commit', 2, 1],
      ['sync_binlog', 0, 1],
    ]) {
      repairs.push(() => shop.sql(`SET GLOBAL ${setting} = ${safe}`));
      await shop.sql(`SET GLOBAL ${setting} = ${value}`);
    }
    const faults = [containing('innodb_flush_log_at_trx_commit is 2')];
    if (binlog === 1) faults.push(containing('sync_binlog is 0'));
    expect(faultsOf(await doctor())).toEqual({ 'mysql-durability': faults });
    const { status, stdout } = await shop.run(['doctor', '--output', 'tsv']);
    expect(status).toBe(9);
    expect(stdout).toMatch(/^mysql-durability\tfalse\tinnodb_flush_log_at_trx_commit is 2: [^\t]+\tSet [^\t]+=1 /m);
  });

  it("checks the settings of the shop's own sessions, not the server's defaults", async () => {
    repairs.push(() => shop.sql('SET GLOBAL sql_mode = DEFAULT'));
    repairs.push(() => shop.sql('SET GLOBAL TRANSACTION ISOLATION LEVEL REPEATABLE READ'));
    await shop.sql("SET GLOBAL sql_mode = ''");
    await shop.sql('SET GLOBAL TRANSACTION ISOLATION LEVEL SERIALIZABLE');
    expect(faultsOf(await doctor())).toEqual({});
    const pool = await poolThatChanges([
      ["'STRICT_ALL_TABLES,", "'"],
      ['READ COMMITTED', 'SERIALIZABLE'],
      ["'+00:00'", "'+09:00'"],
    ]);
    repairs.push(pool.close);
    const faults = faultsOf(await doctor({ SHOP_DATABASE_URL: pool.url }));
    expect(faults['mysql-session']).toEqual([
      containing('SERIALIZABLE'),
      containing('not strict'),
      containing('+09:00'),
    ]);
  });

  it('requires MySQL to accept statements as large as a chunk of a batch file may need', async () => {
    repairs.push(() => shop.sql('SET GLOBAL max_allowed_packet = DEFAULT'));
    await shop.sql('SET GLOBAL max_allowed_packet = 4194304');
    // commands refuse a server with this setting, so each check that opens a command's session reports it
    expect(faultsOf(await doctor())).toMatchObject({
      'mysql-session': [containing('max_allowed_packet is 4,194,304')],
      schema: [containing('max_allowed_packet is 4194304')],
    });
  });

  it.each([
    ['maxmemory-policy', 'allkeys-lru', 'redis-eviction', 'maxmemory-policy is allkeys-lru'],
    ['appendonly', 'no', 'redis-persistence', 'no append-only file'],
    ['maxmemory', 'little more than is used', 'redis-memory', '% of its maxmemory'],
  ])('reports a fault if %s of Redis is %s', async (setting, value, check, fault) => {
    const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
    const before = await configOf(setting);
    repairs.push(() => redis.config('SET', setting, before));
    await redis.config('SET', setting, setting === 'maxmemory' ? String(Math.round(used * 1.2)) : value);
    expect(faultsOf(await doctor())).toEqual({ [check]: [containing(fault)] });
  });

  it('reports a schema that was changed by hand, and the command that fixes it', async () => {
    await shop.sql('DROP INDEX ix_orders_created ON orders');
    const { drift = [], ...others } = faultsOf(await doctor());
    expect(others).toEqual({});
    expect(drift).toEqual([containing('CREATE INDEX `ix_orders_created`')]);
    await shop.sql(/CREATE INDEX .*\)/.exec(drift[0] ?? '')?.[0] ?? '');
  });

  it('reports a schema with an unrecorded or newer migration, and does not check it further', async () => {
    const [last] = await shop.sql<{ id: number; timestamp: number; name: string }>(
      `SELECT id, timestamp, name FROM ${MIGRATIONS_TABLE} ORDER BY id DESC LIMIT 1`,
    );
    repairs.push(() =>
      shop.sql(`INSERT INTO ${MIGRATIONS_TABLE} (id, timestamp, name) VALUES (?)`, [Object.values(last ?? {})]),
    );
    await shop.sql(`DELETE FROM ${MIGRATIONS_TABLE} WHERE id = ?`, [last?.id]);
    const none = `The database lacks migrations: ${last?.name}.`;
    const unseen = { drift: [`Not checked: ${none}`], pending: [`Not checked: ${none}`] };
    expect(faultsOf(await doctor())).toEqual({ schema: [none], ...unseen });
    repairs.push(() => shop.sql(`DELETE FROM ${MIGRATIONS_TABLE} WHERE name = 'OfTomorrow1'`));
    await shop.sql(`INSERT INTO ${MIGRATIONS_TABLE} (timestamp, name) VALUES (1, 'OfTomorrow1')`);
    const ahead = 'The database is newer than this program. Unknown migrations: OfTomorrow1.';
    expect(faultsOf(await doctor())).toMatchObject({ schema: [ahead] });
  });

  it('reports a missing schema without blaming the servers', async () => {
    const empty = await TestShop.create({ inProcess: true, servers: servers.urls, migrated: false });
    repairs.push(() => empty.close());
    const none = 'The database has not been migrated.';
    expect(faultsOf(await doctor(empty.env))).toEqual({
      schema: [none],
      drift: [`Not checked: ${none}`],
      workers: [containing('No worker is running')],
      pending: [`Not checked: ${none}`],
      ranking: [containing('no ranking in Redis')],
    });
  });

  it('reports a missing worker and the pending requests', async () => {
    expect((await worker.stop()).status).toBe(0);
    repairs.push(async () => {
      worker = await shop.startWorker();
    });
    expect(faultsOf(await doctor())).toEqual({ workers: [containing('No worker is running')] });
    const { requestId } = await shop.ok(['charge', '1', '5', '--no-wait']);
    const young = await doctor();
    expect(faultsOf(young)).toEqual({ workers: [containing('No worker is running')] });
    expect(seenBy(young, 'pending')).toMatchObject({ oldestRequest: requestId, seconds: any });
    await shop.sql('UPDATE requests SET created_at = created_at - INTERVAL 1 HOUR WHERE id = ?', [requestId]);
    expect(faultsOf(await doctor()).pending).toEqual([containing(`Request ${requestId} has been pending for 3,6`)]);
  });

  it('shows a pause, and names it as the reason for a long wait', async () => {
    repairs.push(() => shop.ok(['queue', 'resume']));
    await shop.ok(['queue', 'pause']);
    const { requestId } = await shop.ok(['charge', '1', '5', '--no-wait']);
    const young = await doctor();
    expect(faultsOf(young)).toEqual({});
    expect(seenBy(young, 'pending')).toMatchObject({ pausedBy: 'tester', pausedAt: containing('T') });
    const { stdout } = await shop.run(['doctor', '-o', 'table'], { env: { LC_ALL: 'C.UTF-8' } });
    expect(stdout).toContain('✓ A worker holds the lane (workers waiting for jobs: 1)\n');
    expect(stdout).toMatch(/ s; the queue is paused by tester since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/m);
    await shop.sql('UPDATE requests SET created_at = created_at - INTERVAL 1 HOUR WHERE id = ?', [requestId]);
    const { status, stdout: late } = await shop.run(['doctor', '-o', 'table'], { env: { LC_ALL: 'C.UTF-8' } });
    expect(status).toBe(9);
    expect(late).toMatch(/✗ Request \d+ has been pending for 3,6\d\d s\. The queue is paused by tester since \S+Z\./);
    expect(late).toContain('`shop queue resume`');
  });

  it('distinguishes a worker without the lane from a worker of another queue', async () => {
    repairs.push(async () => worker.signal('SIGCONT'));
    worker.signal('SIGSTOP');
    // the server releases the lane of a session that is idle
    await eventually('the lane is free', async () => {
      const { workers = [] } = faultsOf(await doctor());
      return workers[0]?.endsWith('so no request is applied. Waiting workers: 1.') === true;
    });
    worker.signal('SIGCONT');
    await waitUntilHealthy();
    const elsewhere = faultsOf(await doctor({ SHOP_REDIS_URL: inject('redisUrl') }));
    expect(elsewhere.workers).toEqual([containing('no worker waits for jobs in this Redis')]);
  });

  it('reports a ranking that is not refreshed', async () => {
    repairs.push(() => shop.ok(['ranking', 'refresh', '--lock-timeout', '30s']));
    // the ranking is soon stale for a short interval, and fresh for a long one
    await shop.ok(['ranking', 'refresh', '--lock-timeout', '30s'], { env: { SHOP_RANKING_PERIOD: '1h' } });
    await eventually('the ranking is stale', async () => {
      const { ranking = [] } = faultsOf(await doctor({ SHOP_RANKING_PERIOD: '1s' }));
      return /^The ranking was last refreshed at .*Z, but a refresh is due every 1 s\.$/.test(ranking[0] ?? '');
    });
    await redis.del(`{${shop.prefix}}:ranking`);
    expect(faultsOf(await doctor())).toEqual({ ranking: [containing('no ranking in Redis')] });
  });

  it('needs only the right to read', async () => {
    const { env } = await shop.account(['SELECT', '*']);
    const diagnosis = await doctor(env);
    expect(faultsOf(diagnosis)).toEqual({});
    // MariaDB shows constraints only to accounts that may write
    const { server } = seenBy(diagnosis, 'mysql') ?? {};
    expect(seenBy(diagnosis, 'drift')).toEqual({ differences: server === 'MariaDB' ? 'unknown' : 0 });
    expect(await shop.ok(['db', 'status'], { env })).toMatchObject({ drift: server === 'MariaDB' ? null : [] });
  });

  it('does not report settings that Redis hides from an account', async () => {
    const url = Object.assign(new URL(shop.redisUrl), { username: 'operator', password: 'only-what-it-needs' });
    repairs.push(() => redis.acl('DELUSER', url.username));
    const rules = ['on', `>${url.password}`, '~*', '&*', '+@all', '-@admin', '-@dangerous', '+info'];
    await redis.acl('SETUSER', url.username, ...rules);
    const diagnosis = await doctor({ SHOP_REDIS_URL: url.href });
    expect(faultsOf(diagnosis)).toEqual({});
    expect(seenBy(diagnosis, 'workers')).toEqual({ laneHeld: true, atQueue: 'unknown', prefix: shop.prefix });
    expect(seenBy(diagnosis, 'redis-eviction')).toEqual({ maxmemory_policy: 'noeviction' });
    await redis.acl('SETUSER', url.username, '-info', '-time');
    const { stdout } = await shop.run(['doctor', '--json'], { env: { SHOP_REDIS_URL: url.href } });
    const knowsLess: Diagnosis = JSON.parse(stdout);
    expect(faultsOf(knowsLess)).toEqual({});
    expect(seenBy(knowsLess, 'redis-eviction')).toEqual({ maxmemory_policy: 'unknown' });
    expect(seenBy(knowsLess, 'clocks')).toEqual({ mysqlAheadMs: any, redisAheadMs: 'unknown' });
  });

  it('reports a server that refuses the password, and still checks the other one', async () => {
    const [databaseUrl, redisUrl] = [new URL(shop.databaseUrl), new URL(shop.redisUrl)];
    databaseUrl.password = redisUrl.password = 'hunter2-hunter2';
    expect(faultsOf(await doctor({ SHOP_DATABASE_URL: databaseUrl.href }))).toEqual(withoutMysql('Access denied'));
    expect(faultsOf(await doctor({ SHOP_REDIS_URL: redisUrl.href }))).toEqual(withoutRedis('WRONGPASS'));
    const env = { SHOP_DATABASE_URL: databaseUrl.href, LC_ALL: 'C.UTF-8' };
    const { stdout } = await shop.run(['doctor', '-o', 'table'], { env });
    expect(stdout).toMatch(/^✗ .*Access denied/);
    expect(stdout).toMatch(/^- mysql-durability not checked: .*Access denied/m);
    expect(stdout).toMatch(/\n\n\d checks? passed, 1 failed, \d not checked\.\n$/);
  });

  it('reports an unavailable server, and still checks the other one', async () => {
    repairs.push(() => servers.startAgain());
    await servers.kill('redis');
    const noRedis = await doctor();
    expect(faultsOf(noRedis)).toEqual(withoutRedis("Redis can't be reached at 127.0.0.1:"));
    expect(seenBy(noRedis, 'clocks')).toEqual({ mysqlAheadMs: any, redisAheadMs: 'unknown' });
    expect(seenBy(noRedis, 'workers')).toEqual({ laneHeld: true, atQueue: 'unknown', prefix: shop.prefix });
    await servers.startAgain();
    await waitUntilHealthy();

    await servers.kill('mysql');
    const noMysql = await doctor();
    expect(faultsOf(noMysql)).toEqual(withoutMysql("MySQL can't be reached at 127.0.0.1:"));
    expect(seenBy(noMysql, 'clocks')).toEqual({ mysqlAheadMs: 'unknown', redisAheadMs: any });
    expect(seenBy(noMysql, 'workers')).toEqual({ laneHeld: 'unknown', atQueue: 1, prefix: 'unknown' });

    await servers.kill('redis');
    const neither = await shop.run(['doctor', '-o', 'table'], { env: { LC_ALL: 'C.UTF-8' } });
    expect(neither).toMatchObject({ status: 9, stderr: '' });
    expect(neither.stdout).toMatch(/^✗ .*MySQL can't be reached/m);
    expect(neither.stdout).toMatch(/^✗ .*Redis can't be reached/m);
    expect(neither.stdout).toMatch(/^- mysql-durability not checked: MySQL can't be reached/m);
    expect(neither.stdout).toMatch(/^- redis-eviction not checked: Redis can't be reached/m);
    expect(neither.stdout).toMatch(/\n\n0 checks passed, 2 failed, 13 not checked\.\n$/);
    await servers.startAgain();
    await shop.reconnect();
  });

  it('fails if no server is configured', async () => {
    const env = { SHOP_DATABASE_URL: '', SHOP_REDIS_URL: '', SHOP_DEV_DIR: join(servers.directory, 'nothing') };
    expect(await shop.refused(['doctor'], { env })).toMatchObject({ status: 78, code: 'CONFIG' });
  });

  it('is not needed for one warning: the worker itself logs that Redis may evict keys', async () => {
    const warning = 'Redis may evict keys of the queue: maxmemory-policy is volatile-lru.';
    repairs.push(() => redis.config('SET', 'maxmemory-policy', 'noeviction'));
    await redis.config('SET', 'maxmemory-policy', 'volatile-lru');
    const another = shop.start(['worker']);
    await another.logged(warning);
    const { status, stdout, stderr } = await another.stop();
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
    const entries = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entries.filter(({ msg }) => /evict/i.test(msg))).toEqual([
      expect.objectContaining({ level: 'warn', maxmemory_policy: 'volatile-lru' }),
    ]);
    // a running worker checks again when it reconnects
    expect(worker.stderr).not.toContain(warning);
    await redis.client('KILL', 'TYPE', 'normal');
    await worker.logged(warning);
  });
});

type Env = Record<string, string>;

/** Runs `doctor`, and checks that its exit status matches and that no password is printed. */
async function doctor(env: Env = {}): Promise<Diagnosis> {
  const { status, stdout, stderr } = await shop.run(['doctor', '--json'], { env });
  expect({ stderr, stdout: stdout.slice(0, 6) }).toEqual({ stderr: '', stdout: '{"ok":' });
  const diagnosis: Diagnosis = JSON.parse(stdout);
  expect(status).toBe(diagnosis.ok ? 0 : 9);
  // a shop without a replica has no such check
  const names = CHECK_NAMES.filter((name) => name !== 'mysql-replica');
  expect(diagnosis.checks.map(({ name }) => name)).toEqual(names);
  for (const { name, ok, found, faults } of diagnosis.checks) {
    expect({ name, found, ok }).toEqual({ name, found: faults.length, ok: faults.length === 0 });
    for (const { hint } of faults) expect(hint).not.toBe('');
  }
  for (const url of [shop.databaseUrl, shop.redisUrl, ...Object.values(env)]) {
    const password = URL.canParse(url) ? new URL(url).password : '';
    if (password !== '') expect(stdout).not.toContain(password);
  }
  return diagnosis;
}

/** Returns the faults as sentences, by check. */
function faultsOf({ checks }: Diagnosis): Partial<Record<CheckName, string[]>> {
  const faulty = checks.filter(({ ok }) => !ok);
  return Object.fromEntries(faulty.map(({ name, faults }) => [name, faults.map(({ fault }) => fault)]));
}

function seenBy({ checks }: Diagnosis, check: CheckName) {
  return checks.find(({ name }) => name === check)?.seen;
}

async function waitUntilHealthy(): Promise<void> {
  let found: unknown;
  const check = async () => {
    found = faultsOf(await doctor());
    return Object.keys(found as object).length === 0;
  };
  await eventually('no fault is found', check, HEALTHY_MS).catch((error) => {
    throw new Error(`faults: ${JSON.stringify(found)}`, { cause: error });
  });
}

const any = expect.any(Number);
const containing = (text: string): unknown => expect.stringContaining(text);

/** Returns the expected faults while a server is down: one for the server, and one for each check that needs it. */
function faultsWithout(own: CheckName, others: readonly CheckName[], reason: string) {
  return Object.fromEntries([
    [own, [containing(reason)]],
    ...others.map((name) => [name, [containing('Not checked: ')]]),
  ]);
}

function withoutMysql(reason: string) {
  const others = [
    'mysql-durability',
    'mysql-session',
    'mysql-failover',
    'clocks',
    'schema',
    'drift',
    'workers',
    'pending',
  ] as const;
  return faultsWithout('mysql', others, reason);
}

function withoutRedis(reason: string) {
  const others = [
    'redis-eviction',
    'redis-persistence',
    'redis-memory',
    'redis-failover',
    'clocks',
    'workers',
    'ranking',
  ] as const;
  return faultsWithout('redis', others, reason);
}

async function configOf(setting: string): Promise<string> {
  const [, value] = (await redis.config('GET', setting)) as string[];
  return value ?? '';
}

/**
 * Opens a proxy in front of MySQL that changes the settings that sessions request, as a connection pool may do.
 *
 * @param changes texts of statements and their replacements, which must not be longer.
 */
async function poolThatChanges(changes: readonly (readonly [string, string])[]) {
  const { hostname, port } = new URL(shop.databaseUrl);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port) });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => [client, upstream].map((one) => one.destroy()));
    }
    client.on('data', (chunk) => {
      let text = chunk.toString('latin1');
      for (const [from, to] of changes) text = text.replace(from, to.padStart(from.length));
      upstream.write(text, 'latin1');
    });
    upstream.pipe(client);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(shop.databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await once(server.close(), 'close');
  };
  return { url: url.href, close };
}
