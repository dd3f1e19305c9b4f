import { join } from 'node:path';
import * as z from 'zod/mini';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';
import { readSettingsFile } from './settings-file.ts';

const LOCAL_ENVIRONMENT = z.object({ databaseUrl: z.string(), redisUrl: z.string() });

/** The URLs of the servers that `shop dev up` started. */
type LocalEnvironment = z.infer<typeof LOCAL_ENVIRONMENT>;

/** The file in the local environment's folder that holds its URLs. */
export function localEnvironmentFile(directory: string): string {
  return join(directory, 'environment.json');
}

/** The URLs of the local environment in `directory`, or null where `dev up` has not made one. */
export function readLocalEnvironment(directory: string): LocalEnvironment | null {
  const file = localEnvironmentFile(directory);
  const found = readSettingsFile(file);
  if (found === null) return null;
  try {
    return LOCAL_ENVIRONMENT.parse(JSON.parse(found.text));
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
