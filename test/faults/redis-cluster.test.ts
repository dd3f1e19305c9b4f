import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Diagnosis } from '../../src/domain/doctor/doctor.ts';
import { keyPrefix, rankingKey } from '../../src/domain/servers/redis-keys.ts';
import { RUNS, runFailovers } from '../failover/failover.ts';
import type { TestData } from '../nemesis/operator.ts';
import { createTestData } from '../nemesis/test-data.ts';
import { eventually } from '../support/eventually.ts';
import { noServerPrograms } from '../support/own-servers.ts';
import { RedisCluster } from '../support/redis-cluster.ts';
import { type TestProcess, TestShop } from '../support/shop.ts';

describe.skipIf(noServerPrograms !== null)(`a Redis Cluster ${noServerPrograms ?? ''}`, () => {
  let cluster: RedisCluster;
  let shop: TestShop;
  let data: TestData;

  beforeAll(async () => {
    cluster = await RedisCluster.start();
    shop = await TestShop.create({ servers: { rootUrl: inject('rootUrl'), redisUrl: cluster.url }, inProcess: true });
    data = await createTestData(shop);
  });

  afterAll(async () => {
    await shop?.close();
    await cluster?.remove();
  });

  it(
    "recovers when the primary of the queue's keys is killed under load",
    async () => {
      await runFailovers('cluster', shop, data, {
        fail: async () => {
          const key = rankingKey(shop.prefix);
          await (await cluster.primaryOf(key)).kill();
          await cluster.primaryOf(key);
        },
        restore: () => cluster.waitUntilComplete(),
      });
    },
    RUNS * 180_000,
  );

  describe('an intact cluster', () => {
    let worker: TestProcess;
    let user: string;

    beforeAll(async () => {
      worker = await shop.startWorker();
      user = await shop.userWith(10_000);
    });

    afterAll(async () => {
      expect((await worker.stop()).status).toBe(0);
      expect(await shop.ok(['audit'])).toMatchObject({ ok: true });
    });

    it('serves every command, and has all keys in one slot', async () => {
      const product = await shop.product('Pen', 5, 1_000);
      await shop.ok(['order', 'place', user, `${product}:2`]);
      await shop.ok(['cart', 'add', user, `${product}:3`]);
      await shop.ok(['cart', 'checkout', user]);
      const rows = `kind,user,items\n${`order,${user},${product}:1\n`.repeat(1_500)}`;
      const batch = await shop.run(['batch', 'run', '-', '--name', 'rows', '--json'], { stdin: rows });
      expect(JSON.parse(batch.stdout)).toMatchObject({ total: 1_500, pending: 0 });
      await shop.ok(['ranking', 'refresh', '--lock-timeout', '30s']);
      expect(await shop.ok(['product', 'top'])).toMatchObject({ source: 'cache' });
      expect(await shop.ok(['queue', 'pause'])).toMatchObject({ paused: true });
      const { requestId } = await shop.ok<{ requestId: number }>(['charge', user, '1', '--no-wait']);
      await worker.logged('the queue is paused');
      expect(await shop.ok(['queue', 'status'])).toMatchObject({
        paused: true,
        pending: 1,
        redisError: null,
        workers: [{ holdsLane: true }],
      });
      const keys = await cluster.keys();
      const named = keys.filter((key) => key.startsWith(`${keyPrefix(shop.prefix)}:`));
      expect(named).toContain(rankingKey(shop.prefix));
      expect(named.length).toBeGreaterThan(5);
      expect(keys).toEqual(named);
      expect(new Set(await cluster.slotsOf(keys)).size).toBe(1);
      expect(await shop.ok(['queue', 'resume'])).toMatchObject({ paused: false });
      await eventually('the request is decided', async () => {
        return (await shop.ok(['request', 'show', String(requestId)])).status === 'applied';
      });
      expect(await shop.ok(['queue', 'failed'])).toEqual([]);
      expect(await shop.ok(['queue', 'retry', '--all', '--yes'])).toEqual([]);
      expect((await shop.run(['dev', 'status'])).stdout).not.toContain('redis+cluster');
    });

    it('is checked by doctor, node by node', async () => {
      const before = await doctor();
      expect(before.filter(({ ok }) => !ok)).toEqual([]);
      expect(seenBy(before, 'redis')).toMatchObject({ server: 'Redis' });
      expect(seenBy(before, 'redis-eviction')).toEqual({ maxmemory_policy: 'noeviction' });
      expect(seenBy(before, 'redis-failover')).toMatchObject({
        mode: 'cluster',
        state: 'ok',
        primaries: 3,
        failed: 0,
        replicas: 1,
      });
      const last = cluster.nodes.at(-1);
      await last?.client.config('SET', 'maxmemory-policy', 'allkeys-lru');
      const faulty = await doctor();
      await last?.client.config('SET', 'maxmemory-policy', 'noeviction');
      expect(faulty.filter(({ ok }) => !ok)).toMatchObject([
        { name: 'redis-eviction', faults: [{ fault: expect.stringContaining(`127.0.0.1:${last?.port}: `) }] },
      ]);
    });

    it("recovers when the primary of the queue's keys hangs", async () => {
      const frozen = await cluster.primaryOf(rankingKey(shop.prefix));
      frozen.freeze();
      try {
        expect(await shop.ok(['charge', user, '1', '--timeout', '1m'])).toMatchObject({ attempts: 1 });
        await eventually('Redis responds to the worker', async () => {
          const { workers, redisError } = await shop.ok<{ workers: unknown[] | null; redisError: unknown }>([
            'queue',
            'status',
          ]);
          return redisError === null && workers?.length === 1;
        });
      } finally {
        frozen.thaw();
        await cluster.waitUntilComplete();
      }
    });
  });

  it("explains that it can't be reached or is not a cluster, without printing a password", async () => {
    const { port } = cluster.nodes[0] ?? { port: 0 };
    const [password = ''] = cluster.url.match(/(?<=:)[0-9a-f]{24}(?=@)/) ?? [];
    const single = new URL(inject('redisUrl'));
    for (const [url, status, message] of [
      ['redis+cluster://127.0.0.1:1,127.0.0.1:2', 69, 'ECONNREFUSED'],
      [cluster.url.replace(password, 'another'), 78, 'WRONGPASS'],
      [`redis+cluster://${single.username}:${single.password}@${single.host}`, 78, 'cluster support disabled'],
      [`redis+cluster://:${password}@`, 78, 'must be a URL'],
    ] as const) {
      const { stdout, stderr, ...ended } = await shop.run(['charge', '1', '1', '--verbose'], {
        env: { SHOP_REDIS_URL: url },
      });
      expect({ ...ended, stderr }).toMatchObject({ status, stderr: expect.stringContaining(message) });
      for (const secret of [password, single.password])
        if (secret !== '') expect(stdout + stderr).not.toContain(secret);
    }
    const one = `redis://:${password}@127.0.0.1:${port}`;
    const failover = (await doctor({ SHOP_REDIS_URL: one })).find(({ name }) => name === 'redis-failover');
    expect(failover).toMatchObject({ ok: false, faults: [{ hint: expect.stringContaining('redis+cluster://') }] });
  });

  async function doctor(env: Record<string, string> = {}): Promise<Diagnosis['checks']> {
    const { stdout, stderr } = await shop.run(['doctor', '--json'], { env });
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout).checks;
  }

  function seenBy(checks: Diagnosis['checks'], name: string) {
    return checks.find((check) => check.name === name)?.seen;
  }
});
