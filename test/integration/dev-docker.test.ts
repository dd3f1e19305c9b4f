import { spawnSync } from 'node:child_process';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { DevConfig } from '../../src/config/config.ts';
import { down, logs, reset, status } from '../../src/dev/environment.ts';
import { pingRedis } from '../../src/domain/servers/connections.ts';
import {
  alive,
  commandLines,
  folders,
  hasImages,
  newEnvironment,
  pids,
  query,
  start,
  states,
  urlsOf,
  WORKER,
} from '../support/dev.ts';

const LIMIT = 180_000;

describe.skipIf(!hasImages())('the local environment in Docker', { timeout: LIMIT }, () => {
  let dev: DevConfig;
  afterEach(async () => {
    await reset(dev);
    await rm(join(dev.directory, '..'), { recursive: true, force: true });
  }, LIMIT);

  it('starts, keeps its data, reports a crashed server, and leaves nothing behind', async () => {
    dev = await newEnvironment({ servers: 'auto' });
    folders.pop();
    const first = await start(dev, WORKER);
    expect(first.source).toBe('docker');
    expect(states(first)).toEqual({ mysql: 'running', redis: 'running', worker: 'running' });
    const urls = await urlsOf(dev);
    await query(urls.databaseUrl, 'CREATE TABLE kept (id INT PRIMARY KEY)');
    for (const secret of Object.values<string>(
      JSON.parse(await readFile(join(dev.directory, 'state.json'), 'utf8')).secrets,
    )) {
      expect(commandLines().join('\n')).not.toContain(secret);
    }
    for (const name of ['mysql/container.env', 'redis/container.conf']) {
      await expect(stat(join(dev.directory, name))).rejects.toThrow('ENOENT');
    }

    // the test uses `docker kill`, because only root could kill the server by its process id
    const [container = ''] = ours('container', 'ls').filter((name) => name.endsWith('-redis'));
    expect(spawnSync('docker', ['kill', container]).status).toBe(0);
    await expect
      .poll(async () => states(await status(dev)), { timeout: 20_000 })
      .toMatchObject({ mysql: 'running', redis: 'crashed' });
    expect((await status(dev)).services.find(({ name }) => name === 'redis')?.lastLines.length).toBeGreaterThan(0);
    const second = await start(dev, WORKER);
    const { redis: _, ...others } = pids(first);
    expect(pids(second)).toMatchObject(others);
    await pingRedis(urls.redisUrl);
    expect((await logs(dev, { service: 'mysql', lines: 3 })).length).toBe(3);

    expect(await down(dev)).toEqual({ stopped: ['worker', 'mysql', 'redis'], killed: [] });
    expect(ours('container', 'ls', '--all')).toEqual([]);
    expect(Object.values(pids(second)).filter(alive)).toEqual([]);

    for (const [setting, change] of [
      ['SHOP_DEV_SERVERS', { servers: 'programs' }],
      ['SHOP_MYSQLD', { mysqld: '/bin/true' }],
      ['SHOP_REDIS_SERVER', { redisServer: '/bin/true' }],
    ] as const) {
      const refused = { code: 'CONFIG', details: { setting, source: 'docker' } };
      await expect(start({ ...dev, ...change })).rejects.toMatchObject(refused);
    }

    const third = await start(dev);
    expect(third.source).toBe('docker');
    expect(await query((await urlsOf(dev)).databaseUrl, 'SHOW TABLES')).toHaveLength(1);
    await reset(dev);
    expect(ours('volume', 'ls')).toEqual([]);
    expect(ours('container', 'ls', '--all')).toEqual([]);
  });

  /** Lists the names of the Docker objects that belong to this folder. */
  function ours(...list: string[]): string[] {
    const format = list[0] === 'volume' ? '{{.Name}}' : '{{.Names}}';
    const args = [...list, '--filter', `label=shop.dev=${dev.directory}`, '--format', format];
    return spawnSync('docker', args, { encoding: 'utf8' })
      .stdout.split('\n')
      .filter((line) => line !== '');
  }
});
