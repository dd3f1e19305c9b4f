import { join } from 'node:path';
import { makePrivateFolder, writePrivateFile } from './files.ts';
import { type Folder, logFile } from './folder.ts';
import { startDetached } from './process.ts';
import type { Running, Secrets } from './state.ts';

export interface RedisSettings {
  /** Address to listen on. */
  readonly bind: string;
  readonly port: number;
  /** Folder of the append-only file. */
  readonly directory: string;
  readonly password: string;
  /** Absolute path of the log, or empty for standard output. */
  readonly log: string;
}

/**
 * Returns the server's configuration file. The queue must not lose keys, so no key is evicted, and writes are stored in
 * an append-only file.
 */
export function redisConf({ bind, port, directory, password, log }: RedisSettings): string {
  const settings = [
    ['bind', bind],
    ['port', String(port)],
    ['requirepass', password],
    ['dir', quoted(directory)],
    ['logfile', quoted(log)],
    ['appendonly', 'yes'],
    ['maxmemory-policy', 'noeviction'],
    ['daemonize', 'no'],
  ];
  return settings.map((setting) => `${setting.join(' ')}\n`).join('');
}

/** Starts `redis-server` or `valkey-server` on loopback. The password is in a file, because all users can read arguments. */
export async function startRedis(program: string, folder: Folder, port: number, secrets: Secrets): Promise<Running> {
  const directory = join(folder.redis, 'data');
  const conf = join(folder.redis, 'redis.conf');
  const log = logFile(folder, 'redis');
  await makePrivateFolder(directory);
  await writePrivateFile(conf, redisConf({ bind: '127.0.0.1', port, directory, password: secrets.redis, log }));
  const started = await startDetached(program, [conf], { log, cwd: directory });
  return { kind: 'process', ...started };
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
