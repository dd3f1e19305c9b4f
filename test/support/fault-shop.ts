import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import { Load } from './load.ts';
import type { OwnServers } from './own-servers.ts';
import { type Held, TcpProxy } from './proxy.ts';
import { recovered } from './recovery.ts';
import { type TestProcess, TestShop } from './shop.ts';
import type { Command } from './wire.ts';

const ROWS = 300;
/** The packet with which the lane commits: others commit too, nobody but the lane writes outcomes. */
const LANE_COMMIT: Command = ([packet = '']) => packet.includes('INSERT INTO outcomes') && packet.endsWith('COMMIT');
/** Longer than anything here takes: the one refresh that a worker begins with is the only one. */
const NO_MORE_RANKING = { SHOP_RANKING_PERIOD: '1d' };

/** A shop whose workers are to meet faults, with a proxy in front of each server. */
export class FaultShop {
  /** The shop without the proxies, for commands and for plain SQL. */
  readonly shop: TestShop;
  readonly mysql: TcpProxy;
  readonly redis: TcpProxy;

  private constructor(shop: TestShop, mysql: TcpProxy, redis: TcpProxy) {
    this.shop = shop;
    this.mysql = mysql;
    this.redis = redis;
  }

  /** On the run's servers, or on those that the test may kill; commands in between have no process of their own. */
  static async create(servers?: OwnServers, { inProcess = true } = {}): Promise<FaultShop> {
    const shop = await TestShop.create(servers === undefined ? { inProcess } : { servers: servers.urls, inProcess });
    return new FaultShop(shop, await TcpProxy.before(shop.databaseUrl), await TcpProxy.before(shop.redisUrl));
  }

  /** Starts a worker behind the proxies and waits until it has the lane. */
  startWorker(env: Readonly<Record<string, string>> = {}): Promise<TestProcess> {
    const urls = { SHOP_DATABASE_URL: this.mysql.url, SHOP_REDIS_URL: this.redis.url };
    return this.shop.startWorker({ env: { ...NO_MORE_RANKING, ...urls, ...env } });
  }

  /** Starts a worker that no proxy is in front of, and waits until it stands by. */
  async startSecond(): Promise<TestProcess> {
    const worker = this.shop.start(['worker'], { env: { ...NO_MORE_RANKING, SHOP_LOG_LEVEL: 'debug' } });
    await worker.logged('standing by');
    return worker;
  }

  /** Some hundred requests that are to be made; `name` begins their keys. */
  load(name: string, rows = ROWS): Promise<Load> {
    return Load.prepare(this.shop, name, rows);
  }

  /** Starts a load; resolves when all of it is recorded and the lane's COMMIT of some of it is held. */
  async beginToCommit(load: Load): Promise<Held> {
    const commit = this.holdCommit();
    load.begin();
    const held = await commit;
    await load.recorded();
    return held;
  }

  /** Resolves when the lane has sent its next COMMIT, with what it commits, and the server has not seen it. */
  async holdCommit(): Promise<Held> {
    return this.mysql.hold(LANE_COMMIT);
  }

  /** Resolves when the server has carried out the lane's next COMMIT and the lane does not know. */
  async holdCommitReply(): Promise<Held> {
    return this.mysql.holdReply(LANE_COMMIT);
  }

  /** How many requests have their outcome. */
  async outcomes(): Promise<number> {
    const [row] = await this.shop.sql<{ count: number }>('SELECT COUNT(*) AS count FROM outcomes');
    return row?.count ?? 0;
  }

  /** Waits until all that is recorded by now has its outcome; see `recovered` of `recovery.ts`. */
  async recovered(row: number | string, since: number): Promise<number> {
    return recovered(this.shop, row, since);
  }

  /**
   * Expects that nothing of a fault is left: the load was answered rightly, no attempt was spent on the fault, the audit
   * finds nothing, no transaction stays open, the workers end when they are asked to, and no connection is left.
   */
  async expectHealthy(load: Load, ...workers: readonly TestProcess[]): Promise<void> {
    await load.expectRight();
    expect(await load.attempts()).toEqual([1]);
    await this.shop.expectSound();
    await eventually('no transaction is open', async () => {
      const open = await this.shop.sql(
        `SELECT trx_mysql_thread_id FROM information_schema.INNODB_TRX
         JOIN information_schema.PROCESSLIST p ON p.ID = trx_mysql_thread_id WHERE p.DB = DATABASE()`,
      );
      return open.length === 0;
    });
    for (const worker of workers) {
      const { status, stderr } = await worker.stop();
      expect(status, stderr).toBe(0);
    }
    await this.shop.disconnected();
  }

  /** Ends the workers, drops the database, closes the proxies. */
  async close(): Promise<void> {
    // what a proxy holds would stay open
    await Promise.all([this.mysql.close(), this.redis.close()]);
    await this.shop.close();
  }
}
