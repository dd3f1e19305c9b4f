import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { eventually } from '../support/eventually.ts';
import { OwnServers } from '../support/own-servers.ts';
import { TestShop } from '../support/shop.ts';

// the tests have their own servers, because they kill and restart them
let servers: OwnServers;
let shop: TestShop;
const { dev } = loadConfig();

beforeAll(async () => {
  servers = await OwnServers.start();
  shop = await TestShop.create({ servers: servers.urls, inProcess: true });
  await shop.ok(['db', 'seed']);
});

afterAll(async () => {
  await shop.close();
  await servers.remove();
});

it.skipIf(dev.servers === 'docker')(
  'waits for MySQL while it is down, counts no attempt, and resumes by itself',
  async () => {
    const worker = await shop.startWorker();
    await shop.ok(['charge', '1', '100']);
    await servers.kill('mysql');
    await worker.logged('MySQL is unavailable or the lane was lost');
    expect(await shop.refused(['charge', '1', '1'])).toMatchObject({ status: 69, code: 'UNAVAILABLE' });
    await servers.startAgain();
    await shop.reconnect();
    expect(await shop.ok(['charge', '1', '10'])).toMatchObject({ balance: 110, attempts: 1 });
    expect(await shop.faults()).toEqual([]);
    expect((await worker.stop()).status).toBe(0);
  },
);

it.skipIf(dev.servers === 'docker')('waits for Redis while it is down, and resumes by itself', async () => {
  const worker = await shop.startWorker();
  await servers.kill('redis');
  expect(await shop.refused(['charge', '1', '1'])).toMatchObject({ status: 69, code: 'UNAVAILABLE' });
  expect(await shop.ok(['balance', '1'])).toMatchObject({ balance: 110 });
  await servers.startAgain();
  expect(await shop.ok(['charge', '1', '10'])).toMatchObject({ balance: 120, attempts: 1 });
  expect((await worker.stop()).status).toBe(0);
});

it.skipIf(dev.servers === 'docker')('stops waiting at --timeout or on an interruption if MySQL hangs', async () => {
  const waits = (timeout: string, key: string) => shop.start(['charge', '1', '1', '--timeout', timeout, '--key', key]);
  const [patient, told] = [waits('5s', 'patient'), waits('60s', 'told')];
  for (const key of ['patient', 'told']) {
    await eventually(`${key} is recorded`, async () => {
      const rows = await shop.sql('SELECT id FROM requests WHERE idempotency_key = ?', [key]);
      return rows.length > 0;
    });
  }
  await servers.freeze('mysql');
  try {
    const { status, stderr } = await patient.ended;
    expect({ status, stderr }).toMatchObject({ status: 75, stderr: expect.stringContaining('--key patient') });
    told.signal('SIGINT');
    expect((await told.ended).status).toBe(130);
  } finally {
    await servers.thaw('mysql');
  }
});

it.skipIf(dev.servers === 'docker')('returns decided outcomes while Redis is down', async () => {
  const worker = await shop.startWorker();
  const first = await shop.ok(['charge', '1', '3', '--key', 'decided']);
  const away = { env: { SHOP_REDIS_URL: 'redis://127.0.0.1:1' } };
  expect(await shop.ok(['charge', '1', '3', '--key', 'decided'], away)).toEqual({ ...first, replayed: true });
  expect(await shop.refused(['charge', '1', '4', '--key', 'decided'], away)).toMatchObject({ status: 5 });
  expect((await worker.stop()).status).toBe(0);
});

it.skipIf(dev.servers === 'docker')(
  'exits within 10 s of SIGTERM while MySQL hangs in the middle of a group',
  async () => {
    const worker = await shop.startWorker();
    const other = await shop.connection();
    await other.query('START TRANSACTION');
    await other.query('SELECT * FROM users WHERE id = 2 FOR UPDATE');
    await shop.ok(['charge', '2', '1', '--no-wait']);
    await shop.laneWaitsForLock();
    await servers.freeze('mysql');
    try {
      const asked = Date.now();
      const { status } = await worker.stop();
      expect(Date.now() - asked).toBeLessThan(10_000);
      // only the deadline ends the worker
      expect(status).toBe(143);
    } finally {
      await servers.thaw('mysql');
    }
    await other.query('ROLLBACK');
    await other.end();
  },
);

it('exits on SIGTERM while MySQL is down', async () => {
  const worker = await shop.startWorker();
  await servers.stop();
  await worker.logged('MySQL is unavailable or the lane was lost');
  const asked = Date.now();
  await worker.stop();
  expect(Date.now() - asked).toBeLessThan(10_000);
  await servers.startAgain();
  await shop.reconnect();
  expect(await shop.faults()).toEqual([]);
});
