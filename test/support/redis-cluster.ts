import { randomBytes } from 'node:crypto';
import { freePort } from '../../src/dev/ports.ts';
import { eventually } from './eventually.ts';
import { RedisGroup, type RedisProcess, type RedisTls, restartAll } from './redis-processes.ts';

const [PRIMARIES, SLOTS] = [3, 16_384];
/** After this time of silence, a node counts as failed. */
const NODE_TIMEOUT_MS = 1_500;

/** A Redis Cluster of six processes: three primaries, each with a replica. */
export class RedisCluster {
  readonly #group: RedisGroup;
  /** URL of all nodes. */
  readonly url: string;

  private constructor(group: RedisGroup, scheme: string, password: string) {
    this.#group = group;
    this.url = `${scheme}+cluster://:${password}@${group.all.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  /** @param tls makes the nodes accept TLS only. */
  static async start(tls?: RedisTls): Promise<RedisCluster> {
    const password = randomBytes(12).toString('hex');
    const group = await RedisGroup.create();
    try {
      for (let count = 0; count < 2 * PRIMARIES; count++) {
        const bus = await freePort();
        const settings = [
          'cluster-enabled yes',
          `cluster-port ${bus}`,
          `cluster-node-timeout ${NODE_TIMEOUT_MS}`,
          'cluster-replica-validity-factor 0',
          'repl-diskless-sync-delay 0',
          `masterauth ${password}`,
          'appendonly yes',
          ...(tls === undefined ? [] : ['tls-cluster yes']),
        ];
        await group.start(settings, { password, tls });
      }
      const cluster = new RedisCluster(group, tls === undefined ? 'redis' : 'rediss', password);
      await cluster.#join();
      return cluster;
    } catch (error) {
      await group.remove();
      throw error;
    }
  }

  get nodes(): readonly RedisProcess[] {
    return this.#group.all;
  }

  async #join(): Promise<void> {
    const [first, ...others] = this.nodes as [RedisProcess, ...RedisProcess[]];
    for (const [index, { client }] of this.nodes.entries()) {
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
      if (index >= PRIMARIES) continue;
      const [from, to] = [Math.floor((SLOTS * index) / PRIMARIES), Math.floor((SLOTS * (index + 1)) / PRIMARIES) - 1];
      const slots = Array.from({ length: to - from + 1 }, (_, at) => from + at);
      await client.cluster('ADDSLOTS', slots);
    }
    for (const { port, client } of others) {
      const bus = (await client.config('GET', 'cluster-port')) as string[];
      await first.client.call('CLUSTER', 'MEET', '127.0.0.1', String(port), String(bus[1]));
    }
    await this.#everywhere('all have met', (info) => info.includes(`cluster_known_nodes:${2 * PRIMARIES}`));
    for (const [index, { client }] of this.nodes.entries()) {
      if (index < PRIMARIES) continue;
      const primary = await this.nodes[index - PRIMARIES]?.client.cluster('MYID');
      // the server knows the other node, but may not know yet whether the node is a primary
      await eventually('a replica', () =>
        client.call('CLUSTER', 'REPLICATE', String(primary)).then(
          () => true,
          () => false,
        ),
      );
    }
    await this.waitUntilComplete();
  }

  /** Waits until the cluster serves all slots, and each node is a primary or a replica. */
  async waitUntilComplete(): Promise<void> {
    await restartAll(this.nodes);
    await this.#everywhere('the cluster is whole', (info) => info.includes('cluster_state:ok'));
    await eventually('each primary has a replica', async () => {
      const roles = await Promise.all(this.nodes.map(({ client }) => client.info('replication')));
      return roles.filter((role) => /role:master\r\nconnected_slaves:1\b/.test(role)).length === PRIMARIES;
    });
  }

  /** Returns the primary that serves a key. */
  async primaryOf(key: string): Promise<RedisProcess> {
    return eventually(`a primary of ${key}`, async () => {
      for (const server of this.nodes) {
        if (!server.running) continue;
        const answer = await server.client.set(key, '1', 'PX', 1, 'XX').catch((error: Error) => error);
        if (!(answer instanceof Error)) return server;
      }
      return undefined;
    });
  }

  /** Reads all keys of the cluster. */
  async keys(): Promise<string[]> {
    const found = await Promise.all(this.nodes.map(({ client }) => client.keys('*')));
    return [...new Set(found.flat())].sort();
  }

  /** Returns the slots of these keys. */
  async slotsOf(keys: readonly string[]): Promise<number[]> {
    const [node] = this.nodes;
    return Promise.all(keys.map(async (key) => Number(await node?.client.cluster('KEYSLOT', key))));
  }

  async remove(): Promise<void> {
    await this.#group.remove();
  }

  async #everywhere(what: string, holds: (info: string) => boolean): Promise<void> {
    for (const { client } of this.nodes) {
      await eventually(what, async () => holds(String(await client.cluster('INFO'))));
    }
  }
}
