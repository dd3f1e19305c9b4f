import { rm } from 'node:fs/promises';
import { type Phrase, phrase } from '../domain/phrase.ts';
import { makePrivateFolder } from './files.ts';
import { logFile, type ServerName, TITLES } from './folder.ts';
import type { Host } from './host.ts';
import { logEnd } from './log-file.ts';
import { type Operation, runOperation } from './operation.ts';
import { choosePort, isFreePort } from './ports.ts';
import { awaitReady } from './readiness.ts';
import { inspect, logOf, stop, tailOf } from './services.ts';
import { chooseHost, refuseOtherSource, type ServerPreferences } from './sources.ts';
import type { EnvironmentState } from './state.ts';

export interface ServersOptions extends Partial<ServerPreferences> {
  /** Absolute path of the servers' folder. */
  readonly directory: string;
  readonly say?: (line: Phrase) => void;
  readonly signal?: AbortSignal;
}

/** Servers that are ready. */
export interface Servers {
  /** URL with the account `shop`, which has all rights in the database `shop`. */
  readonly databaseUrl: string;
  /** URL with the account `root`, which may create other databases. */
  readonly rootUrl: string;
  readonly redisUrl: string;
}

export const SERVERS: readonly ServerName[] = ['mysql', 'redis'];
/** Maximum number of attempts to start a server, because another program may take the port first. */
const PORT_ATTEMPTS = 3;
const LINES = 10;

/**
 * Starts MySQL and Redis in the given folder, without a worker. Running servers are left alone.
 *
 * @throws ShopError `CONFIG` if no source of servers is available, or if the options require a source other than the one that has
 * the data; `UNAVAILABLE` if a server does not become ready
 */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const { directory, say = () => undefined, signal } = options;
  const preferences = { servers: 'auto', mysqld: null, redisServer: null, mysqldArguments: [], ...options } as const;
  return runOperation(directory, { say, signal }, (operation) => bringUpServers(operation, preferences));
}

/** Stops the servers in a folder. The servers' data stays. */
export async function stopServers(directory: string): Promise<void> {
  await runOperation(directory, { say: () => undefined }, (operation) => stopServices(operation, SERVERS));
}

/** Starts the servers as `startServers` does, within an operation. */
export async function bringUpServers(operation: Operation, preferences: ServerPreferences): Promise<Servers> {
  const { state, save } = operation;
  refuseOtherSource(operation, preferences);
  const missing = await missingServers(operation);
  if (missing.length > 0) {
    const host = await chooseHost(operation, preferences);
    if (host.kind === 'programs')
      state.programs = { mysqld: host.programs.mysql.path, redisServer: host.programs.redis.path };
    for (const server of missing) await startServer(operation, host, server);
  }
  // a running server is awaited as well, because it may still be starting, or may hang
  for (const server of SERVERS)
    if (!missing.includes(server)) await awaitServer(operation, server, logOf(operation.folder, state, server), 0);
  await save();
  return serversOf(state);
}

/**
 * Stops the services in the given order. Even if one fails, the others are stopped; the first error is thrown at the
 * end.
 */
export async function stopServices(
  { folder, state, save }: Operation,
  services: readonly (keyof EnvironmentState['services'])[],
  stopped: (service: keyof EnvironmentState['services'], how: 'stopped' | 'killed' | 'gone') => void = () => undefined,
): Promise<void> {
  const failures: unknown[] = [];
  for (const service of services) {
    const { running } = state.services[service];
    if (running === null) continue;
    try {
      stopped(service, await stop(folder, service, running));
      state.services[service].running = null;
      await save();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** Returns the servers to start. The remaining processes of a crashed server are stopped first. */
async function missingServers(operation: Operation): Promise<ServerName[]> {
  const { state, say } = operation;
  const missing: ServerName[] = [];
  for (const server of SERVERS) {
    const { running } = state.services[server];
    if (running === null) missing.push(server);
    else if (!(await inspect(running)).alive) {
      say(phrase`${TITLES[server]} was no longer running; starting it again`);
      await stopServices(operation, [server]);
      missing.push(server);
    }
  }
  return missing;
}

async function startServer(operation: Operation, host: Host, server: ServerName): Promise<void> {
  const { state, folder, say, save } = operation;
  await makePrivateFolder(folder.logs);
  await host.prepare(server);
  const service = state.services[server];
  for (let attempt = 1; ; attempt += 1) {
    operation.signal?.throwIfAborted();
    const port = await choosePort(service.port);
    const log = logFile(folder, server);
    const logStart = await logEnd(log);
    try {
      say(phrase`starting ${TITLES[server]} on 127.0.0.1:${port}: ${host.describe(server)}`);
      service.running = await host.start(server, port);
      service.port = port;
      state.dataSource = host.kind;
      await save();
      await awaitServer(operation, server, log, logStart);
      break;
    } catch (error) {
      await stopServices(operation, [server]);
      if (attempt === PORT_ATTEMPTS || (await isFreePort(port))) throw error;
      say(phrase`port ${port} was taken by another program; trying another port`);
    } finally {
      await host.tidy(server);
    }
  }
  operation.onFailure(async () => {
    // commands must not find the URLs of a stopped server
    await rm(folder.environment, { force: true });
    await stopServices(operation, [server]);
  });
  if (host.kind === 'docker' && server === 'mysql') state.volumeReady = true;
  await save();
}

async function awaitServer(operation: Operation, server: ServerName, log: string, logStart: number): Promise<void> {
  const { state, folder, signal } = operation;
  const service = state.services[server];
  const { running } = service;
  if (running === null) throw new Error(`${server} was not started`);
  // loaded on demand, because status, logs and down need no database client
  const { pingDatabase, pingRedis } = await import('../domain/servers/connections.ts');
  const { version } = await awaitReady({
    service: server,
    check: () => (server === 'mysql' ? pingDatabase(databaseUrl(state)) : pingRedis(redisUrl(state))),
    alive: async () => (await inspect(running)).alive,
    lastLines: () => tailOf(folder, state, server, LINES, logStart),
    log,
    signal,
  });
  service.version = version;
}

function serversOf(state: EnvironmentState): Servers {
  return { databaseUrl: databaseUrl(state), rootUrl: rootUrl(state), redisUrl: redisUrl(state) };
}

function databaseUrl({ secrets, services }: EnvironmentState): string {
  return `mysql://shop:${secrets.shop}@127.0.0.1:${services.mysql.port}/shop`;
}

function rootUrl({ secrets, services }: EnvironmentState): string {
  return `mysql://root:${secrets.root}@127.0.0.1:${services.mysql.port}/mysql`;
}

function redisUrl({ secrets, services }: EnvironmentState): string {
  return `redis://:${secrets.redis}@127.0.0.1:${services.redis.port}`;
}
