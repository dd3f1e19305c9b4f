import { cp, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { localUrlsFile } from '../../src/config/local-urls.ts';
import { down, startServers, status, stopServers, up, type WorkerCommand } from '../../src/dev/environment.ts';
import { pingRedis } from '../../src/domain/servers/connections.ts';
import {
  alive,
  commandLines,
  hasPrograms,
  kill,
  listen,
  pidOf,
  pids,
  query,
  readyEnvironment,
  removeEnvironments,
  start,
  states,
  urlsOf,
  WORKER,
} from '../support/dev.ts';

const LIMIT = 180_000;

describe.skipIf(!hasPrograms)(
  'the local environment, if programs crash or hang, or a port is in use',
  { timeout: LIMIT },
  () => {
    afterEach(removeEnvironments, LIMIT);

    it('runs in two folders side by side, and in a copied folder without touching the original', async () => {
      const one = await readyEnvironment();
      const two = await readyEnvironment();
      const [first, second] = [await start(one), await start(two)];
      expect(new Set([...Object.values(pids(first)), ...Object.values(pids(second))]).size).toBe(4);
      await query((await urlsOf(one)).databaseUrl, 'CREATE TABLE only_in_one (id INT)');
      expect(await query((await urlsOf(two)).databaseUrl, "SHOW TABLES LIKE 'only_in_one'")).toEqual([]);

      const copy = await readyEnvironment();
      await cp(join(one.directory, 'state.json'), join(copy.directory, 'state.json'), { recursive: true });
      expect(states(await status(copy))).toMatchObject({ mysql: 'stopped', redis: 'stopped' });
      expect(await down(copy)).toEqual({ stopped: [], killed: [] });

      await down(two);
      expect(Object.values(pids(first)).every(alive)).toBe(true);
      expect(Object.values(pids(second)).some(alive)).toBe(false);
    });

    it('reports a crashed server with the end of its log, and restarts it', async () => {
      const dev = await readyEnvironment();
      const before = await start(dev, WORKER);
      await kill(pidOf(before, 'mysql'));

      const crashed = await status(dev);
      expect(states(crashed)).toEqual({ mysql: 'crashed', redis: 'running', worker: 'running' });
      const server = crashed.services.find(({ name }) => name === 'mysql');
      expect(server?.lastLines.length).toBeGreaterThan(0);
      expect(await readFile(server?.log ?? '', 'utf8')).toContain(server?.lastLines.at(-1));

      const diagnostics: string[] = [];
      const after = await start(dev, WORKER, diagnostics);
      expect(states(after)).toEqual({ mysql: 'running', redis: 'running', worker: 'running' });
      expect(diagnostics.join('\n')).toContain('MySQL was no longer running');
      expect(pidOf(after, 'mysql')).not.toBe(pidOf(before, 'mysql'));
      expect(pids(after)).toMatchObject({ redis: pidOf(before, 'redis'), worker: pidOf(before, 'worker') });

      await kill(pidOf(after, 'worker'));
      expect(states(await status(dev))).toMatchObject({ worker: 'crashed' });
      expect(states(await start(dev, WORKER))).toMatchObject({ worker: 'running' });
    });

    it('starts nothing twice if two commands start it at once, and takes over the lock of a killed command', async () => {
      const dev = await readyEnvironment();
      const [first, second] = await Promise.all([start(dev, WORKER), start(dev, WORKER)]);
      expect(pids(first)).toEqual(pids(second));
      await down(dev);
      await writeFile(
        join(dev.directory, 'lock'),
        JSON.stringify({ pid: process.pid, identity: 'another', token: 'x' }),
      );
      expect(states(await start(dev))).toMatchObject({ mysql: 'running' });
    });

    it('selects another port if its old port is in use by another program', async () => {
      const dev = await readyEnvironment();
      const before = await start(dev);
      await down(dev);
      const port = before.services.find(({ name }) => name === 'redis')?.port ?? 0;
      const occupant = await listen(port);
      try {
        const after = await start(dev);
        expect(after.services.find(({ name }) => name === 'redis')).toMatchObject({ state: 'running' });
        expect(after.services.find(({ name }) => name === 'redis')?.port).not.toBe(port);
        await pingRedis((await urlsOf(dev)).redisUrl);
      } finally {
        occupant.close();
      }
    });

    it('selects another port if the port is taken just before the server binds it', async () => {
      const dev = await readyEnvironment();
      const occupants: Server[] = [];
      const tried: string[] = [];
      const environment = await up({
        dev,
        worker: null,
        say: (line) => {
          const port = /^starting Redis on 127\.0\.0\.1:(\d+)/.exec(String(line))?.[1];
          if (port === undefined) return;
          tried.push(port);
          if (tried.length < 3) occupants.push(createServer().listen({ host: '127.0.0.1', port: Number(port) }));
        },
      });
      for (const occupant of occupants) occupant.close();
      expect(new Set(tried).size).toBe(3);
      expect(environment.services.find(({ name }) => name === 'redis')).toMatchObject({
        state: 'running',
        port: Number(tried[2]),
      });
    });

    it('stops the servers that it has started if another server fails, and reports why', async () => {
      const dev = await readyEnvironment();
      const broken: WorkerCommand = {
        command: process.execPath,
        args: ['-e', 'console.error("no such luck"); process.exitCode = 3'],
      };
      await expect(start(dev, broken)).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: 'The worker stopped while starting: no such luck',
        details: { lastLines: ['no such luck'] },
        hint: expect.stringContaining('worker.log'),
      });
      expect(states(await status(dev))).toEqual({ mysql: 'stopped', redis: 'stopped', worker: 'stopped' });
      await expect(stat(localUrlsFile(dev.directory))).rejects.toThrow('ENOENT');

      await expect(startServers({ ...dev, mysqldArguments: ['--no-such-option'] })).rejects.toMatchObject({
        code: 'UNAVAILABLE',
        message: expect.stringMatching(/^MySQL stopped while starting: ./),
        details: { lastLines: expect.arrayContaining([expect.stringContaining('no-such-option')]) },
      });
      expect(commandLines().filter((line) => line.includes(dev.directory))).toEqual([]);
    });

    it('stops the servers that it has started when it is interrupted', async () => {
      const dev = await readyEnvironment();
      const controller = new AbortController();
      const interrupted = up({
        dev,
        worker: { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] },
        say: (line) => String(line) === 'starting the worker' && controller.abort(new Error('interrupted')),
        signal: controller.signal,
      });
      await expect(interrupted).rejects.toThrow('interrupted');
      expect(states(await status(dev))).toEqual({ mysql: 'stopped', redis: 'stopped', worker: 'stopped' });
      expect(commandLines().filter((line) => line.includes(dev.directory))).toEqual([]);
    });

    it('ends a worker that ignores signals, and all processes that the worker started', async () => {
      const dev = await readyEnvironment();
      const ignoring = `process.on('SIGTERM', () => {}); require('node:child_process').spawn('sleep', ['1000']);
      console.log('{"msg":"standing by"}'); setInterval(() => {}, 1000)`;
      const environment = await start(dev, { command: process.execPath, args: ['-e', ignoring] });
      expect(await down(dev)).toEqual({ stopped: ['worker', 'mysql', 'redis'], killed: ['worker'] });
      expect(alive(pidOf(environment, 'worker'))).toBe(false);
    });

    it('restarts the worker only if its program has changed', async () => {
      const dev = await readyEnvironment();
      const first = await start(dev, WORKER);
      expect(pids(await start(dev, WORKER))).toEqual(pids(first));
      const changed = await start(dev, { ...WORKER, identity: 'another build' });
      expect(pids(changed)).toMatchObject({ mysql: pidOf(first, 'mysql'), redis: pidOf(first, 'redis') });
      expect(pidOf(changed, 'worker')).not.toBe(pidOf(first, 'worker'));
      expect(alive(pidOf(first, 'worker'))).toBe(false);
    });

    it('can start only the servers, with an account that may create databases', async () => {
      const { directory } = await readyEnvironment();
      const servers = await startServers({ directory, servers: 'programs', mysqldArguments: ['--max-connections=77'] });
      await query(servers.rootUrl, 'CREATE DATABASE another');
      expect(await query(servers.rootUrl, 'SELECT @@max_connections AS n, @@character_set_server AS c')).toEqual([
        { n: 77, c: 'utf8mb4' },
      ]);
      await expect(query(servers.databaseUrl, 'CREATE DATABASE a_third')).rejects.toThrow(/denied/i);
      await stopServers(directory);
      await expect(pingRedis(servers.redisUrl)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    });
  },
);
