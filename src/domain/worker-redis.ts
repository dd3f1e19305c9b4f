import { openPersistentRedis } from '../db/persistent-redis.ts';
import type { RedisClient } from './store.ts';

/** Connects to Redis for the worker, which waits for it however long it is away. */
export function openWorkerRedis(url: string): RedisClient {
  return openPersistentRedis(url);
}
