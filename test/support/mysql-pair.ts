import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MysqlProcess, rootUrlOf } from './mysql-servers.ts';

/** The auto-increment step. Each of the two servers has its own offset. */
export const STEP = 2;

/** A MySQL server and its replica, with a planned switchover by an operator. */
export class MysqlPair {
  primary: MysqlProcess;
  replica: MysqlProcess;
  /** URL of both servers, as root. */
  readonly rootUrl: string;
  readonly #root: string;
  readonly #password: string;

  private constructor(root: string, [primary, replica]: [MysqlProcess, MysqlProcess], password: string) {
    this.#root = root;
    this.primary = primary;
    this.replica = replica;
    this.#password = password;
    this.rootUrl = rootUrlOf([primary, replica], password);
  }

  static async start(): Promise<MysqlPair> {
    const root = await mkdtemp(join(tmpdir(), 'shop-pair-'));
    const password = randomBytes(12).toString('hex');
    const start = (id: number) =>
      MysqlProcess.start(root, {
        password,
        args: () => [
          `--server-id=${id}`,
          '--gtid-mode=ON',
          '--enforce-gtid-consistency=ON',
          '--log-bin=binlog',
          `--auto-increment-increment=${STEP}`,
          `--auto-increment-offset=${id}`,
        ],
      });
    const pair = new MysqlPair(root, await Promise.all([start(1), start(2)]), password);
    try {
      await pair.#follow();
      return pair;
    } catch (error) {
      await pair.remove();
      throw error;
    }
  }

  /** Promotes the replica once it has caught up, and makes the former primary its replica. */
  async switchOver(): Promise<void> {
    const [former, next] = [this.primary, this.replica];
    // the statement returns only when no commit is running
    await former.sql('SET GLOBAL super_read_only = ON');
    const [{ all = '' } = {}] = await former.sql<{ all: string }>('SELECT @@GLOBAL.gtid_executed AS `all`');
    const [{ late = 1 } = {}] = await next.sql<{ late: number }>('SELECT WAIT_FOR_EXECUTED_GTID_SET(?, 60) AS late', [
      all,
    ]);
    if (late !== 0) throw new Error('the replica does not catch up');
    await next.sql('STOP REPLICA');
    await next.sql('RESET REPLICA ALL');
    await next.sql('SET GLOBAL read_only = OFF');
    [this.primary, this.replica] = [next, former];
    await this.#follow();
  }

  async remove(): Promise<void> {
    for (const server of [this.primary, this.replica]) await server.kill();
    await rm(this.#root, { recursive: true, force: true });
  }

  async #follow(): Promise<void> {
    await this.replica.sql('SET GLOBAL super_read_only = ON');
    await this.replica.sql(
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = ?, SOURCE_USER = 'root',
       SOURCE_PASSWORD = ?, SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1`,
      [this.primary.port, this.#password],
    );
    await this.replica.sql('START REPLICA');
  }
}
