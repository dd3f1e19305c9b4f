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
 * Makes the data directory where there is none.
 *
 * @throws ShopError `CONFIG` where the data was made by the other of MySQL and MariaDB, which can't read each other's
 */
export async function prepareMysql(
  program: Program,
  folder: Folder,
  { say, signal }: { say: (line: Phrase) => void; signal?: AbortSignal | undefined },
): Promise<void> {
  const data = dataDirectory(folder);
  if (await isThere(data)) return assertSameFlavour(program, data);
  say(phrase`making a data directory with ${program.flavour} ${program.version}`);
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
        message: phrase`${program.flavour} can't make its data directory: ${errorLine(lines) ?? phrase('no reason was given')}`,
        hint: phrase`It was tried with ${command}; check the free space and the rights of ${folder.mysql}.`,
      },
    );
  }
  // only a directory that is complete gets the name that is looked for
  await rename(unfinished, data);
}

/** Starts `mysqld` or `mariadbd` on loopback and has it make, or make again, its accounts and the database `shop`. */
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
    // must be first; settings of the machine's own server are none of ours
    '--no-defaults',
    `--datadir=${data}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    // relative to the data directory: a socket's whole path may have 107 bytes only
    '--socket=mysql.sock',
    // a MariaDB that starts removes the temporary tables that another one has in the same folder
    `--tmpdir=${temporary}`,
    '--pid-file=mysqld.pid',
    `--log-error=${log}`,
    `--init-file=${initFile(folder)}`,
    ...serverSettings(),
    // the builds of Debian name a folder that only their service package makes, and refuse to start without it
    ...(program.flavour === 'MySQL' ? ['--mysqlx=OFF', '--secure-file-priv=NULL'] : []),
    ...asUser(),
    ...mysqldArguments,
  ];
  const started = await startDetached(program.path, args, { log, cwd: data });
  return { kind: 'process', ...started };
}

/** What a server is started with wherever it runs, in a container too. */
export function serverSettings(): string[] {
  return [
    '--character-set-server=utf8mb4',
    '--max-connections=500',
    '--innodb-flush-log-at-trx-commit=1',
    '--skip-name-resolve',
    `--innodb-buffer-pool-size=${bufferPoolBytes()}`,
  ];
}

/** A shop of some hundred thousand orders outgrows the 128 MB that are the server's default. */
function bufferPoolBytes(): number {
  const eighth = Math.floor(totalmem() / 8 / MEGABYTE) * MEGABYTE;
  return Math.min(Math.max(eighth, 128 * MEGABYTE), 1_024 * MEGABYTE);
}

/** Removes the file with the passwords that the start needed. */
export async function tidyMysql(folder: Folder): Promise<void> {
  await rm(initFile(folder), { force: true });
}

/**
 * Run at each start and before the first connection is taken, so that the server is never open without a password and
 * a start that was cut off is made good by the next.
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
  // the short form of --user is handed on to the server; the long one makes the script run a `chown` that trips over
  // blanks in the path
  const user = process.getuid?.() === 0 ? ['-uroot'] : [];
  // --force: a host that can't look up its own name, as in many containers, is no obstacle
  return [
    script,
    [...where, '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve', '--force', ...user],
  ];
}

/** MariaDB makes its data directory by a script, which archives keep in another folder than the server. */
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
      message: phrase`${mariadbd} is MariaDB, and the mariadb-install-db that makes its data directory is not there.`,
      hint: phrase(
        'Install it (on Debian: mariadb-server-core and mariadb-client-core), or set SHOP_MYSQLD to another server.',
      ),
    },
  );
}

async function assertSameFlavour(program: Program, data: string): Promise<void> {
  // each has a file at the top that the other has not
  const madeBy = (await isThere(join(data, 'mysql.ibd'))) ? 'MySQL' : 'MariaDB';
  if (madeBy === program.flavour) return;
  throw new ShopError(
    'CONFIG',
    { setting: 'SHOP_MYSQLD' },
    {
      message: phrase`The data in ${data} was made by ${madeBy}, and ${program.path} is ${program.flavour}.`,
      hint: phrase`Set SHOP_MYSQLD to a ${madeBy} server, or delete the data with \`shop dev reset\`.`,
    },
  );
}

/** Servers refuse to run as root unless they are told to. */
function asUser(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
