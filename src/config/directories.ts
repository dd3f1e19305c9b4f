import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';

/** Folder of the checkout or the installed package: the nearest parent folder with a package.json. */
export const packageDirectory: string = findPackageDirectory();

/** Returns the folder for state. A relative path is ignored, as the XDG specification requires. */
export function stateDirectory({ XDG_STATE_HOME: given = '' }: NodeJS.ProcessEnv): string | null {
  if (isAbsolute(given)) return join(given, 'shop');
  try {
    return join(homedir(), '.local/state/shop');
  } catch {
    // without HOME, a user id may have no home folder
    return null;
  }
}

/** Returns the absolute path of the local environment. @throws ShopError `CONFIG` if its base folder does not exist. */
export function devDirectory(given = join(packageDirectory, '.shop')): string {
  try {
    return resolve(given);
  } catch (cause) {
    const setting = 'SHOP_DEV_DIR';
    const message = phrase`${setting} is relative to a working directory that does not exist: ${given}.`;
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
