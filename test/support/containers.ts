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

/** Servers in containers, and how to be rid of them. */
export interface Containers extends ServerUrls {
  readonly remove: () => Promise<void>;
}

/**
 * Starts MySQL and Redis by testcontainers, with the settings of the local environment, and waits until they answer.
 * What has to be pulled is said first.
 */
export async function startContainers(say: (line: string) => void): Promise<Containers> {
  await haveReaper(say);
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
  // both to their end, so that none comes up when the other has failed and what was started is removed
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
      // the server that only makes the data directory says the same of no port
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
 * The reaper removes the containers of a run that was killed. It has an image of its own, without which an engine that
 * can't pull would be of no use.
 */
async function haveReaper(say: (line: string) => void): Promise<void> {
  try {
    await getReaper(await getContainerRuntimeClient());
  } catch (error) {
    say(`without the reaper of testcontainers, so that a run that is killed leaves its containers: ${error}`);
    process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  }
}
