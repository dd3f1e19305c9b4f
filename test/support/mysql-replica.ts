import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { connectionOptions } from '../../src/db/mysql/connection.ts';
import { eventually } from './eventually.ts';
import { OwnServers } from './own-servers.ts';

const USER = 'replicator';
const PASSWORD = 'replicator-password';

const settings = (id: number) => [
  `--server-id=${id}`,
  '--log-bin=binlog',
  '--gtid-mode=ON',
  '--enforce-gtid-consistency=ON',
  // after four seconds of silence from its primary, the replica connects again
  '--replica-net-timeout=4',
];

/** A MySQL server and its replica by GTID, on loopback. Tests may kill, freeze and restart both. */
export class MysqlReplica {
  readonly primary: OwnServers;
  readonly replica: OwnServers;

  private constructor(primary: OwnServers, replica: OwnServers) {
    this.primary = primary;
    this.replica = replica;
  }

  static async start(): Promise<MysqlReplica> {
    const [primary, replica] = await Promise.all(
      [1, 2].map((id) => OwnServers.start({ mysqldArguments: settings(id) })),
    );
    if (primary === undefined || replica === undefined) throw new Error('two servers must be started');
    const pair = new MysqlReplica(primary, replica);
    try {
      await pair.#connect();
    } catch (error) {
      await pair.remove();
      throw error;
    }
    return pair;
  }

  async #connect(): Promise<void> {
    const { hostname, port } = new URL(this.primary.urls.rootUrl);
    await onServer(this.primary.urls.rootUrl, async (root) => {
      await root.query(`CREATE USER '${USER}'@'127.0.0.1' IDENTIFIED BY '${PASSWORD}'`);
      await root.query(`GRANT REPLICATION SLAVE ON *.* TO '${USER}'@'127.0.0.1'`);
    });
    const executed = await onServer(this.primary.urls.rootUrl, async (root) => {
      const [[row]] = await root.query<RowDataPacket[]>('SELECT @@GLOBAL.gtid_executed AS gtids');
      return String(row?.gtids).replaceAll('\n', '');
    });
    await this.onReplica(async (root) => {
      // each server creates its accounts when it starts; the replica must keep its own
      await root.query('RESET BINARY LOGS AND GTIDS');
      await root.query(`SET GLOBAL gtid_purged = '${executed}'`);
      await root.query(
        `CHANGE REPLICATION SOURCE TO SOURCE_HOST='${hostname}', SOURCE_PORT=${port}, SOURCE_USER='${USER}',
         SOURCE_PASSWORD='${PASSWORD}', SOURCE_AUTO_POSITION=1, GET_SOURCE_PUBLIC_KEY=1, SOURCE_CONNECT_RETRY=1`,
      );
      await root.query('START REPLICA');
      await root.query('SET GLOBAL super_read_only = ON');
    });
  }

  /** Returns the URL of the same database on the replica. */
  urlOf(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    url.port = new URL(this.replica.urls.rootUrl).port;
    url.password = new URL(this.replica.urls.rootUrl).password;
    return url.href;
  }

  /** Runs statements on the replica as root. */
  async onReplica<T>(work: (root: Connection) => Promise<T>): Promise<T> {
    return onServer(this.replica.urls.rootUrl, work);
  }

  /** Restarts a killed replica. */
  async startReplica(): Promise<void> {
    // a starting replica creates its accounts again, which must not become transactions of the replica
    await this.replica.startAgain();
    await this.onReplica((root) => root.query('SET GLOBAL super_read_only = ON'));
  }

  /** Waits until the replica has every transaction of the primary. */
  async waitUntilCaughtUp(): Promise<void> {
    const gtids = await onServer(this.primary.urls.rootUrl, async (root) => {
      const [[row]] = await root.query<RowDataPacket[]>('SELECT @@GLOBAL.gtid_executed AS gtids');
      return String(row?.gtids);
    });
    await eventually('the replica has caught up', async () =>
      this.onReplica(async (root) => {
        const [[row]] = await root.query<RowDataPacket[]>('SELECT GTID_SUBSET(?, @@GLOBAL.gtid_executed) AS has', [
          gtids,
        ]);
        return row?.has === 1;
      }),
    );
  }

  async remove(): Promise<void> {
    await Promise.all([this.primary.remove(), this.replica.remove()]);
  }
}

async function onServer<T>(url: string, work: (root: Connection) => Promise<T>): Promise<T> {
  const root = await createConnection(connectionOptions(url));
  try {
    return await work(root);
  } finally {
    await root.end();
  }
}
