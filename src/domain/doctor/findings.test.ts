import { describe, expect, it } from 'vitest';
import { phrase } from '../phrase.ts';
import { type CheckName, checkResult, type Finding, type Seen } from './check.ts';
import { checkClocks } from './clocks.ts';
import { checkFailover, type GroupView, type HostView } from './mysql-failover.ts';
import { checkReplica, type ReplicaView } from './mysql-replica.ts';
import { checkDurability, checkSessionSettings } from './mysql-settings.ts';
import { checkRanking } from './ranking.ts';
import { checkCluster, checkSentinels, checkServer } from './redis-failover.ts';
import { checkEviction, checkMemory, checkPersistence } from './redis-settings.ts';
import { checkPending, checkWorkers } from './requests.ts';
import { checkDrift } from './schema.ts';
import { summarize } from './summary.ts';
import { checkDatabaseVersion, checkRedisVersion } from './versions.ts';

/** Creates a server's settings, or the fields of Redis's INFO. */
const named = (entries: Record<string, string>) => new Map(Object.entries(entries));

/** Checks the values of a finding and, for each fault, a part of its text. Every fault must have a hint. */
function expectFinding(finding: Finding, faults: readonly string[], seen: Seen = {}): void {
  expect(finding.faults.map(({ fault }) => String(fault))).toEqual(faults.map((part) => expect.stringContaining(part)));
  for (const { fault, hint } of finding.faults)
    for (const text of [fault, hint]) expect(String(text)).toMatch(/^\S.*\.$/);
  expect(finding.seen).toMatchObject(seen);
}

it.each([
  ['9.7.4-2', 'MySQL', []],
  ['8.0.36-0ubuntu0.22.04.1', 'MySQL', []],
  ['5.7.44-log', 'MySQL', ['MySQL 5.7.44-log is older than 8.0']],
  ['10.11.19-MariaDB-0+deb12u1', 'MariaDB', []],
  ['10.6.0-MariaDB', 'MariaDB', []],
  ['10.5.23-MariaDB-1:10.5.23+maria~ubu2004', 'MariaDB', ['MariaDB 10.5.23']],
  ['11.4.2-MariaDB-log', 'MariaDB', []],
  ['Aurora', 'MySQL', []],
])('checks the database server %s', (version, server, faults) => {
  expectFinding(checkDatabaseVersion(version), faults, { server, version });
});

it.each([
  ['8.0.6', []],
  ['6.2.0', []],
  ['10.0.1', []],
  ['6.0.16', ['Redis 6.0.16 is older than 6.2']],
  ['5.0.14', ['Redis 5.0.14 is older than 6.2']],
])('checks Redis %s', (version, faults) => {
  expectFinding(checkRedisVersion(named({ redis_version: version })), faults, { version });
});

describe('MySQL hosts', () => {
  const primary: HostView = { address: 'a:1', state: 'primary', reason: '' };
  const standby: HostView = { address: 'b:1', state: 'standby', reason: 'it is read-only' };
  const away: HostView = { address: 'c:1', state: 'away', reason: 'connect ETIMEDOUT' };
  const member = { state: 'ONLINE', role: 'SECONDARY', address: 'b:1', own: 0 };
  const members = [{ ...member, role: 'PRIMARY', address: 'a:1', own: 1 }, member, { ...member, address: 'c:1' }];
  const group: GroupView = { members, consistency: 'BEFORE_ON_PRIMARY_FAILOVER' };

  it.each<[HostView[], GroupView | null, string[], Seen]>([
    [[primary], null, [], { mode: 'server', primary: 'a:1' }],
    [[standby], null, ['No server accepts writes: b:1: it is read-only'], { primary: null }],
    [[primary, standby], null, [], { mode: 'hosts', hosts: 2, standby: 1, away: 0 }],
    [[primary, { ...primary, address: 'b:1' }], null, ['More than one server accepts writes: a:1, b:1'], {}],
    [[primary, standby, away], null, ['c:1 is unavailable: connect ETIMEDOUT'], { standby: 1, away: 1 }],
    [[standby, away], null, ['c:1 is unavailable', 'No server accepts writes: b:1: it is read-only; c:1: connect'], {}],
    [[primary], group, [], { mode: 'group', members: 3, online: 3 }],
    [[primary], { ...group, members: null }, [], { members: 'unknown', online: 'unknown' }],
    [
      [primary],
      { ...group, consistency: 'EVENTUAL' },
      ['before it has applied all transactions'],
      { consistency: 'EVENTUAL' },
    ],
    [[primary], { ...group, consistency: 'BEFORE_AND_AFTER' }, [], {}],
    [
      [primary],
      { ...group, members: [...members.slice(1), { ...member, state: 'UNREACHABLE', address: 'd:1' }] },
      ['Member d:1 of the replication group is UNREACHABLE'],
      { online: 2 },
    ],
    [
      [primary],
      { ...group, members: members.map((one) => ({ ...one, role: 'PRIMARY' })) },
      ['More than one server accepts writes: a:1, b:1, c:1'],
      {},
    ],
  ])('are checked: %j, %j', (hosts, view, faults, seen) => expectFinding(checkFailover(hosts, view), faults, seen));
});

it.each<[ReplicaView['status'], string[]]>([
  [{ Replica_IO_Running: 'Yes', Replica_SQL_Running: 'Yes', Last_IO_Error: '', Last_SQL_Error: '' }, []],
  [
    { Replica_IO_Running: 'Connecting', Replica_SQL_Running: 'Yes', Last_IO_Error: 'no route', Last_SQL_Error: '' },
    ['Replication is not running (receives: Connecting, applies: Yes): no route.'],
  ],
  [
    { Slave_IO_Running: 'Yes', Slave_SQL_Running: 'No', Last_IO_Error: '', Last_SQL_Error: 'no such row' },
    ['Replication is not running (receives: Yes, applies: No): no such row.'],
  ],
  [{ Replica_IO_Running: 'No', Replica_SQL_Running: 'No' }, ['(receives: No, applies: No): no reason was given.']],
])('checks whether a replica receives and applies changes: %j', (status, faults) => {
  const view = { mariaDb: true, isPrimary: false, variables: named({ read_only: 'ON' }), primaryGtidMode: null };
  expectFinding(checkReplica({ ...view, status }, null), faults);
});

it('checks the role of a single Redis server', () => {
  expectFinding(checkServer(named({})), [], { mode: 'unknown', replicas: 'unknown' });
  expectFinding(checkServer(named({ redis_mode: 'standalone', connected_slaves: '2' })), [], { replicas: 2 });
  expectFinding(checkServer(named({ redis_mode: 'cluster' })), ['a node of a cluster']);
  expectFinding(checkServer(named({ redis_mode: 'standalone', role: 'master' })), []);
  expectFinding(checkServer(named({ redis_mode: 'standalone', role: 'slave' })), ['a replica: it accepts no writes']);
});

it('checks whether a replica can take over from a node of a cluster', () => {
  const primary = { address: 'a:1', primary: true, failed: false };
  const replica = { address: 'b:1', primary: false, failed: false };
  const whole = { state: 'ok', members: [primary, replica], primary, replicas: [replica] };
  expectFinding(checkCluster(whole), [], { mode: 'cluster', primaries: 1, failed: 0, primary: 'a:1', replicas: 1 });
  const lost = { ...replica, failed: true };
  expectFinding(checkCluster({ ...whole, members: [primary, lost], replicas: [lost] }), ['b:1', 'a:1'], { failed: 1 });
  expectFinding(checkCluster({ ...whole, state: 'fail', primary: null, replicas: [] }), ['the Redis cluster is fail']);
});

it.each([
  [{}, []],
  [{ answering: 2 }, []],
  [{ answering: 1 }, ['Too few sentinels respond: 1 of 3. A failover needs 2']],
  [{ answering: 2, quorum: 3 }, ['Too few sentinels respond: 2 of 3. A failover needs 3']],
  [{ replicas: 0 }, ['The Redis primary a:1 has no running replica']],
])('checks whether sentinels can fail over: %j', (view, faults) => {
  const whole = { primary: 'a:1', sentinels: 3, answering: 3, quorum: 2, replicas: 1 };
  expectFinding(checkSentinels('main', { ...whole, ...view }), faults, { mode: 'sentinel', master: 'main' });
});

const DURABLE = { innodb_flush_log_at_trx_commit: '1', innodb_doublewrite: 'ON', log_bin: 'ON', sync_binlog: '1' };

it.each<[Record<string, string>, string[], Seen]>([
  [DURABLE, [], { innodb_flush_log_at_trx_commit: 1, innodb_doublewrite: 'ON', log_bin: 'ON', sync_binlog: 1 }],
  [{ ...DURABLE, innodb_doublewrite: 'DETECT_AND_RECOVER' }, [], {}],
  [{ ...DURABLE, innodb_doublewrite: 'DETECT_ONLY' }, ['innodb_doublewrite is DETECT_ONLY'], {}],
  [{ ...DURABLE, innodb_doublewrite: 'OFF' }, ['innodb_doublewrite is OFF'], {}],
  [{ ...DURABLE, innodb_flush_log_at_trx_commit: '0' }, ['innodb_flush_log_at_trx_commit is 0'], {}],
  [{ ...DURABLE, innodb_flush_log_at_trx_commit: '2' }, ['innodb_flush_log_at_trx_commit is 2'], {}],
  // MariaDB's value 3 is as safe as 1, and slower
  [{ ...DURABLE, innodb_flush_log_at_trx_commit: '3' }, [], {}],
  [{ ...DURABLE, sync_binlog: '0' }, ['sync_binlog is 0'], {}],
  [{ ...DURABLE, sync_binlog: '1000' }, ['sync_binlog is 1000'], {}],
  [{ ...DURABLE, sync_binlog: '0', log_bin: 'OFF' }, [], { log_bin: 'OFF' }],
  [
    { sync_binlog: '0', innodb_flush_log_at_trx_commit: '2' },
    ['innodb_flush_log_at_trx_commit'],
    { log_bin: 'unknown' },
  ],
  [{}, [], { innodb_flush_log_at_trx_commit: 'unknown', innodb_doublewrite: 'unknown', log_bin: 'unknown' }],
])('checks the durability of MySQL with %j', (variables, faults, seen) => {
  expectFinding(checkDurability(named(variables)), faults, seen);
});

const SESSION = { transaction_isolation: 'READ-COMMITTED', sql_mode: 'STRICT_ALL_TABLES,ANSI', time_zone: '+00:00' };

it.each<[Record<string, string>, string[], Seen]>([
  [SESSION, [], { isolation: 'READ-COMMITTED' }],
  [{ ...SESSION, transaction_isolation: 'REPEATABLE-READ' }, ['REPEATABLE-READ'], {}],
  [{ tx_isolation: 'SERIALIZABLE' }, ['SERIALIZABLE'], { isolation: 'SERIALIZABLE', sql_mode: 'unknown' }],
  [{ ...SESSION, sql_mode: '' }, ['sql_mode is ""'], {}],
  [{ ...SESSION, sql_mode: 'STRICT_TRANS_TABLES' }, ['not strict'], {}],
  [{ ...SESSION, time_zone: 'SYSTEM' }, ['not in UTC'], {}],
  [{ ...SESSION, max_allowed_packet: '16777216' }, [], { max_allowed_packet: 16_777_216 }],
  [{ ...SESSION, max_allowed_packet: '16776192' }, ['max_allowed_packet is 16,776,192'], {}],
  [{}, [], { isolation: 'unknown', sql_mode: 'unknown', time_zone: 'unknown' }],
])('checks a session with %j', (variables, faults, seen) => {
  expectFinding(checkSessionSettings(named(variables)), faults, seen);
});

it.each(['noeviction', 'allkeys-lru', 'volatile-lru', 'volatile-ttl', 'allkeys-random'])(
  'checks the eviction policy %s',
  (policy) => {
    const faults = policy === 'noeviction' ? [] : [`maxmemory-policy is ${policy}`];
    expectFinding(checkEviction(named({ maxmemory_policy: policy })), faults, { maxmemory_policy: policy });
  },
);

const PERSISTENT = {
  aof_enabled: '1',
  aof_last_write_status: 'ok',
  aof_last_bgrewrite_status: 'ok',
  rdb_last_bgsave_status: 'ok',
};

it.each<[Record<string, string>, string[], Seen]>([
  [PERSISTENT, [], { appendonly: 'yes' }],
  [{ ...PERSISTENT, aof_enabled: '0' }, ['no append-only file'], { appendonly: 'no' }],
  [{ ...PERSISTENT, aof_last_write_status: 'err' }, ['could not write'], {}],
  [{ ...PERSISTENT, aof_last_bgrewrite_status: 'err' }, ['could not rewrite'], {}],
  [{ ...PERSISTENT, rdb_last_bgsave_status: 'err' }, ['could not save'], {}],
  [{}, [], { appendonly: 'unknown', rdb_last_bgsave_status: 'unknown' }],
])('checks the persistence of Redis with %j', (info, faults, seen) => {
  expectFinding(checkPersistence(named(info)), faults, seen);
});

it.each<[Record<string, string>, string[], Seen]>([
  [{ used_memory: '80', maxmemory: '100', total_system_memory: '1000' }, [], { usedPercent: 80 }],
  [{ used_memory: '81', maxmemory: '100', total_system_memory: '1000' }, ['81 % of its maxmemory'], {}],
  [{ used_memory: '140', maxmemory: '100', total_system_memory: '1000' }, ['140 % of its maxmemory'], {}],
  [{ used_memory: '810', maxmemory: '0', total_system_memory: '1000' }, ['81 % of the memory of its machine'], {}],
  [{ used_memory: '10', maxmemory: '0', total_system_memory: '0' }, [], { usedPercent: 'unknown' }],
  [{ used_memory: '10', maxmemory: '0' }, [], { limitMebibytes: 'unknown', limitedBy: 'unknown' }],
  [{}, [], { usedMebibytes: 'unknown', limitMebibytes: 'unknown', usedPercent: 'unknown' }],
])('checks the memory of Redis with %j', (info, faults, seen) => {
  expectFinding(checkMemory(named(info)), faults, seen);
});

describe('clocks', () => {
  const right = { aheadMs: 3, uncertaintyMs: 1 };

  it.each([
    [5_000, 1, ["The clock of MySQL is 5 s ahead of this machine's"]],
    [-86_400_000, 1, ['The clock of MySQL is 86,400 s behind']],
    [1_000, 0, []],
    [1_002, 1, ['The clock of MySQL is 1 s ahead']],
    // with this uncertainty, the difference may be as small as 500 ms
    [5_000, 4_500, []],
    [-5_000, 3_000, ['behind']],
  ])('are checked: a difference of %d ms with an uncertainty of %d ms', (aheadMs, uncertaintyMs, faults) => {
    expectFinding(checkClocks({ mysql: { aheadMs, uncertaintyMs }, redis: right }), faults, { mysqlAheadMs: aheadMs });
  });

  it('are checked for Redis even if the time of MySQL is unknown', () => {
    const redis = { aheadMs: 1_600, uncertaintyMs: 10 };
    const finding = checkClocks({ mysql: null, redis });
    expectFinding(finding, ['The clock of Redis is 1.6 s ahead'], { mysqlAheadMs: 'unknown', redisAheadMs: 1_600 });
  });
});

it.each<[boolean | null, number | null, string[]]>([
  [true, 1, []],
  [true, 3, []],
  [true, null, []],
  [null, 2, []],
  [null, null, []],
  [false, 0, ['No worker is running']],
  [false, null, ['No worker is running']],
  [null, 0, ['No worker is running']],
  [false, 2, ['none holds the lane, so no request is applied. Waiting workers: 2']],
  [true, 0, ['no worker waits for jobs in this Redis']],
])('checks workers: lane held %s, %s at the queue', (laneHeld, atQueue, faults) => {
  const finding = checkWorkers({ laneHeld, atQueue, prefix: 'shop', ownPrefix: 'shop', hold: null });
  expectFinding(finding, faults, { laneHeld: laneHeld ?? 'unknown', atQueue: atQueue ?? 'unknown', prefix: 'shop' });
});

it('checks the prefix of the database, and settings that stop the queue', () => {
  const working = { laneHeld: true, atQueue: 1, prefix: 'shop', ownPrefix: 'shop', hold: null };
  expectFinding(checkWorkers({ ...working, prefix: null }), [], { prefix: null });
  expectFinding(checkWorkers({ ...working, prefix: undefined }), [], { prefix: 'unknown' });
  expectFinding(checkWorkers({ ...working, atQueue: 0, prefix: 'a' }), [
    'This database belongs to the prefix a, but SHOP_PREFIX is set to shop.',
  ]);
  const hold = { held: phrase('The queue is paused in Redis.'), release: 'redis-cli HDEL key paused' };
  const { faults } = checkWorkers({ ...working, hold });
  expect(faults).toMatchObject([{ fault: hold.held }]);
  expect(String(faults[0]?.hint)).toContain('`redis-cli HDEL key paused`');
});

it.each([
  [null, [], { oldestRequest: null, seconds: null }],
  [{ id: 7, seconds: 300 }, [], { oldestRequest: 7, seconds: 300 }],
  [{ id: 7, seconds: 4_000 }, ['Request 7 has been pending for 4,000 s'], { oldestRequest: 7 }],
])('checks the oldest pending request %j', (oldest, faults, seen) => {
  expectFinding(checkPending(oldest, []), faults, seen);
});

it('checks jumps in the ids of requests', () => {
  expectFinding(checkPending(null, [{ from: 41, to: 2_000_000_000 }]), [
    'The ids of requests jump from 41 to 2,000,000,000.',
  ]);
});

it('checks the ranking', () => {
  const at = new Date('2026-01-31T09:30:00.125Z');
  const ranking = { from: at, to: at, refreshedAt: at, items: [] };
  expectFinding(checkRanking({ ...ranking, stale: false }, 60_000), [], { refreshedAt: at });
  expectFinding(checkRanking({ ...ranking, stale: true }, 90_000), [
    '2026-01-31T09:30:00.125Z, but a refresh is due every 90 s',
  ]);
  expectFinding(checkRanking(null, 60_000), ['no ranking in Redis'], { refreshedAt: null });
});

it('checks drift', () => {
  expectFinding(checkDrift([]), [], { differences: 0 });
  expectFinding(checkDrift(null), [], { differences: 'unknown' });
  expectFinding(checkDrift(['CHECK a is missing', 'DROP INDEX b']), ['CHECK a is missing', 'DROP INDEX b']);
});

it('counts the values that were read; an unknown value is not a fault', () => {
  const seen = { a: 'unknown', b: null, c: 0, d: false };
  expect(checkResult('mysql', { seen, faults: [] })).toEqual({
    name: 'mysql',
    ok: true,
    checked: 3,
    found: 0,
    faults: [],
    seen,
  });
  const fault = { fault: phrase('a'), hint: phrase('b') };
  expect(checkResult('mysql', { seen, faults: [fault] })).toMatchObject({ ok: false, found: 1, faults: [fault] });
});

describe('a summary', () => {
  const surroundings = { databaseUrl: 'mysql://me@a/shop', redisUrl: 'redis://b', timeText: () => 'noon' };
  const summary = (name: CheckName, seen: Seen) =>
    String(summarize(checkResult(name, { seen, faults: [] }), surroundings));

  it.each<[CheckName, Finding, string]>([
    ['mysql', checkDatabaseVersion('9.7.4'), 'MySQL 9.7.4 at a:3306'],
    ['redis', checkRedisVersion(named({ redis_version: '8.0.6' })), 'Redis 8.0.6 at b:6379'],
    [
      'mysql-durability',
      checkDurability(named(DURABLE)),
      'Commits are durable (log flushed and synced at each commit)',
    ],
    ['mysql-durability', checkDurability(named({ log_bin: 'ON' })), 'Found no setting that puts commits at risk'],
    [
      'redis-memory',
      checkMemory(named({ used_memory: '2202010', total_system_memory: '25277000000' })),
      'Redis memory: 2.1 of 24,106 MiB used (limited by the memory of its machine)',
    ],
    ['redis-memory', checkMemory(named({ used_memory: '2202010' })), 'Redis memory: 2.1 MiB used'],
    [
      'clocks',
      checkClocks({ mysql: { aheadMs: -3, uncertaintyMs: 1 }, redis: null }),
      'Clocks agree (offset from this machine: MySQL -3 ms, Redis unknown)',
    ],
    [
      'clocks',
      checkClocks({ mysql: { aheadMs: -0.3, uncertaintyMs: 1 }, redis: { aheadMs: 1_000, uncertaintyMs: 1 } }),
      'Clocks agree (offset from this machine: MySQL 0 ms, Redis 1,000 ms)',
    ],
    ['pending', checkPending(null, []), 'No request is pending'],
    ['pending', checkPending({ id: 7, seconds: 5 }, []), 'The oldest pending request, 7, has waited for 5 s'],
  ])('of %s is a sentence', (name, { seen }, text) => expect(summary(name, seen)).toBe(text));

  it('never contains a missing value', () => {
    const at = new Date();
    const findings: [CheckName, Finding][] = [
      ['mysql-failover', checkFailover([{ address: 'a:1', state: 'primary', reason: '' }], null)],
      ['redis-failover', checkServer(named({ redis_mode: 'standalone', connected_slaves: '0' }))],
      ['ranking', checkRanking({ refreshedAt: at, stale: false }, 60_000)],
      ['drift', checkDrift([])],
      [
        'redis-failover',
        checkSentinels('main', { primary: 'a:1', sentinels: 3, answering: 3, quorum: 2, replicas: 1 }),
      ],
    ];
    for (const [name, { seen }] of findings)
      expect(summary(name, seen)).not.toMatch(/undefined|null|unknown|true|false/);
  });
});
