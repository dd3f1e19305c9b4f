import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { RUNS, runFailovers } from '../failover/failover.ts';
import type { Stage } from '../nemesis/operator.ts';
import { setStage } from '../nemesis/stage.ts';
import { MysqlPair, STEP } from '../support/mysql-pair.ts';
import { noReplication } from '../support/mysql-servers.ts';
import { TestShop } from '../support/shop.ts';

const reason = await noReplication();

describe.skipIf(reason !== null)(`MySQL with a replica ${reason ?? ''}`, () => {
  let pair: MysqlPair;
  let shop: TestShop;
  let stage: Stage;

  beforeAll(async () => {
    pair = await MysqlPair.start();
    shop = await TestShop.create({ servers: { rootUrl: pair.rootUrl, redisUrl: inject('redisUrl') } });
    stage = await setStage(shop);
  });

  afterAll(async () => {
    await shop?.close();
    await pair?.remove();
  });

  it(
    'goes on when the two change places under load, and count ids in steps',
    async () => {
      await runFailovers('pair', shop, stage, {
        fail: async () => {
          await pair.switchOver();
          await shop.reconnect();
        },
        // the former primary has become a replica, which the next run makes the primary
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
