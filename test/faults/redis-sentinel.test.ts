import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Diagnosis } from '../../src/domain/doctor/doctor.ts';
import { RUNS, runFailovers } from '../failover/failover.ts';
import type { TestData } from '../nemesis/operator.ts';
import { createTestData } from '../nemesis/test-data.ts';
import { eventually } from '../support/eventually.ts';
import { noServerPrograms } from '../support/own-servers.ts';
import { RedisSentinels } from '../support/redis-sentinels.ts';
import { TestShop } from '../support/shop.ts';

describe.skipIf(noServerPrograms !== null)(`Redis behind sentinels ${noServerPrograms ?? ''}`, () => {
  let redis: RedisSentinels;
  let shop: TestShop;
  let data: TestData;

  beforeAll(async () => {
    redis = await RedisSentinels.start();
    shop = await TestShop.create({ servers: { rootUrl: inject('rootUrl'), redisUrl: redis.url }, inProcess: true });
    data = await createTestData(shop);
  });

  afterAll(async () => {
    await shop?.close();
    await redis?.remove();
  });

  async function waitForOtherPrimary(former: number): Promise<void> {
    await eventually('another primary', async () => (await redis.primary()).port !== former);
  }

  it(
    'recovers when the primary is killed under load',
    async () => {
      await runFailovers('sentinel', shop, data, {
        fail: async () => {
          const primary = await redis.primary();
          await primary.kill();
          await waitForOtherPrimary(primary.port);
        },
        restore: () => redis.waitUntilComplete(),
      });
    },
    RUNS * 180_000,
  );

  it('recovers when the primary hangs, and is checked by doctor', async () => {
    const worker = await shop.startWorker();
    const user = await shop.userWith(5);
    await shop.ok(['ranking', 'refresh', '--lock-timeout', '30s']);
    const { stdout } = await shop.run(['doctor', '--json']);
    const { checks }: Diagnosis = JSON.parse(stdout);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(checks.find(({ name }) => name === 'redis-failover')?.seen).toMatchObject({
      mode: 'sentinel',
      master: 'main',
      sentinels: 3,
      answering: 3,
      quorum: 2,
      replicas: 1,
    });
    const frozen = await redis.primary();
    frozen.freeze();
    try {
      await waitForOtherPrimary(frozen.port);
      expect(await shop.ok(['charge', user, '1', '--timeout', '1m'])).toMatchObject({ attempts: 1 });
      await eventually('the worker is at the queue of the new primary', async () => {
        const { workers } = await shop.ok<{ workers: unknown[] | null }>(['queue', 'status']);
        return workers?.length === 1;
      });
    } finally {
      frozen.thaw();
      await redis.waitUntilComplete();
    }
    expect((await worker.stop()).status).toBe(0);
    expect(await shop.ok(['audit'])).toMatchObject({ ok: true });
  });

  it("explains why the sentinels can't be used, without printing a password", async () => {
    const secrets = redis.url.match(/[0-9a-f]{24}/g) ?? [];
    const [server, own] = secrets;
    for (const [url, status, message] of [
      ['redis+sentinel://127.0.0.1:1,127.0.0.1:2/main', 69, 'ECONNREFUSED'],
      [redis.url.replace('/main', '/other'), 78, 'know no master named other'],
      [redis.url.replace(`sentinel_password=${own}`, 'sentinel_password=another'), 78, 'WRONGPASS'],
      [redis.url.replace(`${server}@`, 'another@'), 78, 'WRONGPASS'],
      [redis.url.replace('/main', ''), 78, 'must be a URL'],
    ] as const) {
      const { stdout, stderr, ...ended } = await shop.run(['charge', '1', '1', '--verbose'], {
        env: { SHOP_REDIS_URL: url },
      });
      expect({ ...ended, stderr }).toMatchObject({ status, stderr: expect.stringContaining(message) });
      for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
    }
  });
});
