import { randomBytes } from 'node:crypto';
import {
  GenericContainer,
  getContainerRuntimeClient,
  getReaper,
  type StartedTestContainer,
  Wait,
} from 'testcontainers';
import { IMAGES } from '../../src/dev/docker-host.ts';
import { serverSettings } from '../../src/dev/mysql-server.ts';
import { redisConf } from '../../src/dev/redis-server.ts';
import type { ServerUrls } from './shop.ts';

const CONF = '/etc/shop-redis.conf';
const START_LIMIT_MS = 240_000;

/** Servers in containers, with a function that removes them. */
export interface Containers extends ServerUrls {
  readonly remove: () => Promise<void>;
}

/**
 * Starts MySQL and Redis with testcontainers and the settings of the local environment, and waits until they respond.
 * Prints which images must be pulled first.
 */
export async function startContainers(say: (line: string) => void): Promise<Containers> {
  await ensureReaper(say);
  const started: StartedTestContainer[] = [];
  const remove = async () => {
    await Promise.all(started.map((container) => container.stop()));
  };
  const start = async (container: GenericContainer) => {
    const running = await container.withStartupTimeout(START_LIMIT_MS).start();
    started.push(running);
    return running;
  };
  const password = randomBytes(12).toString('hex');
  // awaits both starts, so that no server starts after the other has failed and was removed
  const [mysql, redis] = await Promise.allSettled([start(mysqlOf(password)), start(redisOf(password))]);
  if (mysql.status === 'rejected' || redis.status === 'rejected') {
    await remove();
    throw mysql.status === 'rejected' ? mysql.reason : redis.status === 'rejected' && redis.reason;
  }
  return {
    rootUrl: `mysql://root:${password}@${addressOf(mysql.value, 3306)}/mysql`,
    redisUrl: `redis://:${password}@${addressOf(redis.value, 6379)}`,
    remove,
  };
}

function mysqlOf(password: string): GenericContainer {
  return (
    new GenericContainer(IMAGES.mysql)
      .withEnvironment({ MYSQL_ROOT_PASSWORD: password })
      .withCommand(serverSettings())
      .withExposedPorts(3306)
      // the temporary server that initializes the data directory logs the same line, but without a port
      .withWaitStrategy(Wait.forLogMessage(/ready for connections\..* port: 3306\b/))
  );
}

function redisOf(password: string): GenericContainer {
  const conf = redisConf({ bind: '*', port: 6379, directory: '/data', password, log: '' });
  return new GenericContainer(IMAGES.redis)
    .withCopyContentToContainer([{ content: conf, target: CONF, mode: 0o644 }])
    .withCommand(['redis-server', CONF])
    .withExposedPorts(6379)
    .withWaitStrategy(Wait.forLogMessage('Ready to accept connections'));
}

function addressOf(container: StartedTestContainer, port: number): string {
  return `${container.getHost()}:${container.getMappedPort(port)}`;
}

/**
 * Starts the reaper of testcontainers, which removes the containers of a killed run. If the image of the reaper can't
 * be pulled, the tests run without the reaper.
 */
async function ensureReaper(say: (line: string) => void): Promise<void> {
  try {
    await getReaper(await getContainerRuntimeClient());
  } catch (error) {
    say(`without the reaper of testcontainers; a killed run will leave its containers: ${error}`);
    process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  }
}
