import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { ShopError } from '../domain/errors.ts';
import { phrase } from '../domain/phrase.ts';

/**
 * Makes a folder, and those above it, that only its owner can enter; one that is there keeps its rights.
 *
 * @throws ShopError `CONFIG` if nothing can be written there.
 */
export async function makePrivateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    const message = phrase`${path} can't be written to: ${cause.code}.`;
    const hint = phrase('Use a folder of your own: `SHOP_DEV_DIR="$HOME/.shop" shop dev up`.');
    throw new ShopError('CONFIG', { setting: path }, { message, hint, cause });
  }
}

/** Writes a file that only its owner can read, so that a reader sees the old or the new content and nothing between. */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    // 'wx' because a file that is there already would keep its rights
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

/** The file's text, or null where there is no such file. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null;
    throw error;
  }
}

/** True for a system error with this code, like `EEXIST`. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
