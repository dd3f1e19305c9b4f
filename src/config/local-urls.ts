import { join } from 'node:path';
import * as z from 'zod/mini';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';
import { isDatabaseUrl, isRedisUrl } from './server-urls.ts';
import { readSettingsFile } from './settings-file.ts';

const LOCAL_URLS = z.object({
  databaseUrl: z.string().check(z.refine(isDatabaseUrl)),
  redisUrl: z.string().check(z.refine(isRedisUrl)),
});

/** URLs of the servers that `shop dev up` has started. */
type LocalUrls = z.infer<typeof LOCAL_URLS>;

/** Returns the path of the file with the local environment's URLs. */
export function localUrlsFile(directory: string): string {
  return join(directory, 'environment.json');
}

/** Reads the URLs of the local environment in `directory`. Returns null if there is none. */
export function readLocalUrls(directory: string): LocalUrls | null {
  const file = localUrlsFile(directory);
  const found = readSettingsFile(file);
  if (found === null) return null;
  try {
    return LOCAL_URLS.parse(JSON.parse(found.text));
  } catch (cause) {
    throw new ShopError(
      'CONFIG',
      { setting: file },
      {
        message: phrase`${file} is not a valid file of the local environment.`,
        hint: phrase('Remove this file, and run `shop dev up`, which writes it again.'),
        cause,
      },
    );
  }
}
