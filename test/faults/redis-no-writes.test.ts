import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/dev/ports.ts';
import type { Diagnosis } from '../../src/domain/doctor/doctor.ts';
import { keyPrefix, QUEUE_NAME } from '../../src/jobs/queue/job-data.ts';
import { eventually } from '../support/eventually.ts';
import { noServersOfOwn, OwnServers } from '../support/own-servers.ts';
import { reportRecovery, waitForRecovery } from '../support/recovery.ts';
import { TestShop } from '../support/shop.ts';

const ROWS = 2_500;
/** Time limit for a decision, which normally takes seconds. */
const DECIDED_MS = 15_000;

interface QueueStatus {
  readonly redisPaused: boolean;
}

describe.skipIf(noServersOfOwn !== null)(`a Redis that hands out no jobs ${noServersOfOwn ?? ''}`, () => {
  let servers: OwnServers;
  let shop: TestShop;
  let redis: Redis;
  let queue: Queue;
  let user: string;

  beforeAll(async () => {
    servers = await OwnServers.start();
    shop = await TestShop.create({ servers: servers.urls });
    user = String(await shop.created(['user', 'create', 'Ann']));
    redis = new Redis(shop.redisUrl, { maxRetriesPerRequest: null });
    queue = new Queue(QUEUE_NAME, { connection: redis, prefix: keyPrefix(shop.prefix) });
    redis.on('error', () => {});
    queue.on('error', () => {});
  });

  afterAll(async () => {
    await queue.close();
    redis.disconnect();
    await shop.close();
    await servers.remove();
  });

  /** Runs the command that `doctor` and `queue status` suggest. */
  async function runPrintedCommand(cause: string): Promise<void> {
    const { checks }: Diagnosis = JSON.parse((await shop.run(['doctor', '--json'])).stdout);
    const { faults = [] } = checks.find(({ name }) => name === 'workers') ?? {};
    expect(faults).toMatchObject([
      { fault: `${cause} Workers get no jobs from Redis; they find the requests in MySQL a few seconds later.` },
    ]);
    const [command, key, field] = /redis-cli HDEL (\S+) (\w+)/.exec(String(faults[0]?.hint)) ?? [];
    if (key === undefined || field === undefined) throw new Error('doctor prints no command');
    expect((await shop.run(['queue', 'status', '-o', 'table'])).stderr).toContain(command);
    expect(await redis.hdel(key, field)).toBe(1);
  }

  it.each<[fault: string, begin: () => Promise<unknown>, end: () => Promise<unknown>, redisPaused: boolean]>([
    ['Redis is full', () => redis.config('SET', 'maxmemory', '1'), () => redis.config('SET', 'maxmemory', '0'), false],
    [
      'Redis is a replica',
      async () => redis.replicaof('127.0.0.1', await freePort()),
      () => redis.replicaof('NO', 'ONE'),
      false,
    ],
    [
      'the queue is paused in Redis',
      () => queue.pause(),
      () => runPrintedCommand('The queue is paused in Redis.'),
      true,
    ],
    [
      'the concurrency of the queue is 0',
      () => redis.hset(queue.toKey('meta'), 'concurrency', '0'),
      () => runPrintedCommand("The queue's concurrency is 0 in Redis."),
      true,
    ],
  ])('decides everything from MySQL while a job waits and %s (fault 36)', async (fault, begin, end, redisPaused) => {
    const worker = await shop.startWorker();
    // the frozen worker leaves the job waiting until the fault begins
    worker.signal('SIGSTOP');
    const key = fault.replaceAll(' ', '-');
    await shop.ok(['charge', user, '1', '--no-wait', '--key', `${key}:waiting`]);
    expect(await redis.llen(queue.toKey('wait'))).toBe(1);
    await begin();
    worker.signal('SIGCONT');
    const started = performance.now();
    const charged = await shop.ok(['charge', user, '2', '--key', `${key}:during`]);
    await reportRecovery(36, performance.now() - started);
    expect(performance.now() - started).toBeLessThan(DECIDED_MS);
    expect(charged).toMatchObject({ amount: 2, replayed: false, attempts: 1 });
    expect(await redis.llen(queue.toKey('wait'))).toBeGreaterThan(0);
    expect(await shop.ok<QueueStatus>(['queue', 'status'])).toMatchObject({ redisPaused });

    const stdin = `kind,user,amount\n${`charge,${user},1\n`.repeat(ROWS)}`;
    const batch = await shop.run(['batch', 'run', '-', '--name', key, '--yes', '--json', '--timeout', '1m'], { stdin });
    expect(batch.status, batch.stderr).toBe(0);
    expect(JSON.parse(batch.stdout)).toMatchObject({ total: ROWS, applied: ROWS, replayed: 0 });
    await waitForRecovery(shop, 36, started);

    await end();
    await eventually('every job was taken', async () => {
      const { wait = 0, active = 0 } = await queue.getJobCounts('wait', 'active');
      return wait + active === 0;
    });
    expect(await shop.ok(['charge', user, '3'])).toMatchObject({ amount: 3, attempts: 1 });
    expect(await shop.ok(['charge', user, '2', '--key', `${key}:during`])).toEqual({ ...charged, replayed: true });
    const [outcomes] = await shop.sql<{ applied: number; attempts: number }>(
      'SELECT COUNT(*) AS applied, MAX(attempts) AS attempts FROM outcomes o JOIN requests r ON r.id = o.request_id WHERE r.idempotency_key LIKE ?',
      [`${key}:%`],
    );
    expect(outcomes).toEqual({ applied: ROWS + 2, attempts: 1 });
    await shop.expectSound();
    expect((await worker.stop()).status).toBe(0);
  });

  it('reports the maxmemory and the policy of a full Redis', async () => {
    await redis.config('SET', 'maxmemory', '1');
    try {
      const refused = await shop.refused(['ranking', 'refresh']);
      expect(refused).toMatchObject({
        status: 69,
        code: 'UNAVAILABLE',
        message: expect.stringMatching(/maxmemory of 1B, and its maxmemory-policy is noeviction/),
        details: { maxmemory: 1, maxmemoryPolicy: 'noeviction' },
      });
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
  });

  it('reports that a replica accepts no writes', async () => {
    await redis.replicaof('127.0.0.1', await freePort());
    try {
      const refused = await shop.refused(['ranking', 'refresh']);
      expect(refused).toMatchObject({
        status: 69,
        code: 'UNAVAILABLE',
        message: expect.stringContaining('is a replica: it accepts no writes'),
        hint: expect.stringContaining('SHOP_REDIS_URL'),
      });
    } finally {
      await redis.replicaof('NO', 'ONE');
    }
  });
});
