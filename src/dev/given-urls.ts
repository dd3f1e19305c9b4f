import type { Config } from '../config/config.ts';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';
import type { WorkerTarget } from './worker.ts';

/** The URLs of servers that were given by hand; null where none were. @throws ShopError `CONFIG` where one is missing */
export function givenUrls({ urlsGiven, databaseUrl, redisUrl }: Config): WorkerTarget | null {
  if (urlsGiven === 'one') {
    const missing = databaseUrl === null ? 'SHOP_DATABASE_URL' : 'SHOP_REDIS_URL';
    throw new ShopError(
      'CONFIG',
      { setting: missing },
      {
        message: phrase`${missing} is missing: MySQL and Redis are given together or not at all.`,
        hint: phrase`Set ${missing} too, or unset the other one to have servers of your own.`,
      },
    );
  }
  return databaseUrl !== null && redisUrl !== null && urlsGiven === 'both' ? { databaseUrl, redisUrl } : null;
}
