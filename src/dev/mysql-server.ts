import { access, mkdir, realpath, rename, rm } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { ShopError } from '../domain/errors.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import { makePrivateFolder, writePrivateFile } from './files.ts';
import { type Folder, logFile } from './folder.ts';
import { startDetached } from './process.ts';
import { onPath, type Program } from './programs.ts';
import { errorLine, lastLines, run } from './run.ts';
import type { Running, Secrets } from './state.ts';

const MEGABYTE = 1_048_576;
const INITIALISE_LIMIT_MS = 3 * 60_000;

function dataDirectory(folder: Folder): string {
  return join(folder.mysql, 'data');
}

function initFile(folder: Folder): string {
  return join(folder.mysql, 'init.sql');
}

/**
 * Creates the data directory if there is none.
 *
 * @throws ShopError `CONFIG` if MySQL finds MariaDB's data or vice versa, because neither can read the other's data;
 * `UNAVAILABLE` if the directory can't be created
 */
export async function prepareMysql(
  program: Program,
  folder: Folder,
  { say, signal }: { say: (line: Phrase) => void; signal?: AbortSignal | undefined },
): Promise<void> {
  const data = dataDirectory(folder);
  if (await isThere(data)) return assertSameFlavour(program, data);
  say(phrase`creating a data directory with ${program.flavour} ${program.version}`);
  const unfinished = join(folder.mysql, 'data.new');
  await makePrivateFolder(folder.mysql);
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  const [command, args] = await initialiser(program, unfinished);
  const { code, stdout, stderr } = await run(command, args, { limitMs: INITIALISE_LIMIT_MS, signal });
  if (code !== 0) {
    const lines = lastLines(`${stdout}\n${stderr}`, 10);
    await rm(unfinished, { recursive: true, force: true });
    throw new ShopError(
      'UNAVAILABLE',
      { service: 'mysql', lastLines: lines },
      {
        message: phrase`${program.flavour} can't create its data directory: ${errorLine(lines) ?? phrase('no reason was given')}`,
        hint: phrase`The command was ${command}. Check the free space and the permissions of ${folder.mysql}.`,
      },
    );
  }
  // only a complete directory gets the final name
  await rename(unfinished, data);
}

/**
 * Starts `mysqld` or `mariadbd` on loopback. At each start, the server creates its accounts and the database `shop` if
 * they are missing.
 */
export async function startMysql(
  program: Program,
  folder: Folder,
  port: number,
  secrets: Secrets,
  mysqldArguments: readonly string[],
): Promise<Running> {
  const data = dataDirectory(folder);
  const log = logFile(folder, 'mysql');
  const temporary = join(folder.mysql, 'tmp');
  await makePrivateFolder(temporary);
  await writePrivateFile(initFile(folder), accounts(secrets));
  const args = [
    // this must be the first argument; it makes the server ignore the configuration files of the machine
    '--no-defaults',
    `--datadir=${data}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    // the path is relative to the data directory, because a socket's path is limited to 107 bytes
    '--socket=mysql.sock',
    // at its start, MariaDB removes all temporary tables in this folder, even those of another server
    `--tmpdir=${temporary}`,
    '--pid-file=mysqld.pid',
    `--log-error=${log}`,
    `--init-file=${initFile(folder)}`,
    ...serverSettings(),
    // without these options, Debian's builds need a folder that only their service package creates
    ...(program.flavour === 'MySQL' ? ['--mysqlx=OFF', '--secure-file-priv=NULL'] : []),
    ...asUser(),
    ...mysqldArguments,
  ];
  const started = await startDetached(program.path, args, { log, cwd: data });
  return { kind: 'process', ...started };
}

/** Returns the arguments for every MySQL or MariaDB server, including one in a container. */
export function serverSettings(): string[] {
  return [
    '--character-set-server=utf8mb4',
    '--max-connections=500',
    '--innodb-flush-log-at-trx-commit=1',
    '--skip-name-resolve',
    `--innodb-buffer-pool-size=${bufferPoolBytes()}`,
  ];
}

/**
 * Returns the size of the buffer pool. A shop with several hundred thousand orders needs more than the default of 128
 * MB.
 */
function bufferPoolBytes(): number {
  const eighth = Math.floor(totalmem() / 8 / MEGABYTE) * MEGABYTE;
  return Math.min(Math.max(eighth, 128 * MEGABYTE), 1_024 * MEGABYTE);
}

/** Removes the file with passwords that the start needed. */
export async function tidyMysql(folder: Folder): Promise<void> {
  await rm(initFile(folder), { force: true });
}

/**
 * Returns the SQL that creates the accounts. It runs at each start, before the server accepts connections. So the
 * server never accepts connections without a password. If a start is interrupted, the next one creates the missing
 * accounts.
 */
function accounts({ root, shop }: Secrets): string {
  const account = (name: string, host: string, password: string) => [
    `CREATE USER IF NOT EXISTS '${name}'@'${host}' IDENTIFIED BY '${password}';`,
    `ALTER USER '${name}'@'${host}' IDENTIFIED BY '${password}';`,
  ];
  const statements = [
    ...account('root', 'localhost', root),
    ...account('root', '127.0.0.1', root),
    "GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;",
    'CREATE DATABASE IF NOT EXISTS shop CHARACTER SET utf8mb4;',
    ...account('shop', '127.0.0.1', shop),
    "GRANT ALL ON shop.* TO 'shop'@'127.0.0.1';",
  ];
  return `${statements.join('\n')}\n`;
}

async function initialiser(program: Program, data: string): Promise<[string, string[]]> {
  const where = ['--no-defaults', `--datadir=${data}`];
  if (program.flavour === 'MySQL') return [program.path, [...where, '--initialize-insecure', ...asUser()]];
  const script = await installScript(program.path);
  // the short form of --user is passed on to the server; with the long form the script runs a `chown` that fails for paths
  // with spaces
  const user = process.getuid?.() === 0 ? ['-uroot'] : [];
  // --force is needed because many containers can't resolve their own host name
  return [
    script,
    [...where, '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve', '--force', ...user],
  ];
}

/**
 * Finds MariaDB's script for creating a data directory. In an unpacked archive the script is not in the server's
 * folder.
 */
async function installScript(mariadbd: string): Promise<string> {
  const names = ['mariadb-install-db', 'mysql_install_db'];
  const real = dirname(await realpath(mariadbd));
  const folders = [dirname(mariadbd), real, join(real, '..', 'bin'), join(real, '..', 'scripts')];
  for (const path of [...folders.flatMap((at) => names.map((name) => join(at, name))), ...(await onPath(names))]) {
    if (await isThere(path)) return path;
  }
  throw new ShopError(
    'CONFIG',
    { setting: 'mariadb-install-db' },
    {
      message: phrase`${mariadbd} is MariaDB, but mariadb-install-db, which creates its data directory, was not found.`,
      hint: phrase(
        'Install mariadb-install-db (on Debian: mariadb-server-core and mariadb-client-core), or set SHOP_MYSQLD to another server.',
      ),
    },
  );
}

async function assertSameFlavour(program: Program, data: string): Promise<void> {
  // only MySQL has this file
  const creator = (await isThere(join(data, 'mysql.ibd'))) ? 'MySQL' : 'MariaDB';
  if (creator === program.flavour) return;
  throw new ShopError(
    'CONFIG',
    { setting: 'SHOP_MYSQLD' },
    {
      message: phrase`The data in ${data} was created by ${creator}, but ${program.path} is ${program.flavour}.`,
      hint: phrase`Set SHOP_MYSQLD to a ${creator} server, or delete the data with \`shop dev reset\`.`,
    },
  );
}

/** Returns the argument that a server needs to run as root; none if this process does not run as root. */
function asUser(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
