import { rm, rmdir } from 'node:fs/promises';
import type { DevConfig } from '../config/config.ts';
import type { Phrase } from '../domain/phrase.ts';
import { engineVersion } from './docker.ts';
import { removeDockerData } from './docker-host.ts';
import { readIfThere, writePrivateFile } from './files.ts';
import { type Folder, folderOf, type ServiceName } from './folder.ts';
import type { Host } from './host.ts';
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
  /** The worker to start, or null to leave the worker alone. */
  readonly worker: WorkerCommand | null;
  /** Receives each message. */
  readonly say: (line: Phrase) => void;
  /** Aborts the call, which then stops the services that it has started and throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface ServiceStatus {
  readonly name: ServiceName;
  /** `crashed` means that the service was started and is not running, but was not stopped by `dev down`. */
  readonly state: 'running' | 'stopped' | 'crashed';
  readonly pid: number | null;
  /** Port on 127.0.0.1; null if the service has none. */
  readonly port: number | null;
  readonly version: string | null;
  /** Path of the service's log, or the command that shows it. */
  readonly log: string;
  /** The last lines of the service's log if the service has crashed; otherwise empty. */
  readonly lastLines: readonly string[];
}

export interface EnvironmentStatus {
  readonly directory: string;
  /** Source of the servers and of their data; null before the first `up`. */
  readonly source: Host['kind'] | null;
  /** MySQL, Redis and the worker. */
  readonly services: readonly ServiceStatus[];
}

export interface DownReport {
  /** Services that were running and have been stopped. */
  readonly stopped: readonly ServiceName[];
  /** Services that did not end in time and were killed. */
  readonly killed: readonly ServiceName[];
}

export interface LogLine {
  readonly service: ServiceName;
  readonly line: string;
}

export interface LogOptions {
  /** The service whose log is read; all services by default. */
  readonly service?: ServiceName | undefined;
  /** Number of lines per service, from the end. */
  readonly lines: number;
}

const SERVICES: readonly ServiceName[] = [...SERVERS, 'worker'];
const CRASH_LINES = 10;

/**
 * Starts the local environment: servers from the first available source, then the worker. Missing or crashed services
 * are started. Running services are left alone, except a worker whose servers or program have changed. On failure, the
 * services that this call has started are stopped again.
 *
 * @throws ShopError `CONFIG` if no source of servers is available, or if the settings require a source other than the one that has
 * the data; `UNAVAILABLE` if a service does not become ready; `LOCKED` if another command holds the folder's lock for more than ten
 * minutes
 */
export async function up(options: UpOptions): Promise<EnvironmentStatus> {
  const { dev, worker } = options;
  return runOperation(dev.directory, options, async (operation) => {
    const target = await useServers(operation, dev);
    if (worker !== null) await bringUpWorker(operation, worker, target);
    return statusOf(operation.folder, operation.state);
  });
}

/** Stops the worker and then the servers. The servers' data stays. */
export async function down(dev: DevConfig): Promise<DownReport> {
  const nothing = { stopped: [], killed: [] };
  if ((await readState(folderOf(dev.directory))) === null) return nothing;
  return runOperation(dev.directory, { say: () => undefined }, stopAll);
}

/** Reads the state of the services, without changing anything. */
export async function status(dev: DevConfig): Promise<EnvironmentStatus> {
  const folder = folderOf(dev.directory);
  return statusOf(folder, await readState(folder));
}

/** Stops everything and deletes data, state and logs, and the folder if it has no other files. */
export async function reset(dev: DevConfig): Promise<DownReport> {
  const folder = folderOf(dev.directory);
  const nothing = { stopped: [], killed: [] };
  const report =
    (await readState(folder)) === null
      ? nothing
      : await runOperation(dev.directory, { say: () => undefined }, resetAll);
  // the removal fails if the folder has other files; these must stay, because the user may have chosen the folder
  await rmdir(folder.root).catch(() => undefined);
  return report;
}

/** Reads the last lines of the services' logs, one service after another. */
export async function logs(dev: DevConfig, { service, lines }: LogOptions): Promise<LogLine[]> {
  const folder = folderOf(dev.directory);
  const state = await readState(folder);
  const result: LogLine[] = [];
  for (const name of service === undefined ? SERVICES : [service]) {
    for (const line of await tailOf(folder, state, name, lines)) result.push({ service: name, line });
  }
  return result;
}

async function useServers(operation: Operation, dev: DevConfig): Promise<WorkerTarget> {
  const { folder } = operation;
  const { databaseUrl, redisUrl } = await bringUpServers(operation, { ...dev, mysqldArguments: [] });
  const content = `${JSON.stringify({ databaseUrl, redisUrl }, null, 2)}\n`;
  if (content !== (await readIfThere(folder.environment))) await writePrivateFile(folder.environment, content);
  return { databaseUrl, redisUrl };
}

async function stopAll(operation: Operation): Promise<DownReport> {
  const stopped: ServiceName[] = [];
  const killed: ServiceName[] = [];
  await stopServices(operation, ['worker', ...SERVERS], (service, how) => {
    if (how !== 'gone') stopped.push(service);
    if (how === 'killed') killed.push(service);
  });
  // without the file, commands report that no environment is running, not that a server is unavailable
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
  const services: ServiceStatus[] = [];
  for (const name of SERVICES) services.push(await serviceStatus(folder, state, name));
  return { directory: folder.root, source: state?.dataSource ?? null, services };
}

async function serviceStatus(
  folder: Folder,
  state: EnvironmentState | null,
  name: ServiceName,
): Promise<ServiceStatus> {
  const service = state?.services[name] ?? { running: null, port: null, version: null };
  const inspected = service.running === null ? null : await inspect(service.running);
  const condition = inspected === null ? 'stopped' : inspected.alive ? 'running' : 'crashed';
  return {
    name,
    state: condition,
    pid: inspected?.pid ?? null,
    port: service.port,
    version: service.version,
    log: logOf(folder, state, name),
    lastLines: condition === 'crashed' ? await tailOf(folder, state, name, CRASH_LINES) : [],
  };
}
