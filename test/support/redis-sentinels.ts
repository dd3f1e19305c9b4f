import { randomBytes } from 'node:crypto';
import { eventually } from './eventually.ts';
import { RedisGroup, type RedisProcess, type RedisTls, restartAll } from './redis-processes.ts';

const [SENTINELS, QUORUM] = [3, 2];
/** Time without a reply after which a server counts as down. */
const DOWN_AFTER_MS = 1_500;

/** A primary and its replica, watched by three sentinels with their own password. */
export class RedisSentinels {
  readonly #group: RedisGroup;
  readonly servers: readonly RedisProcess[];
  readonly sentinels: readonly RedisProcess[];
  /** URL of all sentinels. */
  readonly url: string;

  private constructor(group: RedisGroup, servers: RedisProcess[], sentinels: RedisProcess[], url: string) {
    this.#group = group;
    this.servers = servers;
    this.sentinels = sentinels;
    this.url = url;
  }

  /** @param tls makes servers and sentinels accept TLS only. */
  static async start(tls?: RedisTls): Promise<RedisSentinels> {
    const [password, own] = [randomBytes(12).toString('hex'), randomBytes(12).toString('hex')];
    const group = await RedisGroup.create();
    try {
      const settings = ['appendonly yes', `masterauth ${password}`, 'repl-diskless-sync-delay 0'];
      const primary = await group.start(settings, { password, tls });
      const replica = await group.start([...settings, `replicaof 127.0.0.1 ${primary.port}`], { password, tls });
      await restartAll([primary, replica]);
      const watch = [
        `sentinel monitor main 127.0.0.1 ${primary.port} ${QUORUM}`,
        `sentinel auth-pass main ${password}`,
        `sentinel down-after-milliseconds main ${DOWN_AFTER_MS}`,
        'sentinel failover-timeout main 5000',
        `sentinel sentinel-pass ${own}`,
      ];
      const sentinels: RedisProcess[] = [];
      for (let count = 0; count < SENTINELS; count++) {
        sentinels.push(await group.start(watch, { password: own, sentinel: true, tls }));
      }
      const hosts = sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',');
      const url = `${tls === undefined ? 'redis' : 'rediss'}+sentinel://:${password}@${hosts}/main?sentinel_password=${own}`;
      const all = new RedisSentinels(group, [primary, replica], sentinels, url);
      await all.waitUntilComplete();
      return all;
    } catch (error) {
      await group.remove();
      throw error;
    }
  }

  /** Waits until the primary has a replica, and all sentinels know both servers and each other. */
  async waitUntilComplete(): Promise<void> {
    await restartAll(this.servers);
    for (const { client } of this.sentinels) {
      await eventually('a sentinel that knows all servers', async () => {
        const primary = String(await client.call('SENTINEL', 'MASTER', 'main'));
        const replicas = (await client.call('SENTINEL', 'REPLICAS', 'main')) as unknown[];
        return (
          /,flags,master,/.test(primary) &&
          primary.includes(`num-other-sentinels,${SENTINELS - 1},`) &&
          replicas.length === 1 &&
          /,flags,slave,.*,master-link-status,ok,/.test(String(replicas[0]))
        );
      });
    }
  }

  /** Returns the primary, according to a sentinel. */
  async primary(): Promise<RedisProcess> {
    const [sentinel] = this.sentinels;
    const reported = await sentinel?.client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'main');
    const found = this.servers.find(({ port }) => String(reported) === `127.0.0.1,${port}`);
    if (found === undefined) throw new Error(`no server at ${reported}`);
    return found;
  }

  async remove(): Promise<void> {
    await this.#group.remove();
  }
}
