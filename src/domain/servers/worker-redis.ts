import { openPersistentRedis } from '../../db/redis/persistent.ts';
import type { RedisClient } from './connections.ts';

/**
 * Connects to Redis for the worker, which waits for as long as Redis is unavailable. This is a file of its own because it loads
 * the driver at once, which most commands never need.
 */
export function openWorkerRedis(url: string): RedisClient {
  return openPersistentRedis(url);
}
