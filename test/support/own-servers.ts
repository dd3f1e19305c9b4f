import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/config.ts';
import { docker, inspectContainer, removeContainer, removeVolume } from '../../src/dev/docker.ts';
import { reset, type Servers, type ServiceName, startServers, stopServers } from '../../src/dev/environment.ts';
import { inspect } from '../../src/dev/services.ts';
import type { Running } from '../../src/dev/state.ts';
import { takeData } from './data-directory.ts';
import { hasImages, hasPrograms, kill } from './dev.ts';
import { eventually } from './eventually.ts';

const { dev } = loadConfig();

type Server = Exclude<ServiceName, 'worker'>;

/** Why a test can have no server programs with arguments and files of its own, or null where it can. */
export const noServerPrograms: string | null =
  dev.servers === 'docker' ? 'servers are to be in Docker' : hasPrograms ? null : 'there are no server programs here';

/** Why a test can have no servers that it may kill and start again, or null where it can. */
export const noServersOfOwn: string | null =
  noServerPrograms === null || hasImages() ? null : `${noServerPrograms}, and no images of them`;

/** MySQL and Redis of one test file, processes or else containers, which may be killed, frozen and started again. */
export class OwnServers {
  readonly directory: string;
  /** Who may do everything, and where; a server that comes back has the same URL as before. */
  urls: Servers;
  readonly #start: () => Promise<Servers>;

  private constructor(directory: string, urls: Servers, start: () => Promise<Servers>) {
    this.directory = directory;
    this.urls = urls;
    this.#start = start;
  }

  /**
   * @param options `mysqld`: a program instead of the configured one; `mysqldArguments`: further ones of it;
   * `prepare`: called with the folder that they are to live in.
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
    if (noServerPrograms === null && more.mysqld === undefined) await takeData(directory);
    const { mysqld, redisServer } = dev;
    const start = () =>
      noServerPrograms === null
        ? startServers({ directory, servers: 'programs', mysqld, redisServer, ...more })
        : startServers({ directory, servers: 'docker', ...more });
    return new OwnServers(directory, await start(), start);
  }

  /** Starts what does not run, on its data. */
  async startAgain(): Promise<void> {
    const started = [await this.#running('mysql'), await this.#running('redis')];
    // at once, as a process would be there again; a new container takes seconds
    await Promise.all(
      started.map(async (running) => {
        if (running?.kind === 'container' && (await inspectContainer(running.name))?.running === false)
          await docker(['start', running.name]);
      }),
    );
    this.urls = await this.#start();
  }

  /** Lets both end by themselves. */
  async stop(): Promise<void> {
    await stopServers(this.directory);
  }

  /** SIGKILL; returns when it is gone. */
  async kill(server: Server): Promise<void> {
    const running = await this.#started(server);
    if (running.kind === 'process') return kill(running.pid);
    await docker(['kill', running.name]);
    await this.#ended(server);
  }

  /** Waits until it has ended. */
  async #ended(server: Server): Promise<void> {
    const running = await this.#started(server);
    await eventually(`${server} has ended`, async () => !(await inspect(running)).alive);
  }

  /** It takes connections and bytes, by the system, and does nothing with them. */
  async freeze(server: Server): Promise<void> {
    const running = await this.#started(server);
    if (running.kind === 'process') process.kill(running.pid, 'SIGSTOP');
    else await docker(['pause', running.name]);
  }

  /** Lets one that is frozen go on. */
  async thaw(server: Server): Promise<void> {
    const running = await this.#started(server);
    if (running.kind === 'process') process.kill(running.pid, 'SIGCONT');
    else await docker(['unpause', running.name]);
  }

  /** Has a Redis that was killed come back without its data. */
  async emptyRedis(): Promise<void> {
    const running = await this.#started('redis');
    if (running.kind === 'process') return rm(join(this.directory, 'redis', 'data'), { recursive: true });
    await removeContainer(running.name);
    await removeVolume(running.name);
  }

  /** Stops both and removes their data. */
  async remove(): Promise<void> {
    await reset({ ...dev, directory: this.directory });
    await rm(this.directory, { recursive: true, force: true });
  }

  async #started(server: Server): Promise<Running> {
    const running = await this.#running(server);
    if (running === null) throw new Error(`${server} was stopped`);
    return running;
  }

  /** What was started and not stopped, killed or not. */
  async #running(server: Server): Promise<Running | null> {
    const state = JSON.parse(await readFile(join(this.directory, 'state.json'), 'utf8'));
    return state.services[server].running;
  }
}
