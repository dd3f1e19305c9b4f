import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import { Load } from './load.ts';
import type { OwnServers } from './own-servers.ts';
import type { Command } from './protocols.ts';
import { type Held, TcpProxy } from './proxy.ts';
import { waitForRecovery } from './recovery.ts';
import { type TestProcess, TestShop } from './shop.ts';

const ROWS = 300;
/** Matches the packet with which the lane commits: only the lane writes outcomes. */
const LANE_COMMIT: Command = ([packet = '']) => packet.includes('INSERT INTO outcomes') && packet.endsWith('COMMIT');
/** Matches the packet with which the lane begins a transaction and locks what it needs. */
export const LANE_BEGIN: Command = ([packet = '']) => packet.startsWith('START TRANSACTION;');
/** Longer than any test takes, so that only the first refresh of a worker occurs. */
const RARE_RANKING = { SHOP_RANKING_PERIOD: '1d' };

/** A shop whose workers connect through a proxy in front of each server, so that tests can inject faults. */
export class FaultShop {
  /** The shop without the proxies, for commands and plain SQL. */
  readonly shop: TestShop;
  readonly mysql: TcpProxy;
  readonly redis: TcpProxy;

  private constructor(shop: TestShop, mysql: TcpProxy, redis: TcpProxy) {
    this.shop = shop;
    this.mysql = mysql;
    this.redis = redis;
  }

  /** Creates a shop on the run's servers or on servers that the test may kill. Commands run in the process of the test. */
  static async create(servers?: OwnServers, { inProcess = true } = {}): Promise<FaultShop> {
    const shop = await TestShop.create(servers === undefined ? { inProcess } : { servers: servers.urls, inProcess });
    return new FaultShop(shop, await TcpProxy.before(shop.databaseUrl), await TcpProxy.before(shop.redisUrl));
  }

  /** Starts a worker behind the proxies and waits until it has the lane. */
  startWorker(env: Readonly<Record<string, string>> = {}): Promise<TestProcess> {
    const urls = { SHOP_DATABASE_URL: this.mysql.url, SHOP_REDIS_URL: this.redis.url };
    return this.shop.startWorker({ env: { ...RARE_RANKING, ...urls, ...env } });
  }

  /** Starts a worker without proxies and waits until it is on standby. */
  async startStandby(): Promise<TestProcess> {
    const worker = this.shop.start(['worker'], { env: { ...RARE_RANKING, SHOP_LOG_LEVEL: 'debug' } });
    await worker.logged('standing by');
    return worker;
  }

  /** Prepares a load of several hundred requests; `name` is the prefix of their keys. */
  load(name: string, rows = ROWS): Promise<Load> {
    return Load.prepare(this.shop, name, rows);
  }

  /** Starts a load; resolves when all of it is recorded and a COMMIT of the lane is held. */
  beginUntilCommit(load: Load): Promise<Held> {
    return this.beginUntil(load, () => this.holdCommit());
  }

  /** Starts a load; resolves when all of it is recorded and the lane's next command or response is held by `hold`. */
  async beginUntil(load: Load, hold: () => Promise<Held>): Promise<Held> {
    // the queue is paused while requests are recorded, because the server ends a transaction that is held for seconds
    await this.shop.ok(['queue', 'pause']);
    load.begin();
    await load.recorded();
    const held = hold();
    await this.shop.ok(['queue', 'resume']);
    return held;
  }

  /** Resolves when the lane has sent its next COMMIT with its writes and the server has not received it. */
  holdCommit(): Promise<Held> {
    return this.mysql.hold(LANE_COMMIT);
  }

  /** Resolves when the server has executed the lane's next COMMIT and the lane has no response. */
  holdCommitReply(): Promise<Held> {
    return this.mysql.holdReply(LANE_COMMIT);
  }

  /** Counts the decided requests. */
  async outcomes(): Promise<number> {
    const [row] = await this.shop.sql<{ count: number }>('SELECT COUNT(*) AS count FROM outcomes');
    return row?.count ?? 0;
  }

  /** Waits until every request that is recorded by now has its outcome; see `waitForRecovery` of `recovery.ts`. */
  async waitForRecovery(row: number | string, since: number): Promise<number> {
    return waitForRecovery(this.shop, row, since);
  }

  /**
   * Expects full recovery: the load has the right results, the fault has cost no attempt, the audit finds no fault, no
   * transaction is open, the workers exit cleanly, and no connection is left.
   */
  async expectHealthy(load: Load, ...workers: readonly TestProcess[]): Promise<void> {
    await load.expectCorrect();
    expect(await load.attempts()).toEqual([1]);
    await this.shop.expectSound();
    await eventually('no transaction is open', async () => {
      // the server refreshes INNODB_TRX only after nobody has read it for 100 ms
      await this.shop.sql('DO SLEEP(0.2)');
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

  /** Stops the workers, drops the database and closes the proxies. */
  async close(): Promise<void> {
    // connections that a proxy holds would stay open
    await Promise.all([this.mysql.close(), this.redis.close()]);
    await this.shop.close();
  }
}
