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

/** The URLs of the servers that `shop dev up` started. */
type LocalUrls = z.infer<typeof LOCAL_URLS>;

/** The file in the local environment's folder that holds its URLs. */
export function localUrlsFile(directory: string): string {
  return join(directory, 'environment.json');
}

/** The URLs of the local environment in `directory`, or null where `dev up` has not made one. */
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
        message: phrase`${file} can't be read as the local environment.`,
        hint: phrase('Make it anew with `shop dev reset` and `shop dev up`.'),
        cause,
      },
    );
  }
}
