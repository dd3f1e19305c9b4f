import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';

/** Folder of the checkout or the installed package: the nearest parent folder with a package.json. */
export const packageDirectory: string = findPackageDirectory();

/** True for a checkout. An installed package and the container image have no sources. */
const isCheckout = existsSync(join(packageDirectory, 'src'));

/** Returns the folder for state. A relative path is ignored, as the XDG specification requires. */
export function stateDirectory({ XDG_STATE_HOME: given = '' }: NodeJS.ProcessEnv): string | null {
  if (isAbsolute(given)) return join(given, 'shop');
  try {
    return join(homedir(), '.local/state/shop');
  } catch {
    // HOME is not set, and the user id is unknown to the system, as in some containers
    return null;
  }
}

/**
 * Returns the absolute path of the local environment's folder: `given` if it is set, else `.shop` in a checkout. An
 * installed package uses a folder for the user's state instead of its own folder, which npm deletes when it installs the
 * package again.
 *
 * @throws ShopError `CONFIG` if nothing is given and there is no home folder, or if the given path is relative and the
 *   working directory does not exist.
 */
export function devDirectory(given: string | undefined, env: NodeJS.ProcessEnv): string {
  const setting = 'SHOP_DEV_DIR';
  if (given === undefined) {
    if (isCheckout) return join(packageDirectory, '.shop');
    const state = stateDirectory(env);
    if (state !== null) return join(state, 'dev');
    const message = phrase('There is no home folder for the local environment.');
    const hint = phrase`Set SHOP_DATABASE_URL and SHOP_REDIS_URL, or set ${setting} to a folder for local servers.`;
    throw new ShopError('CONFIG', { setting }, { message, hint });
  }
  try {
    return resolve(given);
  } catch (cause) {
    const message = phrase`${setting} is a relative path (${given}), but the working directory does not exist.`;
    throw new ShopError('CONFIG', { setting }, { message, hint: phrase('Give an absolute path.'), cause });
  }
}

function findPackageDirectory(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error('package.json of shop not found');
    directory = parent;
  }
  return directory;
}
