import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { expect } from 'vitest';
import { type DevConfig, loadConfig } from '../../src/config/config.ts';
import { localUrlsFile } from '../../src/config/local-urls.ts';
import { IMAGES } from '../../src/dev/docker-host.ts';
import { down, type EnvironmentStatus, type ServiceName, up, type WorkerCommand } from '../../src/dev/environment.ts';
import { reuseDataDirectory } from './data-directory.ts';

/** Imitates a worker: prints that it is ready, and ends on SIGTERM. */
export const WORKER: WorkerCommand = {
  command: process.execPath,
  args: ['-e', `console.log(JSON.stringify({ level: 30, msg: 'worker ready' })); setInterval(() => {}, 1000)`],
};

export const folders: string[] = [];

export async function newEnvironment(changes: Partial<DevConfig> = {}): Promise<DevConfig> {
  const directory = join(await mkdtemp(join(tmpdir(), 'shop dev ')), '.shop');
  folders.push(directory);
  return { directory, servers: 'programs', mysqld: null, redisServer: null, ...changes };
}

/** Creates an environment with the initialized data directory of this run. */
export async function readyEnvironment(): Promise<DevConfig> {
  const dev = await newEnvironment();
  if (loadConfig().dev.mysqld === dev.mysqld) await reuseDataDirectory(dev.directory);
  return dev;
}

/** Stops and removes all environments of programs that the tests of a file have created. */
export async function removeEnvironments(): Promise<void> {
  for (const directory of folders.splice(0)) {
    await down({ directory, servers: 'programs', mysqld: null, redisServer: null });
    await rm(join(directory, '..'), { recursive: true, force: true });
  }
}

export function start(
  dev: DevConfig,
  worker: WorkerCommand | null = null,
  talk: string[] = [],
): Promise<EnvironmentStatus> {
  return up({ dev, worker, say: (line) => talk.push(String(line)) });
}

export async function urlsOf(dev: DevConfig): Promise<{ databaseUrl: string; redisUrl: string }> {
  return JSON.parse(await readFile(localUrlsFile(dev.directory), 'utf8'));
}

export function states(environment: EnvironmentStatus): Record<string, string> {
  return Object.fromEntries(environment.services.map(({ name, state }) => [name, state]));
}

export function pids(environment: EnvironmentStatus): Partial<Record<ServiceName, number>> {
  return Object.fromEntries(environment.services.flatMap(({ name, pid }) => (pid === null ? [] : [[name, pid]])));
}

export function pidOf(environment: EnvironmentStatus, name: ServiceName): number {
  const pid = pids(environment)[name];
  if (pid === undefined) throw new Error(`${name} has no pid`);
  return pid;
}

/**
 * Returns true if a process runs and is not a zombie. If the first thread of a process has ended but others have not,
 * the process is still alive: its ports stay open, and it resets new connections.
 */
export function alive(pid: number): boolean {
  if (!existsSync('/proc/self/stat')) return isAliveState(stateByPs(pid));
  return isAliveState(stateInProc(pid)) || threadsInProc(pid) > 1;
}

function isAliveState(state: string): boolean {
  return state !== '' && !state.startsWith('Z');
}

function threadsInProc(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    return 0;
  }
}

/** Reads the state of a process from /proc, because a small Linux system may have no `ps`. */
function stateInProc(pid: number): string {
  try {
    // the name, which is in parentheses, may contain any character
    return readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '');
  } catch {
    // the process does not exist, or has just ended
    return '';
  }
}

function stateByPs(pid: number): string {
  return spawnSync('ps', ['-o', 'state=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}

export async function kill(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => alive(pid), { timeout: 20_000 }).toBe(false);
}

export async function query(url: string, sql: string): Promise<unknown> {
  const connection = await mysql.createConnection(url);
  try {
    const [rows] = await connection.query(sql);
    return rows;
  } finally {
    await connection.end();
  }
}

export function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen({ host: '127.0.0.1', port }, () => resolve(server));
  });
}

export function has(...names: string[]): boolean {
  return names.some((name) => spawnSync(name, ['--version']).status === 0);
}

/**
 * Returns true if a Docker engine has the images of the servers and the images with the given names. Tests do not pull
 * images.
 */
export function hasImages(...more: readonly string[]): boolean {
  return spawnSync('docker', ['image', 'inspect', ...Object.values(IMAGES), ...more]).status === 0;
}

export const hasPrograms = has('mysqld', 'mariadbd') && has('redis-server', 'valkey-server');
/** Debian installs MariaDB and an older Redis beside newer programs on the PATH. */
export const MARIADB = '/usr/sbin/mariadbd';
export const OLDER_REDIS = '/usr/bin/redis-server';

/** Lists the command lines of all processes, as any user of the machine can read them. */
export function commandLines(): string[] {
  if (process.platform !== 'linux')
    return spawnSync('ps', ['-A', '-ww', '-o', 'args='], { encoding: 'utf8' }).stdout.split('\n');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')];
      } catch {
        // the process has ended by now
        return [];
      }
    });
}

export async function mode(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}
