import { setTimeout as delay } from 'node:timers/promises';
import { addStandardJob } from 'bullmq/dist/esm/scripts/addStandardJob-9.js';
import { Redis } from 'ioredis';
import type { FaultShop } from '../support/fault-shop.ts';
import type { OwnServers } from '../support/own-servers.ts';
import { script } from '../support/protocols.ts';
import type { SupervisedWorkers } from './supervised-workers.ts';

/** Servers, proxies and workers that a fault can affect. */
export interface Targets {
  readonly faulty: FaultShop;
  readonly servers: OwnServers;
  readonly workers: SupervisedWorkers;
  /** Returns a whole number from 0 up to, but not including, the argument. */
  readonly random: (below: number) => number;
}

const ADD_JOB = script(addStandardJob.content);
/** Time limit for a command that may never arrive, because servers are down. */
const COMMAND_LIMIT_MS = 5_000;

/** Faults by name. Each function starts a fault and ends it; the program must recover by itself. */
export const FAULTS: Readonly<Record<string, (targets: Targets) => Promise<void>>> = {
  'a worker is killed': async ({ workers, random }) => workers.signal(random(2), 'SIGKILL'),
  'a worker gets SIGTERM': async ({ workers, random }) => workers.signal(random(2), 'SIGTERM'),
  'a worker gets SIGTERM twice': async ({ workers, random }) => {
    const index = random(2);
    workers.signal(index, 'SIGTERM');
    await delay(random(200));
    workers.signal(index, 'SIGTERM');
  },
  'a worker is frozen': async ({ workers, random }) => {
    const index = random(2);
    workers.signal(index, 'SIGSTOP');
    // the pause is sometimes shorter and sometimes longer than the limit after which the server ends an idle
    // transaction
    await delay(500 + random(7_500));
    workers.signal(index, 'SIGCONT');
  },
  'mysqld is killed': async ({ faulty, servers, random }) => {
    await servers.kill('mysql');
    await delay(random(3_000));
    await servers.startAgain();
    await faulty.shop.reconnect();
  },
  'mysqld is frozen': async ({ servers, random }) => {
    await servers.freeze('mysql');
    await delay(500 + random(5_000));
    await servers.thaw('mysql');
  },
  'Redis is killed': async ({ servers, random }) => {
    await servers.kill('redis');
    await delay(random(3_000));
    await servers.startAgain();
  },
  'Redis is frozen': async ({ servers, random }) => {
    await servers.freeze('redis');
    await delay(500 + random(4_000));
    await servers.thaw('redis');
  },
  'Redis is wiped': async ({ faulty }) => {
    const redis = new Redis(faulty.shop.redisUrl);
    await redis.flushall();
    await redis.quit();
  },
  'connections to MySQL are cut': async ({ faulty }) => faulty.mysql.cut(),
  'connections to Redis are cut': async ({ faulty }) => faulty.redis.cut(),
  'MySQL is slow': async ({ faulty, random }) => {
    faulty.mysql.delay(20 + random(80));
    await delay(2_000 + random(2_000));
    faulty.mysql.delay(0);
  },
  'packets to MySQL are lost': async ({ faulty, random }) => {
    faulty.mysql.pause();
    await delay(500 + random(5_000));
    faulty.mysql.resume();
  },
  'packets to Redis are lost': async ({ faulty, random }) => {
    faulty.redis.pause();
    await delay(500 + random(4_000));
    faulty.redis.resume();
  },
  'the response to a COMMIT is lost': ({ faulty }) => withTimeLimit(faulty.mysql.dropReply('COMMIT')),
  'a connection is cut before its COMMIT': ({ faulty }) =>
    withTimeLimit(faulty.mysql.hold('COMMIT').then((held) => held.discard())),
  'the response to an enqueue is lost': ({ faulty }) => withTimeLimit(faulty.redis.dropReply(ADD_JOB)),
  'the lane loses its connection': async ({ faulty }) => {
    for (const id of await faulty.shop.connections()) await faulty.shop.sql('KILL ?', [id]).catch(ignoreLostSession);
  },
  'rows are locked by others': async ({ faulty, random }) => {
    const connection = await faulty.shop.connection();
    try {
      await connection.query('BEGIN');
      await connection.query('SELECT id FROM products ORDER BY id LIMIT 1 FOR UPDATE');
      await delay(random(4_000));
      // locks the rows in the opposite order of the lane, so that either this session or the lane loses a deadlock
      await connection.query('SELECT id FROM users ORDER BY id LIMIT 1 FOR UPDATE').catch(ignoreLostSession);
    } finally {
      connection.destroy();
    }
  },
};

/** Ignores the error of a session that the server has ended or that has lost a deadlock. */
function ignoreLostSession(): void {}

async function withTimeLimit(done: Promise<void>): Promise<void> {
  const limit = new AbortController();
  await Promise.race([done, delay(COMMAND_LIMIT_MS, undefined, { signal: limit.signal })]);
  limit.abort();
}
