import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { loadConfig } from '../../src/config/config.ts';
import { makePrivateFolder, writePrivateFile } from '../../src/dev/files.ts';
import { folderOf } from '../../src/dev/folder.ts';
import { prepareMysql } from '../../src/dev/mysql-server.ts';
import { freePort } from '../../src/dev/ports.ts';
import { findProgram, type Program } from '../../src/dev/programs.ts';
import { run } from '../../src/dev/run.ts';
import { reuseDataDirectory } from './data-directory.ts';
import { eventually } from './eventually.ts';
import { noServerPrograms } from './own-servers.ts';

/** Finds the configured server program. Returns null if there is none. */
async function mysqlProgram(): Promise<Program | null> {
  return findProgram('mysql', { given: loadConfig().dev.mysqld, remembered: null });
}

/** Returns the reason why a test can't use GTID replication, or null if it can. */
export async function noReplication(): Promise<string | null> {
  if (noServerPrograms !== null) return noServerPrograms;
  return (await mysqlProgram())?.flavour === 'MySQL' ? null : 'MariaDB replicates by GTIDs of another kind';
}

/** Returns the reason why a test can't use Group Replication, or null if it can. */
export async function noGroup(): Promise<string | null> {
  const reason = await noReplication();
  const program = await mysqlProgram();
  if (reason !== null || program === null) return reason;
  const { stdout } = await run(program.path, ['--no-defaults', '--verbose', '--help'], { limitMs: 20_000 });
  const folder = /^plugin-dir\s+(\S+)/m.exec(stdout)?.[1] ?? '';
  const isThere = (await readdir(folder).catch((): string[] => [])).includes('group_replication.so');
  return isThere ? null : 'this MySQL has no plugin group_replication';
}

/** Options for starting one of several servers. */
export interface MysqlSettings {
  readonly password: string;
  /** Additional arguments of the program for a server on this port. */
  readonly args: (port: number) => readonly string[];
}

/** One of several MySQL or MariaDB servers that belong together. Tests may kill it and restart it with its data and port. */
export class MysqlProcess {
  readonly port: number;
  readonly #program: Program;
  readonly #root: string;
  readonly #settings: MysqlSettings;
  #child: ChildProcess | null = null;

  private constructor(program: Program, root: string, port: number, settings: MysqlSettings) {
    this.#program = program;
    this.#root = root;
    this.port = port;
    this.#settings = settings;
  }

  /** Starts a server in its own folder below `parent`. */
  static async start(parent: string, settings: MysqlSettings): Promise<MysqlProcess> {
    const program = await mysqlProgram();
    if (program === null) throw new Error('mysqld is not installed');
    const port = await freePort();
    const root = join(parent, String(port));
    const folder = folderOf(root);
    await makePrivateFolder(root);
    await reuseDataDirectory(root);
    await prepareMysql(program, folder, { say: () => {} });
    // servers in one replication topology need different ids, and a server without this file creates one
    await rm(join(folder.mysql, 'data', 'auto.cnf'), { force: true });
    await makePrivateFolder(join(folder.mysql, 'tmp'));
    // each server has its own accounts, which must not be replicated
    const accounts = [
      'SET SQL_LOG_BIN = 0;',
      `CREATE USER IF NOT EXISTS 'root'@'127.0.0.1' IDENTIFIED BY '${settings.password}';`,
      // MariaDB has this account already, without a password
      `ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '${settings.password}';`,
      "GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;",
    ];
    await writePrivateFile(join(folder.mysql, 'init.sql'), `${accounts.join('\n')}\n`);
    const server = new MysqlProcess(program, root, port, settings);
    try {
      await server.startAgain();
      return server;
    } catch (error) {
      await server.kill();
      throw error;
    }
  }

  get running(): boolean {
    return this.#child !== null;
  }

  /** Reads the server's log. */
  async log(): Promise<string> {
    return readFile(join(this.#root, 'log'), 'utf8').catch(() => '');
  }

  /** Starts the server and waits until it accepts connections. */
  async startAgain(): Promise<void> {
    const { mysql } = folderOf(this.#root);
    const isMysql = this.#program.flavour === 'MySQL';
    const child = spawn(
      this.#program.path,
      [
        '--no-defaults',
        `--datadir=${join(mysql, 'data')}`,
        '--bind-address=127.0.0.1',
        `--port=${this.port}`,
        '--socket=mysql.sock',
        `--tmpdir=${join(mysql, 'tmp')}`,
        '--pid-file=mysqld.pid',
        `--log-error=${join(this.#root, 'log')}`,
        `--init-file=${join(mysql, 'init.sql')}`,
        '--skip-name-resolve',
        '--innodb-buffer-pool-size=64M',
        ...(isMysql ? ['--mysqlx=OFF', '--secure-file-priv=NULL'] : []),
        ...(process.getuid?.() === 0 ? ['--user=root'] : []),
        ...this.#settings.args(this.port),
      ],
      { stdio: 'ignore', cwd: join(mysql, 'data') },
    );
    this.#child = child;
    await eventually(`the server on ${this.port} accepts connections`, async () => {
      if (child.exitCode !== null) throw new Error(`the server on ${this.port} ended: ${await this.log()}`);
      return this.sql('SELECT 1').then(
        () => true,
        () => false,
      );
    });
  }

  /** Runs plain SQL as root on a new connection. */
  async sql<Row extends object>(statement: string, values: unknown[] = []): Promise<Row[]> {
    const connection = await this.#connect();
    try {
      const [rows] = await connection.query<RowDataPacket[]>(statement, values);
      return rows as Row[];
    } finally {
      connection.destroy();
    }
  }

  #connect(): Promise<Connection> {
    const { password } = this.#settings;
    return createConnection({ host: '127.0.0.1', port: this.port, user: 'root', password, connectTimeout: 2_000 });
  }

  /** Sends SIGKILL and waits for the end of the process. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Sends SIGSTOP: connections stay open, and the server does not respond. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** Sends SIGCONT. */
  thaw(): void {
    this.#child?.kill('SIGCONT');
  }
}

/** Returns the URL of several servers, as root of the database `mysql`, in the order in which clients try them. */
export function rootUrlOf(servers: readonly MysqlProcess[], password: string): string {
  return `mysql://root:${password}@${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}/mysql`;
}
