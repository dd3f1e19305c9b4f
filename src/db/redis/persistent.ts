import { Cluster, type ClusterNode, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import type { RedisClient } from './client.ts';
import { CLUSTER_OPTIONS, CONNECT_TIMEOUT_MS, driverOptions } from './options.ts';

const LONGEST_RECONNECT_DELAY_MS = 1_000;

/**
 * Told to disconnect between two attempts to connect, a client of ioredis makes no further one, and forgets those who
 * wait for its end and for answers: BullMQ, closing a worker, waited for ever where Redis had just been away. This one
 * ends by way of an attempt that is broken off at once.
 */
class PersistentRedis extends Redis {
  override disconnect(reconnect = false): void {
    if (this.status === 'reconnecting' && !reconnect) this.connect().catch(() => {});
    super.disconnect(reconnect);
  }

  override duplicate(override: Partial<RedisOptions> = {}): Redis {
    return new PersistentRedis({ ...this.options, ...override });
  }
}

/** The same of a cluster, whose client ends when the last of its nodes does: it would never, where it has none just then. */
class PersistentCluster extends Cluster {
  readonly #nodes: ClusterNode[];

  constructor(nodes: ClusterNode[], options: ClusterOptions) {
    super(nodes, options);
    this.#nodes = nodes;
  }

  override disconnect(reconnect = false): void {
    const nothingEnds = this.nodes().length === 0 && (this.status === 'connecting' || this.status === 'reconnecting');
    super.disconnect(reconnect);
    if (reconnect || !nothingEnds) return;
    // as one that has not begun to connect, which ends at once
    this.status = 'wait';
    super.disconnect();
  }

  override duplicate(nodes: ClusterNode[] = [], override: ClusterOptions = {}): Cluster {
    return new PersistentCluster(nodes.length > 0 ? nodes : this.#nodes, { ...this.options, ...override });
  }
}

/** For the worker: reconnects for as long as it lives, to whatever is the primary by then. */
export function openPersistentRedis(url: string): RedisClient {
  const driver = driverOptions(url);
  const options: RedisOptions = {
    ...driver.options,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: null,
  };
  const client =
    driver.kind === 'cluster'
      ? new PersistentCluster(driver.nodes, {
          ...CLUSTER_OPTIONS,
          redisOptions: options,
          clusterRetryStrategy: reconnectDelay,
          maxRedirections: Number.POSITIVE_INFINITY,
        })
      : new PersistentRedis({
          ...options,
          retryStrategy: reconnectDelay,
          sentinelRetryStrategy: reconnectDelay,
        });
  // BullMQ reports what goes wrong through its own events; without a listener ioredis writes to the console
  client.on('error', () => {});
  return client;
}

function reconnectDelay(times: number): number {
  return Math.min(50 * 2 ** Math.min(times, 6), LONGEST_RECONNECT_DELAY_MS);
}
