import type { Redis } from 'ioredis';
import { inject } from 'vitest';
import type { ServerUrls } from './shop.ts';

/**
 * Returns the run's servers with a Redis database that only this test file uses. Redis lists clients by database, so a
 * test can find and kill its own clients.
 */
export function serversWithRedisDatabase(database: number): ServerUrls {
  const redisUrl = new URL(inject('redisUrl'));
  redisUrl.pathname = `/${database}`;
  return { rootUrl: inject('rootUrl'), redisUrl: redisUrl.href };
}

/** Lists the ids of the clients that use this database, except the client that sends the command. */
export async function clientsOf(redis: Redis, database: number, type: 'normal' | 'pubsub'): Promise<number[]> {
  const own = await redis.client('ID');
  const list = String(await redis.call('CLIENT', 'LIST', 'TYPE', type));
  const ids = [...list.matchAll(new RegExp(`^id=(\\d+) .* db=${database} `, 'gm'))].map(([, id]) => Number(id));
  return ids.filter((id) => id !== own);
}

/** Cuts the connections of these clients, as a failing network does. */
export async function killClients(redis: Redis, ids: readonly number[]): Promise<void> {
  for (const id of ids) await redis.call('CLIENT', 'KILL', 'ID', id);
}
