import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { phrase } from '../domain/phrase.ts';
import { docker, removeContainer, removeVolume } from './docker.ts';
import { makePrivateFolder, writePrivateFile } from './files.ts';
import type { Folder, ServerName } from './folder.ts';
import type { DockerHost } from './host.ts';
import { serverSettings } from './mysql-server.ts';
import { redisConf } from './redis-server.ts';
import type { Running, Secrets } from './state.ts';

export const IMAGES: Readonly<Record<ServerName, string>> = { mysql: 'mysql:9.7', redis: 'redis:8' };

const CONF_IN_CONTAINER = '/etc/shop-redis.conf';

export interface DockerHostOptions {
  readonly folder: Folder;
  readonly secrets: Secrets;
  /** False if the MySQL volume may be incomplete. */
  readonly volumeReady: boolean;
  readonly mysqldArguments: readonly string[];
}

/** Returns the name of a server's container and volume. It depends on the folder, so that checkouts don't collide. */
function dockerName(folder: Folder, server: ServerName): string {
  const hash = createHash('sha256').update(realpathSync(folder.root)).digest('hex').slice(0, 12);
  return `shop-${hash}-${server}`;
}

/** Returns a host for servers in containers, with their data in named volumes and ports only on loopback. */
export function dockerHost({ folder, secrets, volumeReady, mysqldArguments }: DockerHostOptions): DockerHost {
  const environmentFile = join(folder.mysql, 'container.env');
  const confFile = join(folder.redis, 'container.conf');

  async function create(
    server: ServerName,
    port: number,
    inside: { port: number; data: string },
    options: string[],
    args: string[],
  ) {
    const name = dockerName(folder, server);
    await removeContainer(name);
    const run = ['--name', name, '--label', `shop.dev=${folder.root}`, '--restart', 'no'];
    const reach = ['--publish', `127.0.0.1:${port}:${inside.port}`, '--volume', `${name}:${inside.data}`];
    await docker(['volume', 'create', '--label', `shop.dev=${folder.root}`, name]);
    await docker(['create', ...run, ...reach, ...options, IMAGES[server], ...args]);
    return name;
  }

  async function createMysql(port: number): Promise<string> {
    // the password is in a file, because every user of the machine could read it on the command line
    await writePrivateFile(
      environmentFile,
      `MYSQL_ROOT_PASSWORD=${secrets.root}\nMYSQL_DATABASE=shop\nMYSQL_USER=shop\nMYSQL_PASSWORD=${secrets.shop}\n`,
    );
    return create(
      'mysql',
      port,
      { port: 3306, data: '/var/lib/mysql' },
      ['--env-file', environmentFile],
      [...serverSettings(), ...mysqldArguments],
    );
  }

  async function createRedis(port: number): Promise<string> {
    const inside = { port: 6379, data: '/data' };
    const name = await create('redis', port, inside, [], ['redis-server', CONF_IN_CONTAINER]);
    await writePrivateFile(
      confFile,
      redisConf({ bind: '*', port: 6379, directory: '/data', password: secrets.redis, log: '' }),
    );
    // the image's user must be able to read the copy in the container; on this machine the private folder protects the
    // file
    await chmod(confFile, 0o644);
    await docker(['cp', confFile, `${name}:${CONF_IN_CONTAINER}`]);
    return name;
  }

  return {
    kind: 'docker',
    describe: (server) => phrase`${IMAGES[server]} in Docker`,
    async prepare(server) {
      await makePrivateFolder(folder[server]);
      if (server === 'mysql' && !volumeReady) {
        const name = dockerName(folder, server);
        await removeContainer(name);
        await removeVolume(name);
      }
    },
    async start(server, port): Promise<Running> {
      const name = server === 'mysql' ? await createMysql(port) : await createRedis(port);
      try {
        await docker(['start', name]);
      } catch (error) {
        await removeContainer(name);
        throw error;
      }
      return { kind: 'container', name };
    },
    async tidy(server) {
      await rm(server === 'mysql' ? environmentFile : confFile, { force: true });
    },
  };
}

/** Removes the containers and volumes of a folder. */
export async function removeDockerData(folder: Folder): Promise<void> {
  for (const server of ['mysql', 'redis'] as const) {
    await removeContainer(dockerName(folder, server));
    await removeVolume(dockerName(folder, server));
  }
}
