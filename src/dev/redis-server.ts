import { join } from 'node:path';
import { makePrivateFolder, writePrivateFile } from './files.ts';
import { type Folder, logFile } from './folder.ts';
import { startDetached } from './process.ts';
import type { Running, Secrets } from './state.ts';

export interface RedisSettings {
  /** Address to listen on. */
  readonly bind: string;
  readonly port: number;
  /** Where the append-only file goes. */
  readonly directory: string;
  readonly password: string;
  /** Absolute path, or empty for standard output. */
  readonly log: string;
}

/** The server's configuration file. The queue must never lose a key: nothing is evicted, and every write is kept. */
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

/** Starts `redis-server` or `valkey-server` on loopback. The password goes by a file: arguments can be read by all. */
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
