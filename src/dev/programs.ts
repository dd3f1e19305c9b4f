import { resolve } from 'node:path';
import { ShopError } from '../domain/errors.ts';
import { either, type Phrase, phrase } from '../domain/phrase.ts';
import type { ServerName } from './folder.ts';
import { run } from './run.ts';

/** A server program on this machine. */
export interface Program {
  /** Absolute path. */
  readonly path: string;
  /** The actual product, because Debian's `mysqld` is MariaDB. */
  readonly flavour: 'MySQL' | 'MariaDB' | 'Redis' | 'Valkey';
  /** Version, such as `9.7.4`. */
  readonly version: string;
}

/** The programs that can run a server, most preferred first. */
export interface ProgramPreference {
  /** Program set by the user, or null. If it is set, no other program is used. */
  readonly given: string | null;
  /** Program that was used last, or null. */
  readonly remembered: string | null;
}

const NAMES: Readonly<Record<ServerName, readonly string[]>> = {
  mysql: ['mysqld', 'mariadbd'],
  redis: ['redis-server', 'valkey-server'],
};
const SETTING: Readonly<Record<ServerName, string>> = { mysql: 'SHOP_MYSQLD', redis: 'SHOP_REDIS_SERVER' };
const MINIMUM_VERSION: Readonly<Record<Program['flavour'], readonly [number, number]>> = {
  MySQL: [8, 0],
  MariaDB: [10, 6],
  Redis: [6, 2],
  Valkey: [7, 2],
};
/** Folders in which servers are often installed. A user's PATH often lacks them. */
const MORE_FOLDERS =
  '/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/usr/libexec:/usr/local/mysql/bin:/opt/homebrew/bin:/opt/homebrew/sbin';
const LIMIT_MS = 20_000;

/**
 * Finds the program for a server. Returns null if none is new enough.
 *
 * @throws ShopError `CONFIG` if the program set by the user can't be used
 */
export async function findProgram(
  server: ServerName,
  { given, remembered }: ProgramPreference,
): Promise<Program | null> {
  if (given !== null) return givenProgram(server, given);
  const paths = await onPath(NAMES[server]);
  for (const path of remembered === null ? paths : [remembered, ...paths]) {
    const program = await identify(server, path);
    if (program !== null && isNewEnough(program)) return program;
  }
  return null;
}

/** Finds programs on the PATH and in the usual folders of servers, and returns their absolute paths. */
export async function onPath(names: readonly string[]): Promise<string[]> {
  const script = 'PATH="$PATH:$1"; shift; for name; do command -v "$name" || true; done';
  const { stdout } = await run('sh', ['-c', script, 'sh', MORE_FOLDERS, ...names], { limitMs: LIMIT_MS });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => resolve(line));
}

async function givenProgram(server: ServerName, given: string): Promise<Program> {
  const setting = SETTING[server];
  const path = resolve(given);
  const program = await identify(server, path);
  const refuse = (message: Phrase) =>
    new ShopError(
      'CONFIG',
      { setting },
      { message, hint: phrase`Set ${setting} to the path of a ${either(NAMES[server])} program, or unset ${setting}.` },
    );
  if (program === null) throw refuse(phrase`${setting} is ${path}, which is not a server program that can be run.`);
  if (isNewEnough(program)) return program;
  const minimum = `${program.flavour} ${MINIMUM_VERSION[program.flavour].join('.')}`;
  throw refuse(phrase`${setting} is ${program.flavour} ${program.version}, but the minimum version is ${minimum}.`);
}

async function identify(server: ServerName, path: string): Promise<Program | null> {
  const args = server === 'mysql' ? ['--no-defaults', '--version'] : ['--version'];
  const { code, stdout } = await run(path, args, { limitMs: LIMIT_MS });
  if (code !== 0) return null;
  const version = (server === 'mysql' ? /\bVer (\d+\.\d+[.\d]*)/ : /\bv=(\d+\.\d+[.\d]*)/).exec(stdout)?.[1];
  if (version === undefined) return null;
  if (server === 'mysql') return { path, version, flavour: /mariadb/i.test(stdout) ? 'MariaDB' : 'MySQL' };
  return { path, version, flavour: /valkey/i.test(stdout) ? 'Valkey' : 'Redis' };
}

function isNewEnough({ flavour, version }: Program): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [minimumMajor, minimumMinor] = MINIMUM_VERSION[flavour];
  return major > minimumMajor || (major === minimumMajor && minor >= minimumMinor);
}
