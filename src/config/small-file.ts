import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { type Phrase, phrase } from '../domain/phrase.ts';

const MAX_BYTES = 1024 * 1024;

/** The content of a file and the user id of its owner. */
interface SmallFile {
  readonly bytes: Buffer;
  readonly owner: number;
}

/** Reason why a file could not be read. */
interface Unreadable {
  readonly missing: boolean;
  readonly problem: string | Phrase;
}

/**
 * Reads a regular file of at most 1 MB. Any other file is refused, because it could block (a FIFO), never end (a device), or
 * fill the memory.
 */
export function readSmallFile(path: string): SmallFile | Unreadable {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(descriptor);
    if (!stats.isFile() || stats.size > MAX_BYTES)
      return { missing: false, problem: phrase('it is not a regular file, or is larger than 1 MB') };
    return { bytes: readFileSync(descriptor), owner: stats.uid };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return { missing: error.code === 'ENOENT' || error.code === 'ENOTDIR', problem: String(error.code) };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
