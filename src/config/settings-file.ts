import { isUtf8 } from 'node:buffer';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import { readSmallFile } from './small-file.ts';

/** Settings that name programs to run, or folders to write to. */
const TRUSTED_SETTINGS = ['SHOP_MYSQLD', 'SHOP_REDIS_SERVER', 'SHOP_DEV_DIR'];

/**
 * Variables of this process over those of the `.env` file in the working directory.
 *
 * @throws ShopError `CONFIG` if the file can't be read, or belongs to another user and names programs or folders.
 */
export function withDotEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const path = inWorkingDirectory('.env');
  const given = withoutEmpty(env);
  const elsewhere = phrase`\`ls -ld ${path}\` shows what it is; after \`cd /\` it is not read.`;
  const file = readSettingsFile(path, elsewhere);
  if (file === null) return given;
  const settings = withoutEmpty(parseEnv(file.text));
  const setting = TRUSTED_SETTINGS.find((name) => settings[name] !== undefined && given[name] === undefined);
  if (setting !== undefined && file.isForeign) {
    throw new ShopError(
      'CONFIG',
      { setting },
      {
        message: phrase`${path} belongs to another user, and must not set ${setting}.`,
        hint: phrase`Set ${setting} in the environment, or run the command in another folder.`,
      },
    );
  }
  return { ...settings, ...given };
}

/** A file of settings. */
interface SettingsFile {
  readonly text: string;
  /** True if neither this user nor root owns the file. */
  readonly isForeign: boolean;
}

/**
 * Reads a file of settings, without its byte-order mark; null if there is no such file.
 *
 * @param hint for a file that can't be read at all.
 * @throws ShopError `CONFIG` if it can't be read, or is not UTF-8.
 */
export function readSettingsFile(
  path: string,
  hint = phrase`Check who may read it with \`ls -ld ${path}\`.`,
): SettingsFile | null {
  const file = readSmallFile(path);
  if ('problem' in file) {
    if (file.missing) return null;
    throw unreadable(path, file.problem, hint);
  }
  const { bytes, owner } = file;
  // UTF-16 without a mark is valid UTF-8 with NUL characters
  if (!isUtf8(bytes) || bytes.includes(0)) {
    const convert = phrase`Save it as UTF-8; \`iconv -f UTF-16 -t UTF-8 ${path}\` converts UTF-16, as PowerShell writes it.`;
    throw unreadable(path, phrase('it is not UTF-8'), convert);
  }
  const isForeign = owner !== 0 && process.getuid !== undefined && owner !== process.getuid();
  return { text: bytes.toString().replace(/^\ufeff/, ''), isForeign };
}

function unreadable(path: string, problem: string | Phrase, hint: Phrase): ShopError {
  return new ShopError('CONFIG', { setting: path }, { message: phrase`${path} can't be read: ${problem}.`, hint });
}

/** The path of a file in the working directory; a folder that was deleted has no path, and no files. */
function inWorkingDirectory(name: string): string {
  try {
    return join(process.cwd(), name);
  } catch {
    return name;
  }
}

/** An empty variable counts as none, as in `SHOP_PREFIX= shop ...`. */
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
}
