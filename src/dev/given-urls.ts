import type { Config } from '../config/config.ts';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';
import type { WorkerTarget } from './worker.ts';

/** Returns the URLs that the user has set, or null. @throws ShopError `CONFIG` if only one is set */
export function givenUrls({ urlsGiven, databaseUrl, redisUrl }: Config): WorkerTarget | null {
  if (urlsGiven === 'one') {
    const names = ['SHOP_DATABASE_URL', 'SHOP_REDIS_URL'] as const;
    const [missing, given] = databaseUrl === null ? names : [names[1], names[0]];
    throw new ShopError(
      'CONFIG',
      { setting: missing },
      {
        message: phrase`${missing} is missing: set the URLs of both MySQL and Redis, or neither.`,
        hint: phrase`Set ${missing} too, or unset ${given} to use local servers.`,
      },
    );
  }
  return databaseUrl !== null && redisUrl !== null && urlsGiven === 'both' ? { databaseUrl, redisUrl } : null;
}
