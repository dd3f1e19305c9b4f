import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/config.ts';
import { docker, inspectContainer, removeContainer, removeVolume } from '../../src/dev/docker.ts';
import { reset, type Servers, type ServiceName, startServers, stopServers } from '../../src/dev/environment.ts';
import { inspect } from '../../src/dev/services.ts';
import type { Running } from '../../src/dev/state.ts';
import { reuseDataDirectory } from './data-directory.ts';
import { hasImages, hasPrograms, kill } from './dev.ts';
import { eventually } from './eventually.ts';

const { dev } = loadConfig();

type Server = Exclude<ServiceName, 'worker'>;

/** Reason why a test can't start server programs with its own arguments and files, or null if it can. */
export const noServerPrograms: string | null =
  dev.servers === 'docker' ? 'servers are to be in Docker' : hasPrograms ? null : 'there are no server programs here';

/** Reason why a test can't have servers that it may kill and restart, or null if it can. */
export const noServersOfOwn: string | null =
  noServerPrograms === null || hasImages() ? null : `${noServerPrograms}, and no images of them`;

/** MySQL and Redis of one test file, as processes or containers. Tests may kill, freeze and restart them. */
export class OwnServers {
  readonly directory: string;
  /** URLs of an account with all rights. They stay the same after a restart. */
  urls: Servers;
  readonly #start: () => Promise<Servers>;

  private constructor(directory: string, urls: Servers, start: () => Promise<Servers>) {
    this.directory = directory;
    this.urls = urls;
    this.#start = start;
  }

  /**
   * @param options `mysqld`: a program instead of the configured one; `mysqldArguments`: additional arguments;
   * `prepare`: called with the folder of the servers before they start.
   */
  static async start({
    prepare,
    ...more
  }: {
    mysqld?: string;
    mysqldArguments?: readonly string[];
    prepare?: (directory: string) => Promise<void>;
  } = {}): Promise<OwnServers> {
    const directory = await mkdtemp(join(tmpdir(), 'shop-faults-'));
    await prepare?.(directory);
    if (noServerPrograms === null && more.mysqld === undefined) await reuseDataDirectory(directory);
    const { mysqld, redisServer } = dev;
    const start = () =>
      noServerPrograms === null
        ? startServers({ directory, servers: 'programs', mysqld, redisServer, ...more })
        : startServers({ directory, servers: 'docker', ...more });
    return new OwnServers(directory, await start(), start);
  }

  /** Starts stopped servers with their data. */
  async startAgain(): Promise<void> {
    const started = [await this.#running('mysql'), await this.#running('redis')];
    // restarts the same container, because a new one takes seconds
    await Promise.all(
      started.map(async (running) => {
        if (running?.kind === 'container' && (await inspectContainer(running.name))?.running === false)
          await docker(['start', running.name]);
      }),
    );
    this.urls = await this.#start();
  }

  /** Stops both servers gracefully. */
  async stop(): Promise<void> {
    await stopServers(this.directory);
  }

  /** Sends SIGKILL and waits for the end of the server. */
  async kill(server: Server): Promise<void> {
    const running = await this.#started(server);
    if (running.kind === 'process') return kill(running.pid);
    await docker(['kill', running.name]);
    await this.#ended(server);
  }

  /** Waits until the server has ended. */
  async #ended(server: Server): Promise<void> {
    const running = await this.#started(server);
    await eventually(`${server} has ended`, async () => !(await inspect(running)).alive);
  }

  /** Freezes the server. The operating system still accepts connections and bytes, but the server does not respond. */
  async freeze(server: Server): Promise<void> {
    const running = await this.#started(server);
    if (running.kind === 'process') process.kill(running.pid, 'SIGSTOP');
    else await docker(['pause', running.name]);
  }

  /** Resumes a frozen server. */
  async thaw(server: Server): Promise<void> {
    const running = await this.#started(server);
    if (running.kind === 'process') process.kill(running.pid, 'SIGCONT');
    else await docker(['unpause', running.name]);
  }

  /** Restarts a killed Redis without its data. */
  async emptyRedis(): Promise<void> {
    const running = await this.#started('redis');
    if (running.kind === 'process') return rm(join(this.directory, 'redis', 'data'), { recursive: true });
    await removeContainer(running.name);
    await removeVolume(running.name);
  }

  /** Stops both servers and removes their data. */
  async remove(): Promise<void> {
    await reset({ ...dev, directory: this.directory });
    await rm(this.directory, { recursive: true, force: true });
  }

  async #started(server: Server): Promise<Running> {
    const running = await this.#running(server);
    if (running === null) throw new Error(`${server} was stopped`);
    return running;
  }

  /** Returns a server that was started and not stopped. The server may have been killed. */
  async #running(server: Server): Promise<Running | null> {
    const state = JSON.parse(await readFile(join(this.directory, 'state.json'), 'utf8'));
    return state.services[server].running;
  }
}
