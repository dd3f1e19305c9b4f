import { rm, rmdir } from 'node:fs/promises';
import type { DevConfig } from '../config/config.ts';
import { type Phrase, phrase } from '../domain/phrase.ts';
import { engineVersion } from './docker.ts';
import { removeDockerData } from './docker-host.ts';
import { readIfThere, writePrivateFile } from './files.ts';
import { type Folder, folderOf, type ServiceName } from './folder.ts';
import { type Operation, runOperation } from './operation.ts';
import { bringUpServers, SERVERS, stopServices } from './servers.ts';
import { inspect, logOf, tailOf } from './services.ts';
import { type EnvironmentState, readState } from './state.ts';
import { bringUpWorker, type WorkerCommand, type WorkerTarget } from './worker.ts';

export type { ServiceName } from './folder.ts';
export { type Servers, startServers, stopServers } from './servers.ts';
export type { WorkerCommand } from './worker.ts';

export interface UpOptions {
  readonly dev: DevConfig;
  /** The URLs that were given by hand, both of them: no servers are started then. Null to start servers. */
  readonly urls: WorkerTarget | null;
  /** The worker to start, or null to start (and touch) none. */
  readonly worker: WorkerCommand | null;
  /** Takes each message. */
  readonly say: (line: Phrase) => void;
  /** Ends waiting, stops what this call has started, and has it throw the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface ServiceStatus {
  readonly name: ServiceName;
  /** `crashed`: it was started and not stopped, and is not there. */
  readonly state: 'running' | 'stopped' | 'crashed';
  readonly pid: number | null;
  /** On 127.0.0.1; null where it listens nowhere. */
  readonly port: number | null;
  readonly version: string | null;
  /** Path of its log, or the command that shows it. */
  readonly log: string;
  /** The end of its log where it has crashed, else empty. */
  readonly lastLines: readonly string[];
}

export interface EnvironmentStatus {
  readonly directory: string;
  /** Where the servers came from at the last `up`; null where there was none. */
  readonly source: 'urls' | 'docker' | 'programs' | null;
  /** MySQL, Redis and the worker; only the worker where URLs were given. */
  readonly services: readonly ServiceStatus[];
}

export interface DownReport {
  /** What ran and does no longer. */
  readonly stopped: readonly ServiceName[];
  /** Those of them that did not end in time and were made to. */
  readonly killed: readonly ServiceName[];
}

export interface LogLine {
  readonly service: ServiceName;
  readonly line: string;
}

export interface LogOptions {
  /** One service alone; all where it is left out. */
  readonly service?: ServiceName | undefined;
  /** How many lines of each, counted from the end. */
  readonly lines: number;
}

const SERVICES: readonly ServiceName[] = [...SERVERS, 'worker'];
const CRASH_LINES = 10;

/**
 * Brings the local environment up: servers from the first way there is, then the worker. What runs already is left
 * alone, what is missing or has crashed is started. Where it fails, what it had started is stopped again.
 *
 * @throws ShopError `CONFIG` where there is no way to get servers, `UNAVAILABLE` where something does not come up,
 * `LOCKED` where another run holds the folder for very long
 */
export async function up(options: UpOptions): Promise<EnvironmentStatus> {
  const { dev, urls, worker } = options;
  return runOperation(dev.directory, options, async (operation) => {
    const target = urls === null ? await useOwnServers(operation, dev) : await useGivenServers(operation, urls);
    if (worker !== null) await bringUpWorker(operation, worker, target);
    return statusOf(operation.folder, operation.state);
  });
}

/** Stops the worker and then the servers; their data stays. */
export async function down(dev: DevConfig): Promise<DownReport> {
  const nothing = { stopped: [], killed: [] };
  if ((await readState(folderOf(dev.directory))) === null) return nothing;
  return runOperation(dev.directory, { say: () => undefined }, stopAll);
}

/** What runs, what does not, and what has ended by itself. Changes nothing. */
export async function status(dev: DevConfig): Promise<EnvironmentStatus> {
  const folder = folderOf(dev.directory);
  return statusOf(folder, await readState(folder));
}

/** Stops everything and deletes data, state and logs. */
export async function reset(dev: DevConfig): Promise<DownReport> {
  const folder = folderOf(dev.directory);
  const nothing = { stopped: [], killed: [] };
  const report =
    (await readState(folder)) === null
      ? nothing
      : await runOperation(dev.directory, { say: () => undefined }, resetAll);
  // goes only where nothing else is in it: the folder may have been named by hand
  await rmdir(folder.root).catch(() => undefined);
  return report;
}

/** The last lines of each service's log, oldest first, services one after another. */
export async function logs(dev: DevConfig, { service, lines }: LogOptions): Promise<LogLine[]> {
  const folder = folderOf(dev.directory);
  const state = await readState(folder);
  const result: LogLine[] = [];
  for (const name of service === undefined ? SERVICES : [service]) {
    for (const line of await tailOf(folder, state, name, lines)) result.push({ service: name, line });
  }
  return result;
}

async function useOwnServers(operation: Operation, dev: DevConfig): Promise<WorkerTarget> {
  const { folder } = operation;
  const { databaseUrl, redisUrl } = await bringUpServers(operation, { ...dev, mysqldArguments: [] });
  const content = `${JSON.stringify({ databaseUrl, redisUrl }, null, 2)}\n`;
  if (content !== (await readIfThere(folder.environment))) await writePrivateFile(folder.environment, content);
  return { databaseUrl, redisUrl };
}

/** Servers of our own are stopped, so that nobody works on them by mistake. */
async function useGivenServers(operation: Operation, urls: WorkerTarget): Promise<WorkerTarget> {
  const { state, folder, say, save } = operation;
  const own = SERVERS.filter((server) => state.services[server].running !== null);
  if (own.length > 0) {
    say(phrase('URLs are given: stopping the local servers, whose data stays'));
    await stopServices(operation, ['worker', ...own]);
  }
  await rm(folder.environment, { force: true });
  const { pingDatabase, pingRedis } = await import('../domain/servers/store.ts');
  await pingDatabase(urls.databaseUrl);
  await pingRedis(urls.redisUrl);
  state.source = 'urls';
  await save();
  return urls;
}

async function stopAll(operation: Operation): Promise<DownReport> {
  const stopped: ServiceName[] = [];
  const killed: ServiceName[] = [];
  await stopServices(operation, ['worker', ...SERVERS], (service, how) => {
    if (how !== 'gone') stopped.push(service);
    if (how === 'killed') killed.push(service);
  });
  // without the file a command says that nothing is up, with it that a server can't be reached
  await rm(operation.folder.environment, { force: true });
  return { stopped, killed };
}

async function resetAll(operation: Operation): Promise<DownReport> {
  const { folder, state } = operation;
  const report = await stopAll(operation);
  if (state.dataSource === 'docker' || (await engineVersion()) !== null) await removeDockerData(folder);
  for (const part of [folder.mysql, folder.redis, folder.logs, folder.environment, folder.state]) {
    await rm(part, { recursive: true, force: true });
  }
  return report;
}

async function statusOf(folder: Folder, state: EnvironmentState | null): Promise<EnvironmentStatus> {
  const source = state?.source ?? null;
  const names = source === 'urls' ? (['worker'] as const) : SERVICES;
  const services: ServiceStatus[] = [];
  for (const name of names) services.push(await serviceStatus(folder, state, name));
  return { directory: folder.root, source, services };
}

async function serviceStatus(
  folder: Folder,
  state: EnvironmentState | null,
  name: ServiceName,
): Promise<ServiceStatus> {
  const service = state?.services[name] ?? { running: null, port: null, version: null };
  const seen = service.running === null ? null : await inspect(service.running);
  const condition = seen === null ? 'stopped' : seen.alive ? 'running' : 'crashed';
  return {
    name,
    state: condition,
    pid: seen?.pid ?? null,
    port: service.port,
    version: service.version,
    log: logOf(folder, state, name),
    lastLines: condition === 'crashed' ? await tailOf(folder, state, name, CRASH_LINES) : [],
  };
}
