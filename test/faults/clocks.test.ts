import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClock, noFakeClock } from '../support/fake-clock.ts';
import { FaultShop } from '../support/fault-shop.ts';
import { noServerPrograms, OwnServers } from '../support/own-servers.ts';
import { plainRanking } from '../support/sales.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

interface Ranking {
  readonly from: string;
  readonly to: string;
  readonly items: readonly { productId: number; sold: number }[];
}

const reason = noServerPrograms ?? noFakeClock;

describe.skipIf(reason !== null)(`the shop, if clocks are wrong or jump ${reason ?? ''}`, () => {
  const { dev } = loadConfig();
  let folder: string;
  /** MySQL's clock. Redis uses the machine's clock, which therefore differs from the worker's. */
  let mysql: FakeClock;
  let worker: FakeClock;
  let own: OwnServers;
  let faults: FaultShop;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shop-clocks-'));
    mysql = await FakeClock.create(join(folder, 'mysql'), 'America/New_York');
    worker = await FakeClock.create(join(folder, 'worker'), 'Pacific/Auckland');
    const mysqld = join(folder, 'mysqld');
    await mysql.wrapMysqld(mysqld, dev.mysqld);
    own = await OwnServers.start({ mysqld });
    faults = await FaultShop.create(own);
  });

  afterAll(async () => {
    await faults.close();
    await own.remove();
    await rm(folder, { recursive: true });
  });

  /** Waits until MySQL uses the new time. */
  async function waitForClock(): Promise<void> {
    await eventually('MySQL has the new time', async () => {
      const [{ now } = { now: new Date(0) }] = await faults.shop.sql<{ now: Date }>('SELECT UTC_TIMESTAMP(3) AS now');
      return Math.abs(now.getTime() - mysql.now().getTime()) < 5 * SECOND_MS;
    });
  }

  /** Computes the current ranking, and checks it against a plain query over exactly 72 hours. */
  async function ranking(): Promise<Ranking> {
    const found = await faults.shop.ok<Ranking>(['ranking', 'refresh', '--lock-timeout', '30s']);
    const [from, to] = [new Date(found.from), new Date(found.to)];
    expect(to.getTime() - from.getTime()).toBe(3 * DAY_MS);
    expect(Math.abs(to.getTime() - mysql.now().getTime())).toBeLessThan(MINUTE_MS);
    expect(found.items.map(({ productId, sold }) => ({ productId, sold }))).toEqual(
      await plainRanking(faults.shop, from, to),
    );
    return found;
  }

  /** Expects that all times of these requests are MySQL's, in UTC, with a tolerance of a minute. */
  async function expectTimes(keys: string): Promise<void> {
    const rows = await faults.shop.sql<{ recorded: Date; decided: Date; ordered: Date | null }>(
      `SELECT r.created_at AS recorded, o.decided_at AS decided, p.created_at AS ordered FROM requests r
       JOIN outcomes o ON o.request_id = r.id LEFT JOIN orders p ON p.id = r.id
       WHERE r.idempotency_key LIKE ?`,
      [keys],
    );
    expect(rows.length).toBeGreaterThan(0);
    const now = mysql.now().getTime();
    const wrong = rows.filter((row) =>
      [row.recorded, row.decided, row.ordered ?? row.decided].some((at) => Math.abs(at.getTime() - now) > MINUTE_MS),
    );
    expect(wrong).toEqual([]);
  }

  it.each([
    { server: 'a day ahead', worker: 'a day behind', ahead: DAY_MS },
    { server: 'a day behind', worker: 'a day ahead', ahead: -DAY_MS },
  ])("uses MySQL's time if MySQL is $server and the worker $worker (fault 26)", async ({ ahead }) => {
    await mysql.setAhead(ahead);
    await worker.setAhead(-ahead);
    await waitForClock();
    const load = await faults.load(`clock${ahead}`);
    const process = await faults.startWorker(worker.env);
    load.begin();
    await load.recorded();
    const recorded = performance.now();
    await faults.waitForRecovery(26, recorded);
    await expectTimes(`clock${ahead}:%`);
    expect((await ranking()).items).not.toEqual([]);
    await faults.expectHealthy(load, process);
  });

  // three days have 71 or 73 hours of wall-clock time if an hour is missing or repeated
  it.each([
    { name: 'goes forward', jump: new Date('2028-03-12T07:00:00Z') },
    { name: 'goes back', jump: new Date('2028-11-05T06:00:00Z') },
  ])(
    'keeps times and the 72 hours of the ranking correct when the clock of New York $name by an hour (fault 26)',
    async (setting) => {
      const { shop } = faults;
      const jump = setting.jump.getTime();
      const product = await shop.product(`Lamp that ${setting.name}`, 10, 100);
      const sold = async () => (await ranking()).items.find(({ productId }) => productId === product)?.sold ?? 0;
      await mysql.set(new Date(jump - 30 * MINUTE_MS));
      await worker.set(mysql.now());
      await waitForClock();
      const process = await faults.startWorker({ ...worker.env, TZ: 'America/New_York' });
      const user = await shop.userWith(1_000);
      const order = async (quantity: number, key: string) => {
        await shop.ok(['order', 'place', user, `${product}:${quantity}`, '--key', `${key}-${jump}`]);
        await expectTimes(`${key}-${jump}`);
      };
      await order(1, 'before');
      await mysql.set(new Date(jump - 2 * SECOND_MS));
      await worker.set(mysql.now());
      await eventually('the clock has jumped', () => mysql.now().getTime() > jump + SECOND_MS);
      await order(2, 'after');
      expect(await sold()).toBe(3);
      // the orders are half an hour apart, so they become older than 72 hours one after the other
      await mysql.set(new Date(jump + 71.25 * HOUR_MS));
      await waitForClock();
      expect(await sold()).toBe(3);
      await mysql.set(new Date(jump + 71.75 * HOUR_MS));
      await waitForClock();
      expect(await sold()).toBe(2);
      await mysql.set(new Date(jump + 72.25 * HOUR_MS));
      await waitForClock();
      expect(await sold()).toBe(0);
      expect((await process.stop()).status).toBe(0);
      expect(await shop.ok(['audit'])).toMatchObject({ ok: true });
    },
  );

  it.each([
    { name: 'back by a day', step: -DAY_MS },
    { name: 'back by ten seconds', step: -10 * SECOND_MS },
    { name: 'forward by a day', step: DAY_MS },
  ])('keeps working if both clocks are set $name (fault 26)', async ({ step }) => {
    const name = `step${step}`;
    await mysql.setAhead(0);
    await worker.setAhead(0);
    await waitForClock();
    const load = await faults.load(name);
    const process = await faults.startWorker({ ...worker.env, SHOP_RANKING_PERIOD: '1s' });
    const refreshes = () => process.stderr.split('"ranking refreshed"').length - 1;
    const { release } = await faults.beginUntilCommit(load);
    await mysql.setAhead(step);
    await worker.setAhead(step);
    await waitForClock();
    const stepped = performance.now();
    release();
    await faults.waitForRecovery(26, stepped);
    // a refresh that was scheduled before the step may now be due only tomorrow
    const before = refreshes();
    await eventually('the ranking is refreshed again', () => refreshes() >= before + 3);
    await ranking();
    await faults.expectHealthy(load, process);
  });
});
