import { Queue } from 'bullmq';
import { addStandardJob } from 'bullmq/dist/esm/scripts/addStandardJob-9.js';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keyPrefix, QUEUE_NAME } from '../../src/jobs/queue/job-data.ts';
import { eventually } from '../support/eventually.ts';
import { FaultShop } from '../support/fault-shop.ts';
import { type Load, SINGLES } from '../support/load.ts';
import { noServersOfOwn, OwnServers } from '../support/own-servers.ts';
import { script } from '../support/protocols.ts';
import type { TestProcess, TestShop } from '../support/shop.ts';

/** Adds a job to the queue. */
const ENQUEUE = script(addStandardJob.content);

describe.skipIf(noServersOfOwn !== null)('a queue that is lost, completely or in parts', () => {
  let servers: OwnServers;
  let faults: FaultShop;
  let shop: TestShop;
  let redis: Redis;
  let queue: Queue;
  let worker: TestProcess;
  let names = 0;

  beforeAll(async () => {
    servers = await OwnServers.start();
    faults = await FaultShop.create(servers);
    shop = faults.shop;
    await shop.created(['user', 'create', 'Zoe', '--reference', 'zoe']);
    redis = new Redis(shop.redisUrl, { maxRetriesPerRequest: null });
    queue = new Queue(QUEUE_NAME, { connection: redis, prefix: keyPrefix(shop.prefix) });
    // each call reports its own error; without a listener, an `error` event would end the process
    redis.on('error', () => {});
    queue.on('error', () => {});
  });

  beforeEach(async () => {
    await redis.flushall();
    worker = await faults.startWorker();
  });

  afterEach(async () => {
    await servers.startAgain();
    await redis.config('SET', 'maxmemory', '0');
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    await worker.kill();
  });

  afterAll(async () => {
    await queue.close();
    redis.disconnect();
    await faults.close();
    await servers.remove();
  });

  /** Prepares a load of a few thousand rows, which make several jobs. */
  async function largeLoad(): Promise<{ load: Load; underWay: () => Promise<void> }> {
    const name = `load-${++names}`;
    const load = await faults.load(name, 3_000);
    /** Resolves when each command of the load is connected to both servers and records requests. */
    const underWay = () =>
      eventually(`${name} is running`, async () => {
        const [row] = await shop.sql<{ rows: number; singles: number }>(
          `SELECT COUNT(batch_line) AS 'rows', COUNT(*) - COUNT(batch_line) AS singles FROM requests
           WHERE idempotency_key LIKE ?`,
          [`${name}:%`],
        );
        return row !== undefined && row.rows > 0 && row.singles === SINGLES;
      }).then(() => {});
    return { load, underWay };
  }

  /** Starts a batch of charges of one point each. Their order does not matter. */
  function charges(rows: number, env: Record<string, string> = {}): { name: string; run: TestProcess } {
    const name = `charges-${++names}`;
    const stdin = `kind,user,amount\n${'charge,@zoe,1\n'.repeat(rows)}`;
    const run = shop.start(['batch', 'run', '-', '--name', name, '--json', '--timeout', '2m'], { stdin, env });
    return { name, run };
  }

  async function recorded(name: string, rows: number): Promise<void> {
    await eventually(`${rows} rows of ${name} are recorded`, async () => {
      const [row] = await shop.sql<{ count: number }>(
        'SELECT COUNT(*) AS count FROM requests WHERE idempotency_key LIKE ?',
        [`${name}:%`],
      );
      return (row?.count ?? 0) >= rows;
    });
  }

  /** Expects that all requests are applied once and in their first attempt, and that the command reports this. */
  async function expectApplied({ name, run }: { name: string; run: TestProcess }, rows: number): Promise<void> {
    const { status, stdout, stderr } = await run.ended;
    expect({ status, stderr }).toMatchObject({ status: 0, stderr: expect.not.stringContaining('"error"') });
    expect(JSON.parse(stdout)).toMatchObject({ name, total: rows, applied: rows, replayed: 0 });
    const outcomes = await shop.sql(
      `SELECT COUNT(*) AS count, MAX(o.attempts) AS attempts FROM requests r JOIN outcomes o ON o.request_id = r.id
       WHERE r.idempotency_key LIKE ?`,
      [`${name}:%`],
    );
    expect(outcomes).toEqual([{ count: rows, attempts: 1 }]);
    await expectSound();
  }

  async function expectSound(): Promise<void> {
    expect(await shop.faults()).toEqual([]);
    expect(await shop.ok(['audit'])).toMatchObject({ ok: true });
    expect((await worker.stop()).status).toBe(0);
  }

  it.each([
    ['with its data', true],
    ['empty, because it stores no data', false],
  ])('recovers by itself when Redis is killed under load and comes back %s', async (_, keeps) => {
    const { load, underWay } = await largeLoad();
    if (!keeps) await redis.config('SET', 'appendonly', 'no');
    const commit = faults.holdCommit();
    load.begin();
    const { release } = await commit;
    await underWay();
    await servers.kill('redis');
    release();
    expect(await shop.refused(['charge', '@zoe', '1'])).toMatchObject({ status: 69, code: 'UNAVAILABLE' });
    await load.recorded();
    if (!keeps) await servers.emptyRedis();
    await servers.startAgain();
    await faults.waitForRecovery(14, performance.now());
    await faults.expectHealthy(load, worker);
  });

  it.each([
    ['a worker with an active job', true],
    ['an idle worker', false],
  ])('lets a worker exit cleanly on SIGTERM while Redis is down for a moment: %s', async (_, busy) => {
    const commit = busy ? faults.holdCommit() : null;
    if (busy) await shop.ok(['charge', '@zoe', '1', '--no-wait']);
    const held = await commit;
    await servers.kill('redis');
    await eventually('the connections of the worker are closed', () => faults.redis.connections === 0);
    worker.signal('SIGTERM');
    await worker.logged('draining');
    await servers.startAgain();
    held?.release();
    expect((await worker.ended).status).toBe(0);
    expect(await shop.ok(['audit'])).toMatchObject({ ok: true });
  });

  it('loses nothing when Redis is wiped while jobs are active and waiting', async () => {
    const { load } = await largeLoad();
    const { release } = await faults.beginUntilCommit(load);
    expect(await redis.llen(queue.toKey('active'))).toBeGreaterThan(0);
    await redis.flushall();
    release();
    await faults.waitForRecovery(15, performance.now());
    await faults.expectHealthy(load, worker);
  });

  it('loses nothing when Redis is wiped repeatedly', async () => {
    const batch = charges(6_000);
    for (const rows of [500, 2_000, 3_500, 5_000]) {
      await recorded(batch.name, rows);
      await redis.flushall();
    }
    await recorded(batch.name, 6_000);
    await faults.waitForRecovery(15, performance.now());
    await expectApplied(batch, 6_000);
  });

  it('applies a request once, and reports it, when the response to its enqueue is lost', async () => {
    const env = { SHOP_REDIS_URL: faults.redis.url };
    const args = ['charge', '@zoe', '3', '--key', 'answer-lost'];
    const lost = faults.redis.dropReply(ENQUEUE);
    const [answer] = await Promise.all([shop.ok(args, { env }), lost]);
    expect(answer).toMatchObject({ replayed: false, attempts: 1, amount: 3 });
    expect(await shop.ok(args)).toEqual({ ...answer, replayed: true });
    await expectSound();
  });

  it('applies a whole file if the connection to Redis is cut between two of its jobs', async () => {
    const [first, second] = [faults.redis.hold(ENQUEUE), faults.redis.hold(ENQUEUE)];
    const batch = charges(3_000, { SHOP_REDIS_URL: faults.redis.url });
    (await first).release();
    (await second).discard();
    const cut = performance.now();
    await recorded(batch.name, 3_000);
    await faults.waitForRecovery(16, cut);
    await expectApplied(batch, 3_000);
  });

  // a server that evicts keys, or has lost the end of its file, has only a part of the queue
  it.each([
    ['line', () => redis.del(queue.toKey('wait'))],
    ['job', (id: number) => redis.del(queue.toKey(`request-${id}`))],
    ['counters and marks', () => redis.del(...['meta', 'id', 'marker', 'events', 'stalled-check'].map(queue.toKey))],
  ] as const)('applies a request of which Redis has kept everything but its %s', async (_, forget) => {
    await queue.pause();
    const { requestId } = await shop.ok<{ requestId: number }>(['charge', '@zoe', '1', '--no-wait']);
    expect(await redis.llen(queue.toKey('wait'))).toBe(1);
    await forget(requestId);
    await queue.resume();
    await faults.waitForRecovery(17, performance.now());
    expect(await shop.ok(['request', 'show', String(requestId)])).toMatchObject({ status: 'applied', attempts: 1 });
    await expectSound();
  });

  it('loses nothing on a server that evicts keys', async () => {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-random');
    const batch = charges(5_000);
    for (const rows of [500, 1_500, 2_500, 3_500, 4_500]) {
      await recorded(batch.name, rows);
      // the current memory of the server is already above the limit
      await redis.config('SET', 'maxmemory', '1');
      await redis.config('SET', 'maxmemory', '0');
    }
    await recorded(batch.name, 5_000);
    await faults.waitForRecovery(17, performance.now());
    await expectApplied(batch, 5_000);
  });

  it('records requests while Redis is full, reports them as pending, and resumes when there is room', async () => {
    const commit = faults.holdCommit();
    const before = shop.start(['charge', '@zoe', '1', '--json']);
    const { release } = await commit;
    await redis.config('SET', 'maxmemory', '1');
    release();
    expect((await before.ended).status).toBe(0);
    const args = ['charge', '@zoe', '2', '--key', 'no-room'];
    const told = await shop.run([...args, '--timeout', '1s']);
    expect(told).toMatchObject({ status: 75, stdout: '', stderr: expect.stringContaining('--key no-room') });
    const refresh = await shop.refused(['ranking', 'refresh']);
    expect(refresh).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/its maxmemory of .*its maxmemory-policy is noeviction/),
    });
    expect(refresh.hint).toContain('CONFIG SET maxmemory');
    const batch = charges(2_500);
    await recorded(batch.name, 2_500);
    // the worker reports the full Redis once instead of filling the log
    await worker.logged('OOM');
    expect(worker.stderr.split('\n').length).toBeLessThan(100);
    await redis.config('SET', 'maxmemory', '0');
    await faults.waitForRecovery(17, performance.now());
    expect(await shop.ok(args)).toMatchObject({ replayed: true, attempts: 1 });
    await expectApplied(batch, 2_500);
  });
});
