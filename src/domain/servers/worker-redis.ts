import { openPersistentRedis } from '../../db/redis/persistent.ts';
import type { RedisClient } from './connections.ts';

/**
 * Connects to Redis for the worker, which waits for as long as Redis is unavailable. This function has a file of its own,
 * because the file loads the driver at once and most commands never need it.
 */
export function openWorkerRedis(url: string): RedisClient {
  return openPersistentRedis(url);
}
