import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/dev/ports.ts';
import { eventually } from './eventually.ts';
import { MysqlProcess, rootUrlOf } from './mysql-servers.ts';

const MEMBERS = 3;
/** The auto-increment step, as in a group that is configured for several primaries. Each member has its own offset. */
export const STEP = 7;

/** Three MySQL servers as a replication group with one primary. */
export class MysqlGroup {
  readonly servers: readonly MysqlProcess[];
  /** URL of all members, as root. */
  readonly rootUrl: string;
  readonly #root: string;
  readonly #password: string;

  private constructor(root: string, servers: readonly MysqlProcess[], password: string) {
    this.#root = root;
    this.servers = servers;
    this.#password = password;
    this.rootUrl = rootUrlOf(servers, password);
  }

  static async start(): Promise<MysqlGroup> {
    const root = await mkdtemp(join(tmpdir(), 'shop-group-'));
    const password = randomBytes(12).toString('hex');
    const servers: MysqlProcess[] = [];
    try {
      const name = randomUUID();
      const seats = [];
      for (let id = 1; id <= MEMBERS; id++) seats.push({ id, address: `127.0.0.1:${await freePort()}` });
      const seeds = seats.map(({ address }) => address).join(',');
      const starting = seats.map(async ({ id, address }) => {
        const args = (port: number) => [
          `--server-id=${id}`,
          '--report-host=127.0.0.1',
          `--report-port=${port}`,
          '--gtid-mode=ON',
          '--enforce-gtid-consistency=ON',
          '--log-bin=binlog',
          `--auto-increment-increment=${STEP}`,
          `--auto-increment-offset=${id}`,
          '--plugin-load-add=group_replication.so',
          `--group-replication-group-name=${name}`,
          `--group-replication-local-address=${address}`,
          `--group-replication-group-seeds=${seeds}`,
          '--group-replication-ip-allowlist=127.0.0.1',
          '--group-replication-start-on-boot=OFF',
          '--group-replication-recovery-get-public-key=ON',
          '--group-replication-consistency=BEFORE_ON_PRIMARY_FAILOVER',
          // a silent member is suspected after five seconds, and then expelled at once
          '--group-replication-member-expel-timeout=0',
          '--group-replication-autorejoin-tries=0',
          '--group-replication-unreachable-majority-timeout=5',
        ];
        const server = await MysqlProcess.start(root, { password, args });
        servers[id - 1] = server;
      });
      const ends = await Promise.allSettled(starting);
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
      const group = new MysqlGroup(root, servers, password);
      await group.#form();
      return group;
    } catch (error) {
      for (const server of servers) await server?.kill();
      await rm(root, { recursive: true, force: true });
      throw error;
    }
  }

  async #form(): Promise<void> {
    const [first, ...others] = this.servers as [MysqlProcess, ...MysqlProcess[]];
    await first.sql('SET GLOBAL group_replication_bootstrap_group = ON');
    await this.#join(first);
    await first.sql('SET GLOBAL group_replication_bootstrap_group = OFF');
    for (const server of others) await this.#join(server);
    await this.waitUntilComplete();
  }

  async #join(server: MysqlProcess): Promise<void> {
    await server.sql(`START GROUP_REPLICATION USER = 'root', PASSWORD = '${this.#password}'`).catch(async (error) => {
      throw new Error(`${error}: ${(await server.log()).slice(-4_000)}`);
    });
  }

  /** Starts killed members. Resolves when all three are in the group and one of them is the primary. */
  async waitUntilComplete(): Promise<void> {
    for (const server of this.servers) {
      if (server.running) continue;
      await server.startAgain();
      await this.#join(server);
    }
    for (const server of this.servers) {
      await eventually(`the server on ${server.port} sees ${MEMBERS} members`, async () => {
        const members = await membersSeenBy(server);
        return members.length === MEMBERS && members.every(({ state }) => state === 'ONLINE');
      });
    }
  }

  /** Returns the primary that accepts writes, according to a majority of the members. */
  async primary(): Promise<MysqlProcess> {
    return eventually('a primary that accepts writes', async () => {
      for (const server of this.servers) {
        if (!server.running) continue;
        const own = (await membersSeenBy(server).catch(() => [])).find(({ port }) => port === server.port);
        if (own?.role !== 'PRIMARY' || own.state !== 'ONLINE') continue;
        const [{ locked = 1 } = {}] = await server.sql<{ locked: number }>('SELECT @@super_read_only AS locked');
        if (locked === 0) return server;
      }
      return undefined;
    });
  }

  /** Makes another member the primary, as an operator does. */
  async switchTo(server: MysqlProcess): Promise<void> {
    const [{ id = '' } = {}] = await server.sql<{ id: string }>('SELECT @@server_uuid AS id');
    await server.sql('SELECT group_replication_set_as_primary(?)', [id]);
  }

  async remove(): Promise<void> {
    for (const server of this.servers) await server.kill();
    await rm(this.#root, { recursive: true, force: true });
  }
}

interface Member {
  readonly port: number;
  readonly state: string;
  readonly role: string;
}

function membersSeenBy(server: MysqlProcess): Promise<Member[]> {
  return server.sql<Member>(
    `SELECT MEMBER_PORT AS port, MEMBER_STATE AS state, MEMBER_ROLE AS role
     FROM performance_schema.replication_group_members`,
  );
}
