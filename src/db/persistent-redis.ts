import { Redis, type RedisOptions } from 'ioredis';
import { CONNECT_TIMEOUT_MS, redisOptions } from './redis.ts';

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

/** For the worker: reconnects for as long as it lives. */
export function openPersistentRedis(url: string): Redis {
  const client = new PersistentRedis({
    ...redisOptions(url),
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), LONGEST_RECONNECT_DELAY_MS),
  });
  // BullMQ reports what goes wrong through its own events; without a listener ioredis writes to the console
  client.on('error', () => {});
  return client;
}
