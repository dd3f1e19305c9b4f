import { openPersistentRedis } from '../db/persistent-redis.ts';
import type { RedisClient } from './store.ts';

/**
 * Connects to Redis for the worker, which waits for it however long it is away.
 *
 * @param name what Redis lists the connection under.
 */
export function openWorkerRedis(url: string, name: string): RedisClient {
  return openPersistentRedis(url, name);
}
