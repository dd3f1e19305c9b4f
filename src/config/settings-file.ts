import { isUtf8 } from 'node:buffer';
import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import { readSmallFile } from './small-file.ts';

/** A file with settings. */
interface SettingsFile {
  readonly text: string;
  /** True if neither this user nor root owns the file. */
  readonly isForeign: boolean;
}

/**
 * Reads a file with settings, without its byte-order mark. Returns null if there is no such file.
 *
 * @param hint the hint of the error if the file can't be read.
 * @throws ShopError `CONFIG` if the file can't be read, or is not UTF-8.
 */
export function readSettingsFile(
  path: string,
  hint = phrase`Check the permissions of the file with \`ls -ld '${path}'\`.`,
): SettingsFile | null {
  const file = readSmallFile(path);
  if ('problem' in file) {
    if (file.missing) return null;
    throw unreadable(path, file.problem, hint);
  }
  const { bytes, owner } = file;
  // UTF-16 without a byte-order mark is valid UTF-8 with NUL characters
  if (!isUtf8(bytes) || bytes.includes(0)) {
    const convert = phrase`Save the file as UTF-8; \`iconv -f UTF-16 -t UTF-8 '${path}'\` converts the UTF-16 that PowerShell writes.`;
    throw unreadable(path, phrase('it is not UTF-8'), convert);
  }
  const isForeign = owner !== 0 && process.getuid !== undefined && owner !== process.getuid();
  return { text: bytes.toString().replace(/^\ufeff/, ''), isForeign };
}

function unreadable(path: string, problem: string | Phrase, hint: Phrase): ShopError {
  return new ShopError('CONFIG', { setting: path }, { message: phrase`${path} can't be read: ${problem}.`, hint });
}
