import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';

/**
 * Creates a folder and its parents with access only for the owner. Existing folders keep their permissions.
 *
 * @throws ShopError `CONFIG` if the folder is not writable.
 */
export async function makePrivateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    const message = phrase`${path} can't be written to: ${cause.code}.`;
    const hint = phrase('Use a folder of your own: `export SHOP_DEV_DIR="$HOME/.shop"; shop dev up`.');
    throw new ShopError('CONFIG', { setting: path }, { message, hint, cause });
  }
}

/** Writes a file atomically, with access only for the owner. */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    // the flag 'wx' creates a new file, because an existing one would keep its permissions
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Reads a file's text. Returns null if there is no such file. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  }
}

/** Returns true for a system error with this code, such as `EEXIST`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
