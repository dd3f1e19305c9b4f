import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { reset, type Servers, startServers, stopServers } from '../../src/dev/environment.ts';
import { takeData } from '../support/data-directory.ts';
import { eventually } from '../support/eventually.ts';
import { TestShop } from '../support/shop.ts';

// servers of its own, for they are killed and started again
let directory: string;
let servers: Servers;
let shop: TestShop;
const { dev } = loadConfig();

const start = () => startServers({ directory, servers: dev.servers, mysqld: dev.mysqld, redisServer: dev.redisServer });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shop-outage-'));
  await takeData(directory);
  servers = await start();
  shop = await TestShop.create({ servers, inProcess: true });
  await shop.ok(['db', 'seed']);
});

afterAll(async () => {
  await shop.close();
  await reset({ ...dev, directory });
  await rm(directory, { recursive: true, force: true });
});

async function pidOf(service: 'mysql' | 'redis'): Promise<number> {
  const state = JSON.parse(await readFile(join(directory, 'state.json'), 'utf8'));
  return state.services[service].running.pid;
}

it.skipIf(dev.servers === 'docker')(
  'waits for MySQL while it is away, counts no attempt, and goes on by itself',
  async () => {
    const worker = await shop.startWorker();
    await shop.ok(['charge', '1', '100']);
    process.kill(await pidOf('mysql'), 'SIGKILL');
    await worker.logged('the database is away or took the lane');
    expect(await shop.refused(['charge', '1', '1'])).toMatchObject({ status: 69, code: 'UNAVAILABLE' });
    await start();
    await shop.reconnect();
    expect(await shop.ok(['charge', '1', '10'])).toMatchObject({ balance: 110, attempts: 1 });
    expect(await shop.faults()).toEqual([]);
    expect((await worker.stop()).status).toBe(0);
  },
);

it.skipIf(dev.servers === 'docker')('waits for Redis while it is away, and goes on by itself', async () => {
  const worker = await shop.startWorker();
  process.kill(await pidOf('redis'), 'SIGKILL');
  expect(await shop.refused(['charge', '1', '1'])).toMatchObject({ status: 69, code: 'UNAVAILABLE' });
  expect(await shop.ok(['balance', '1'])).toMatchObject({ balance: 110 });
  await start();
  expect(await shop.ok(['charge', '1', '10'])).toMatchObject({ balance: 120, attempts: 1 });
  expect((await worker.stop()).status).toBe(0);
});

it.skipIf(dev.servers === 'docker')(
  'gives up on a MySQL that hangs when its time is over, or when it is told to stop',
  async () => {
    const waits = (timeout: string, key: string) =>
      shop.start(['charge', '1', '1', '--timeout', timeout, '--key', key]);
    const [patient, told] = [waits('5s', 'patient'), waits('60s', 'told')];
    for (const key of ['patient', 'told']) {
      await eventually(`${key} is recorded`, async () => {
        const rows = await shop.sql('SELECT id FROM requests WHERE idempotency_key = ?', [key]);
        return rows.length > 0;
      });
    }
    const mysql = await pidOf('mysql');
    process.kill(mysql, 'SIGSTOP');
    try {
      const { status, stderr } = await patient.ended;
      expect({ status, stderr }).toMatchObject({ status: 75, stderr: expect.stringContaining('--key patient') });
      told.signal('SIGINT');
      expect((await told.ended).status).toBe(130);
    } finally {
      process.kill(mysql, 'SIGCONT');
    }
  },
);

it.skipIf(dev.servers === 'docker')('answers what was decided while Redis is away', async () => {
  const worker = await shop.startWorker();
  const first = await shop.ok(['charge', '1', '3', '--key', 'decided']);
  const away = { env: { SHOP_REDIS_URL: 'redis://127.0.0.1:1' } };
  expect(await shop.ok(['charge', '1', '3', '--key', 'decided'], away)).toEqual({ ...first, replayed: true });
  expect(await shop.refused(['charge', '1', '4', '--key', 'decided'], away)).toMatchObject({ status: 5 });
  expect((await worker.stop()).status).toBe(0);
});

it.skipIf(dev.servers === 'docker')(
  'is gone within 10 s of SIGTERM while MySQL hangs in the middle of a group',
  async () => {
    const worker = await shop.startWorker();
    const other = await shop.connection();
    await other.query('START TRANSACTION');
    await other.query('SELECT * FROM users WHERE id = 2 FOR UPDATE');
    await shop.ok(['charge', '2', '1', '--no-wait']);
    await shop.laneWaitsForLock();
    const mysql = await pidOf('mysql');
    process.kill(mysql, 'SIGSTOP');
    try {
      const asked = Date.now();
      const { status } = await worker.stop();
      expect(Date.now() - asked).toBeLessThan(10_000);
      // nothing but the deadline ends it
      expect(status).toBe(143);
    } finally {
      process.kill(mysql, 'SIGCONT');
    }
    await other.query('ROLLBACK');
    await other.end();
  },
);

it('ends on SIGTERM while MySQL is away', async () => {
  const worker = await shop.startWorker();
  await stopServers(directory);
  await worker.logged('the database is away or took the lane');
  const asked = Date.now();
  await worker.stop();
  expect(Date.now() - asked).toBeLessThan(10_000);
  await start();
  await shop.reconnect();
  expect(await shop.faults()).toEqual([]);
});
