import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Diagnosis } from '../../src/domain/doctor/doctor.ts';
import { RUNS, runFailovers } from '../failover/failover.ts';
import type { TestData } from '../nemesis/operator.ts';
import { createTestData } from '../nemesis/test-data.ts';
import { eventually } from '../support/eventually.ts';
import { MysqlGroup, STEP } from '../support/mysql-group.ts';
import { noGroup } from '../support/mysql-servers.ts';
import { TestShop } from '../support/shop.ts';

const reason = await noGroup();

describe.skipIf(reason !== null)(`MySQL with Group Replication ${reason ?? ''}`, () => {
  let group: MysqlGroup;
  let shop: TestShop;
  let data: TestData;

  beforeAll(async () => {
    group = await MysqlGroup.start();
    shop = await TestShop.create({ servers: { rootUrl: group.rootUrl, redisUrl: inject('redisUrl') } });
    data = await createTestData(shop);
  });

  afterAll(async () => {
    await shop?.close();
    await group?.remove();
  });

  const failoverOf = async (): Promise<Diagnosis['checks'][number] | undefined> => {
    const { stdout } = await shop.run(['doctor', '--json']);
    const { checks }: Diagnosis = JSON.parse(stdout);
    return checks.find(({ name }) => name === 'mysql-failover');
  };

  it(
    'recovers when the primary is killed under load',
    async () => {
      await runFailovers('group', shop, data, {
        fail: async () => {
          await (await group.primary()).kill();
          await group.primary();
          await shop.reconnect();
        },
        restore: () => group.waitUntilComplete(),
      });
      const offsets = await shop.sql<{ offset: number }>(
        'SELECT DISTINCT MOD(id, ?) AS offset FROM requests ORDER BY 1',
        [STEP],
      );
      // each member has its own offset, from 1
      expect(offsets.length).toBeGreaterThan(1);
      expect(offsets.every(({ offset }) => offset >= 1 && offset <= group.servers.length)).toBe(true);
    },
    RUNS * 240_000,
  );

  it('follows a planned change of the primary, and is checked by `doctor`', async () => {
    const worker = await shop.startWorker();
    const user = await shop.userWith(5);
    const former = await group.primary();
    expect(await failoverOf()).toMatchObject({
      ok: true,
      seen: {
        mode: 'group',
        hosts: 3,
        primary: `127.0.0.1:${former.port}`,
        standby: 2,
        away: 0,
        members: 3,
        online: 3,
        consistency: 'BEFORE_ON_PRIMARY_FAILOVER',
      },
    });
    const next = group.servers.find((server) => server !== former) ?? former;
    await group.switchTo(next);
    await shop.reconnect();
    // the former primary is up with all data, but read-only, and an idle lane must detect this itself
    expect(await shop.laneConnection()).toBeGreaterThan(0);
    expect(await shop.ok(['charge', user, '1', '--timeout', '1m'])).toMatchObject({ balance: 6, attempts: 1 });
    // an account without the right to see the group relies on read_only
    const { env } = await shop.account(['SELECT', '*']);
    expect(await shop.ok(['balance', user], { env })).toMatchObject({ balance: 6 });
    expect((await worker.stop()).status).toBe(0);
    expect(await shop.ok(['audit'])).toMatchObject({ ok: true });
  });

  it('recovers when the primary hangs, and skips a member that is down or not in the group', async () => {
    const worker = await shop.startWorker();
    const user = await shop.userWith(5);
    const frozen = await group.primary();
    frozen.freeze();
    try {
      await eventually('another primary', async () => {
        const others = group.servers.filter((server) => server !== frozen);
        const seen = await Promise.all(
          others.map((server) => server.sql<{ locked: number }>('SELECT @@super_read_only AS locked')),
        );
        return seen.some(([row]) => row?.locked === 0);
      });
      expect(await shop.ok(['charge', user, '1', '--timeout', '1m'])).toMatchObject({ balance: 6, attempts: 1 });
      await frozen.kill();
      await shop.reconnect();
      const { seen, faults = [] } = (await failoverOf()) ?? {};
      expect(seen).toMatchObject({ hosts: 3, standby: 1, away: 1, members: 2 });
      expect(faults.map(({ fault }) => fault)).toEqual([
        expect.stringContaining(`127.0.0.1:${frozen.port} is unavailable`),
      ]);
      // the frozen server is restarted, because otherwise it would accept writes that no other member sees
      await frozen.startAgain();
      const hosts = [frozen, ...group.servers.filter((server) => server !== frozen)];
      const first = shop.databaseUrl.replace(/@[^/]+/, `@${hosts.map(({ port }) => `127.0.0.1:${port}`).join(',')}`);
      const { id } = await shop.ok(['user', 'create', 'Bo'], { env: { SHOP_DATABASE_URL: first } });
      expect(await shop.sql('SELECT id FROM users WHERE id = ?', [id])).toHaveLength(1);
    } finally {
      frozen.thaw();
      await frozen.kill();
    }
    expect((await worker.stop()).status).toBe(0);
    expect(await shop.ok(['audit'])).toMatchObject({ ok: true });
  });
});
