import { Cluster, type ClusterNode, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import type { RedisClient } from './client.ts';
import { CLUSTER_OPTIONS, CONNECT_TIMEOUT_MS, driverOptions } from './options.ts';

const MAX_RECONNECT_DELAY_MS = 1_000;

/**
 * Works around a fault in ioredis: a client that is disconnected between two attempts to connect emits no end event and never
 * settles its waiting commands. As a result, BullMQ could not close a worker while Redis was unavailable. This client starts an
 * attempt and aborts it, which ends the client properly.
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

/**
 * Works around the fault that `PersistentRedis` describes, for a cluster. A cluster's client ends when its last node ends, so a
 * client without nodes would never end.
 */
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
    // in this state, a client has not started to connect, so disconnect() ends it immediately
    this.status = 'wait';
    super.disconnect();
  }

  override duplicate(nodes: ClusterNode[] = [], override: ClusterOptions = {}): Cluster {
    return new PersistentCluster(nodes.length > 0 ? nodes : this.#nodes, { ...this.options, ...override });
  }
}

/** Opens the worker's client, which reconnects to the current primary for as long as the worker runs. */
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
  // BullMQ reports errors through its own events; without a listener ioredis writes to the console
  client.on('error', () => {});
  return client;
}

function reconnectDelay(times: number): number {
  return Math.min(50 * 2 ** Math.min(times, 6), MAX_RECONNECT_DELAY_MS);
}
