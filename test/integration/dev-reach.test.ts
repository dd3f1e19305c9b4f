import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DevConfig } from '../../src/config/config.ts';
import { type EnvironmentStatus, type ServiceName, stopServers } from '../../src/dev/environment.ts';
import { hasPrograms, mode, pidOf, query, readyEnvironment, start, urlsOf } from '../support/dev.ts';

/** Lists the listening sockets of a process as the kernel does: addresses in hexadecimal, and ports. */
function listeners(pid: number): { address: string; port: number }[] {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        // the socket was closed meanwhile
        return [];
      }
    }),
  );
  return ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state, , , , , , inode = '']) => inodes.has(inode) && (state === '0A' || table.startsWith('udp')))
      .map(([, local = '']) => {
        const [address = '', port = ''] = local.split(':');
        return { address, port: Number.parseInt(port, 16) };
      }),
  );
}

/** 127.0.0.1 in the byte order of the machine. */
const LOOPBACK = '0100007F';
const OTHER_ADDRESSES = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ internal, address, scopeid }) => !internal && !scopeid && address !== '')
  .map(({ address }) => address);

function reachable(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 5_000 });
    const end = (found: boolean) => {
      socket.destroy();
      resolve(found);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

describe.skipIf(!hasPrograms)('the servers of the local environment', () => {
  let dev: DevConfig;
  let environment: EnvironmentStatus;
  const portOf = (name: ServiceName) => environment.services.find((service) => service.name === name)?.port ?? 0;

  beforeAll(async () => {
    dev = await readyEnvironment();
    environment = await start(dev);
  });

  afterAll(async () => {
    await stopServers(dev.directory);
    await rm(join(dev.directory, '..'), { recursive: true, force: true });
  });

  it.skipIf(process.platform !== 'linux').each(['mysql', 'redis'] as const)(
    'listen on one port of loopback only: %s',
    (name) => {
      expect(listeners(pidOf(environment, name))).toEqual([{ address: LOOPBACK, port: portOf(name) }]);
    },
  );

  it.each(['::1', ...OTHER_ADDRESSES])('are not reachable at %s', async (host) => {
    for (const name of ['mysql', 'redis'] as const) {
      expect(await reachable('127.0.0.1', portOf(name))).toBe(true);
      expect(await reachable(host, portOf(name))).toBe(false);
    }
  });

  it.each(['root', 'shop', '', 'mysql'])('deny access to MySQL without the password: %j', async (user) => {
    for (const password of ['', user, 'root', 'password'])
      await expect(query(`mysql://${user}:${password}@127.0.0.1:${portOf('mysql')}/`, 'SELECT 1')).rejects.toThrow(
        /denied/i,
      );
  });

  it.each([null, 'wrong', 'redis'])('deny access to Redis without the password: %j', async (password) => {
    const redis = new Redis({
      host: '127.0.0.1',
      port: portOf('redis'),
      retryStrategy: () => null,
      ...(password === null ? {} : { password }),
    });
    redis.on('error', () => {});
    for (const command of ['PING', 'INFO', 'DBSIZE', 'FLUSHALL'])
      await expect(redis.call(command), command).rejects.toThrow(/NOAUTH|WRONGPASS|closed/);
    redis.disconnect();
  });

  it('have no other accounts; the account of the shop has no rights beyond its own database', async () => {
    const { databaseUrl } = await urlsOf(dev);
    const denied = /denied|command denied/i;
    await expect(query(databaseUrl, 'SELECT user FROM mysql.user')).rejects.toThrow(denied);
    await expect(query(databaseUrl, 'CREATE USER intruder')).rejects.toThrow(denied);
    await expect(query(databaseUrl, "SELECT 1 INTO OUTFILE '/tmp/shop-reach'")).rejects.toThrow(denied);
    const root = new URL(databaseUrl);
    const { secrets } = JSON.parse(readFileSync(join(dev.directory, 'state.json'), 'utf8'));
    [root.username, root.password, root.pathname] = ['root', secrets.root, '/mysql'];
    const accounts = (await query(root.href, 'SELECT DISTINCT User AS name FROM mysql.user ORDER BY 1')) as {
      name: string;
    }[];
    const own = accounts.map(({ name }) => name).filter((name) => !/^(mysql|mariadb)\./.test(name));
    expect(own).toEqual(['root', 'shop']);
  });

  it('keep their files private to their owner', async () => {
    expect(await mode(dev.directory)).toBe(0o700);
    for (const name of await readdir(dev.directory))
      expect((await mode(join(dev.directory, name))) & 0o077, name).toBe(0);
  });
});
