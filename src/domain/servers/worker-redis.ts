import { openPersistentRedis } from '../../db/redis/persistent.ts';
import type { RedisClient } from './connections.ts';

/**
 * Connects to Redis for the worker, which waits for as long as Redis is unavailable. This function has a separate file, because
 * importing the file loads the Redis driver, which most commands never need.
 */
export function openWorkerRedis(url: string): RedisClient {
  return openPersistentRedis(url);
}
