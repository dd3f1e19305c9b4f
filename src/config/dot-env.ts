import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';
import { readSettingsFile } from './settings-file.ts';

/** Settings that name programs to run or folders to write to. A `.env` file of another user must not set them. */
const TRUSTED_SETTINGS = ['SHOP_MYSQLD', 'SHOP_REDIS_SERVER', 'SHOP_DEV_DIR'];

/** Variables from the environment and from a `.env` file. Empty ones are left out. */
interface GivenSettings {
  readonly environment: NodeJS.ProcessEnv;
  readonly dotEnv: NodeJS.ProcessEnv;
  /** Path of the `.env` file. */
  readonly dotEnvPath: string;
}

/** Merges the environment with the `.env` file in the working directory. @throws ShopError as `readGiven` does */
export function withDotEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { environment, dotEnv } = readGiven(env);
  return { ...dotEnv, ...environment };
}

/**
 * Reads the environment and the `.env` file in the working directory. The environment takes precedence.
 *
 * @throws ShopError `CONFIG` if the file can't be read, or belongs to another user and names programs or folders.
 */
export function readGiven(env: NodeJS.ProcessEnv): GivenSettings {
  const path = inWorkingDirectory('.env');
  const given = withoutEmpty(env);
  const hint = phrase`Check the permissions with \`ls -ld '${path}'\`, or run the command in another folder.`;
  const file = readSettingsFile(path, hint);
  if (file === null) return { environment: given, dotEnv: {}, dotEnvPath: path };
  const settings = withoutEmpty(parseEnv(file.text));
  const setting = TRUSTED_SETTINGS.find((name) => settings[name] !== undefined && given[name] === undefined);
  if (setting !== undefined && file.isForeign) {
    throw new ShopError(
      'CONFIG',
      { setting },
      {
        message: phrase`${path} belongs to another user, so it must not set ${setting}.`,
        hint: phrase`Set ${setting} in the environment, or run the command in another folder.`,
      },
    );
  }
  return { environment: given, dotEnv: settings, dotEnvPath: path };
}

/** Returns the path of a file in the working directory, or only the file's name if the working directory was deleted. */
function inWorkingDirectory(name: string): string {
  try {
    return join(process.cwd(), name);
  } catch {
    return name;
  }
}

/** Removes empty variables, so that an empty variable, as in `SHOP_PREFIX= shop ...`, counts as unset. */
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
}
