import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { RUNS, runFailovers } from '../failover/failover.ts';
import type { TestData } from '../nemesis/operator.ts';
import { createTestData } from '../nemesis/test-data.ts';
import { MysqlPair, STEP } from '../support/mysql-pair.ts';
import { noReplication } from '../support/mysql-servers.ts';
import { TestShop } from '../support/shop.ts';

const reason = await noReplication();

describe.skipIf(reason !== null)(`MySQL with a replica ${reason ?? ''}`, () => {
  let pair: MysqlPair;
  let shop: TestShop;
  let data: TestData;

  beforeAll(async () => {
    pair = await MysqlPair.start();
    shop = await TestShop.create({ servers: { rootUrl: pair.rootUrl, redisUrl: inject('redisUrl') } });
    data = await createTestData(shop);
  });

  afterAll(async () => {
    await shop?.close();
    await pair?.remove();
  });

  it(
    'recovers from a planned switchover under load, and counts ids in steps',
    async () => {
      await runFailovers('pair', shop, data, {
        fail: async () => {
          await pair.switchOver();
          await shop.reconnect();
        },
        // the former primary is now a replica, which the next run promotes
        restore: async () => {},
      });
      const offsets = await shop.sql<{ offset: number }>(
        'SELECT DISTINCT MOD(id, ?) AS offset FROM requests ORDER BY 1',
        [STEP],
      );
      expect(offsets).toEqual([{ offset: 0 }, { offset: 1 }]);
    },
    RUNS * 180_000,
  );
});
