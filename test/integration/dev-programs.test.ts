import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { DevConfig } from '../../src/config/config.ts';
import { localUrlsFile } from '../../src/config/local-urls.ts';
import { down, logs, reset, status } from '../../src/dev/environment.ts';
import { pingDatabase, pingRedis } from '../../src/domain/servers/connections.ts';
import {
  alive,
  commandLines,
  has,
  hasPrograms,
  MARIADB,
  mode,
  newEnvironment,
  OLDER_REDIS,
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

describe.skipIf(!hasPrograms)('the local environment from programs of this machine', { timeout: LIMIT }, () => {
  afterEach(removeEnvironments, LIMIT);

  it('starts, changes nothing when started again, keeps its data after a stop, and leaves no process running', async () => {
    const dev = await newEnvironment();
    const first = await start(dev, WORKER);
    expect(states(first)).toEqual({ mysql: 'running', redis: 'running', worker: 'running' });
    expect(first).toMatchObject({ directory: dev.directory, source: 'programs' });

    const urls = await urlsOf(dev);
    const database = first.services.find(({ name }) => name === 'mysql');
    await expect(pingDatabase(urls.databaseUrl)).resolves.toEqual({ version: database?.version });
    await pingRedis(urls.redisUrl);

    await query(urls.databaseUrl, 'CREATE TABLE kept (id INT PRIMARY KEY)');
    await query(urls.databaseUrl, 'INSERT INTO kept VALUES (7)');

    const diagnostics: string[] = [];
    const second = await start(dev, WORKER, diagnostics);
    expect(pids(second)).toEqual(pids(first));
    expect(diagnostics).toEqual([]);

    expect(await down(dev)).toEqual({ stopped: ['worker', 'mysql', 'redis'], killed: [] });
    expect(Object.values(pids(first)).filter(alive)).toEqual([]);
    expect(states(await status(dev))).toEqual({ mysql: 'stopped', redis: 'stopped', worker: 'stopped' });
    await expect(stat(localUrlsFile(dev.directory))).rejects.toThrow('ENOENT');
    expect(await down(dev)).toEqual({ stopped: [], killed: [] });

    const third = await start(dev);
    expect(third.services.map(({ port }) => port)).toEqual(first.services.map(({ port }) => port));
    expect(await urlsOf(dev)).toEqual(urls);
    expect(await query(urls.databaseUrl, 'SELECT id FROM kept')).toEqual([{ id: 7 }]);
  });

  it('keeps passwords out of arguments, diagnostics, logs and files that others can read', async () => {
    const dev = await readyEnvironment();
    const diagnostics: string[] = [];
    await start(dev, WORKER, diagnostics);
    const state = await readFile(join(dev.directory, 'state.json'), 'utf8');
    const secrets = Object.values<string>(JSON.parse(state).secrets);
    expect(secrets).toHaveLength(3);

    const lines = (await logs(dev, { lines: 1000 })).map(({ line }) => line);
    expect(lines.length).toBeGreaterThan(0);
    const seen = [...diagnostics, ...lines, ...commandLines()].join('\n');
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThanOrEqual(32);
      expect(seen).not.toContain(secret);
    }
    for (const name of ['environment.json', 'state.json']) expect(await mode(join(dev.directory, name))).toBe(0o600);
    expect(await mode(join(dev.directory, 'redis/redis.conf'))).toBe(0o600);
    for (const name of ['', 'mysql', 'redis', 'logs']) expect(await mode(join(dev.directory, name))).toBe(0o700);
    await expect(stat(join(dev.directory, 'mysql/init.sql'))).rejects.toThrow('ENOENT');
    await expect(
      query(`mysql://root@127.0.0.1:${new URL((await urlsOf(dev)).databaseUrl).port}/mysql`, 'SELECT 1'),
    ).rejects.toThrow(/denied/i);
  });

  it('deletes only its own files on reset', async () => {
    const dev = await readyEnvironment();
    const environment = await start(dev, WORKER);
    await writeFile(join(dev.directory, 'notes.txt'), 'mine');
    expect(await reset(dev)).toEqual({ stopped: ['worker', 'mysql', 'redis'], killed: [] });
    expect(Object.values(pids(environment)).filter(alive)).toEqual([]);
    expect(readdirSync(dev.directory)).toEqual(['notes.txt']);
    await rm(join(dev.directory, 'notes.txt'));
    expect(await reset(dev)).toEqual({ stopped: [], killed: [] });
    await expect(stat(dev.directory)).rejects.toThrow('ENOENT');
    expect(await status(dev)).toMatchObject({ source: null });
  });

  it.skipIf(!has(MARIADB) || !has(OLDER_REDIS))(
    'works with MariaDB too, and does not open its data with MySQL',
    async () => {
      const dev = await newEnvironment({ servers: 'auto', mysqld: MARIADB, redisServer: OLDER_REDIS });
      const environment = await start(dev);
      expect(environment.source).toBe('programs');
      expect(environment.services[0]?.version).toMatch(/MariaDB/);
      const { databaseUrl } = await urlsOf(dev);
      await query(databaseUrl, 'CREATE TABLE kept (id INT PRIMARY KEY)');
      await down(dev);

      const other = spawnSync('sh', ['-c', 'command -v mysqld'], { encoding: 'utf8' }).stdout.trim();
      const otherIsMysql = !/mariadb/i.test(spawnSync(other, ['--version'], { encoding: 'utf8' }).stdout);
      if (otherIsMysql) {
        await expect(start({ ...dev, mysqld: other })).rejects.toMatchObject({
          code: 'CONFIG',
          message: expect.stringMatching(/was created by MariaDB, but .* is MySQL\.$/),
        });
      }
      // MariaDB has created the data, so it also starts without a setting
      expect((await start({ ...dev, mysqld: null, redisServer: null })).services[0]?.version).toMatch(/MariaDB/);
      expect(await query(databaseUrl, 'SHOW TABLES')).toHaveLength(1);
    },
  );

  it('refuses another source of servers, and changes neither servers nor data', async () => {
    const dev = await readyEnvironment();
    const first = await start(dev, WORKER);
    await expect(start({ ...dev, servers: 'docker' })).rejects.toMatchObject({
      code: 'CONFIG',
      details: { setting: 'SHOP_DEV_SERVERS', directory: dev.directory, source: 'programs' },
      hint: expect.stringContaining('shop dev reset'),
    });
    expect(pids(await status(dev))).toEqual(pids(first));
    // programs from packages count as the same source as programs of the machine
    expect(pids(await start({ ...dev, servers: 'packages' }, WORKER))).toEqual(pids(first));
    await down(dev);
    await expect(start({ ...dev, servers: 'docker' })).rejects.toMatchObject({ code: 'CONFIG' });
    expect(await status({ ...dev, servers: 'docker' })).toMatchObject({ source: 'programs' });
    expect((await logs({ ...dev, servers: 'docker' }, { lines: 1 })).length).toBeGreaterThan(0);
    await reset({ ...dev, servers: 'docker' });
    await expect(stat(dev.directory)).rejects.toThrow('ENOENT');
  });

  it("names the setting whose program can't be run", async () => {
    const dev = await newEnvironment({ mysqld: '/bin/true' });
    await expect(start(dev)).rejects.toMatchObject({ code: 'CONFIG', message: expect.stringContaining('SHOP_MYSQLD') });
  });
});

describe('a folder without an environment', () => {
  const directory = join(tmpdir(), 'shop-dev-nothing-here');
  const dev: DevConfig = { directory, servers: 'auto', mysqld: null, redisServer: null };
  afterAll(async () => expect(stat(directory)).rejects.toThrow('ENOENT'));

  it('has a status, nothing to stop, no logs and nothing to delete; reading does not create the environment', async () => {
    expect(await status(dev)).toMatchObject({
      source: null,
      services: [{ state: 'stopped' }, { state: 'stopped' }, { state: 'stopped' }],
    });
    expect(await down(dev)).toEqual({ stopped: [], killed: [] });
    expect(await logs(dev, { lines: 10 })).toEqual([]);
    expect(await reset(dev)).toEqual({ stopped: [], killed: [] });
  });
});
