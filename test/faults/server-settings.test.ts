import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaultShop } from '../support/fault-shop.ts';
import { noServersOfOwn, OwnServers } from '../support/own-servers.ts';

const OTHER_CLOCK = fileURLToPath(new URL('../support/preload/other-clock.mjs', import.meta.url));
const DAY_MS = 86_400_000;

interface Ranking {
  readonly from: string;
  readonly to: string;
  readonly items: readonly { productId: number; sold: number }[];
}

describe.skipIf(noServersOfOwn !== null)(
  `the shop, on servers and machines with other settings ${noServersOfOwn ?? ''}`,
  () => {
    let servers: OwnServers;
    let faults: FaultShop;

    beforeAll(async () => {
      servers = await OwnServers.start();
      faults = await FaultShop.create(servers);
    });

    afterAll(async () => {
      await faults.close();
      await servers.remove();
    });

    it('counts ids in steps, as clusters of MySQL do (fault 25)', async () => {
      await faults.shop.sql('SET GLOBAL auto_increment_increment = 7');
      await faults.shop.sql('SET GLOBAL auto_increment_offset = 3');
      try {
        const load = await faults.load('steps');
        const worker = await faults.startWorker();
        load.begin();
        await load.recorded();
        const recorded = performance.now();
        await faults.waitForRecovery(25, recorded);
        const [{ other } = { other: 0 }] = await faults.shop.sql<{ other: number }>(
          "SELECT COUNT(*) AS other FROM requests WHERE id % 7 <> 3 AND idempotency_key LIKE 'steps:%'",
        );
        expect(other).toBe(0);
        await faults.expectHealthy(load, worker);
      } finally {
        await faults.shop.sql('SET GLOBAL auto_increment_increment = DEFAULT');
        await faults.shop.sql('SET GLOBAL auto_increment_offset = DEFAULT');
      }
    });

    it.each([
      { clock: 'a day ahead', zone: 'America/New_York', offset: DAY_MS, serverZone: '+12:45' },
      { clock: 'a day behind', zone: 'Pacific/Auckland', offset: -DAY_MS, serverZone: '-11:00' },
    ])(
      "works if the worker's clock is $clock, the worker is in $zone, and the server in $serverZone (fault 26)",
      async (setting) => {
        const { shop } = faults;
        const elsewhere = {
          TZ: setting.zone,
          NODE_OPTIONS: `--import ${OTHER_CLOCK}`,
          TEST_CLOCK_MS: String(setting.offset),
        };
        await shop.sql('SET GLOBAL time_zone = ?', [setting.serverZone]);
        try {
          const load = await faults.load(`clock${setting.offset}`);
          const worker = await faults.startWorker(elsewhere);
          load.begin();
          await load.recorded();
          const recorded = performance.now();
          await faults.waitForRecovery(26, recorded);
          // all times are the server's, in UTC, with a tolerance of a minute
          const wrong = await shop.sql(
            `SELECT r.id FROM requests r JOIN outcomes o ON o.request_id = r.id
         WHERE r.idempotency_key LIKE ? AND (ABS(TIMESTAMPDIFF(SECOND, o.decided_at, UTC_TIMESTAMP())) > 60
         OR ABS(TIMESTAMPDIFF(SECOND, r.created_at, UTC_TIMESTAMP())) > 60)`,
            [`clock${setting.offset}:%`],
          );
          expect(wrong).toEqual([]);
          const ranking = await shop.ok<Ranking>(['ranking', 'refresh'], { env: elsewhere });
          expect(Date.parse(ranking.to) - Date.parse(ranking.from)).toBe(3 * DAY_MS);
          const sold = await shop.sql(
            `SELECT l.product_id AS productId, CAST(SUM(l.quantity) AS SIGNED) AS sold
         FROM orders o JOIN order_lines l ON l.order_id = o.id GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5`,
          );
          expect(ranking.items.map(({ productId, sold }) => ({ productId, sold }))).toEqual(sold);
          await faults.expectHealthy(load, worker);
        } finally {
          await shop.sql('SET GLOBAL time_zone = DEFAULT');
        }
      },
    );

    it('refuses commands with CONFIG if the server accepts only small packets, and the worker waits (fault 41)', async () => {
      const { shop } = faults;
      const worker = await faults.startWorker();
      const user = await shop.userWith(500);
      const charge = (key: string) => ['charge', user, '10', '--key', key];
      for (const bytes of [65_536, 1_048_576, 16 * 1_048_576 - 1_024]) {
        await shop.sql(`SET GLOBAL max_allowed_packet = ${bytes}`);
        try {
          const before = await shop.sql('SELECT COUNT(*) AS count FROM requests');
          const refused = await shop.refused(charge(`refused-${bytes}`));
          expect(refused).toMatchObject({ status: 78, code: 'CONFIG', details: { setting: 'max_allowed_packet' } });
          expect(refused.message).toContain(`max_allowed_packet is ${bytes}, but must be at least 16777216`);
          expect(refused.hint).toContain('SET PERSIST max_allowed_packet = 16777216');
          expect(await shop.sql('SELECT COUNT(*) AS count FROM requests')).toEqual(before);
          // a new connection of the lane uses the new setting of the server
          faults.mysql.cut();
          await worker.logged(`max_allowed_packet is ${bytes}`);
        } finally {
          await shop.sql('SET GLOBAL max_allowed_packet = 16777216');
        }
        const fixed = performance.now();
        expect(await shop.ok(charge(`applied-${bytes}`))).toMatchObject({ attempts: 1 });
        await faults.waitForRecovery(41, fixed);
      }
      await shop.sql('SET GLOBAL max_allowed_packet = DEFAULT');
      expect((await worker.stop()).status).toBe(0);
      await shop.expectSound();
    });
  },
);
