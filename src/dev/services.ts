import { containerLines, inspectContainer, removeContainer, stopContainer } from './docker.ts';
import { writePrivateFile } from './files.ts';
import { type Folder, logFile, type ServiceName } from './folder.ts';
import { lastLogLines } from './log-file.ts';
import { isAlive, stopProcess } from './process.ts';
import type { EnvironmentState, Running, Secrets } from './state.ts';

/** Time limit for each service to end by itself. During this time, MySQL flushes its pages and the worker drains. */
const STOP_LIMIT_MS: Readonly<Record<ServiceName, number>> = { mysql: 60_000, redis: 20_000, worker: 15_000 };
const KEPT_LINES = 1000;

/**
 * Checks whether a service still runs. The process id is null if the service has ended, or if the id is not valid on
 * this machine.
 */
export async function inspect(running: Running): Promise<{ alive: boolean; pid: number | null }> {
  if (running.kind === 'process') {
    const alive = await isAlive(running);
    return { alive, pid: alive ? running.pid : null };
  }
  const found = await inspectContainer(running.name);
  if (found === null || !found.running) return { alive: false, pid: null };
  // on other systems the engine runs in a virtual machine with its own process ids
  return { alive: true, pid: process.platform === 'linux' ? found.pid : null };
}

/**
 * Stops a service, and kills it if it has not ended within its time limit. The end of a container's log is then written
 * to the service's log file, and the container is removed.
 */
export async function stop(
  folder: Folder,
  service: ServiceName,
  running: Running,
): Promise<'stopped' | 'killed' | 'gone'> {
  const limit = STOP_LIMIT_MS[service];
  if (running.kind === 'process') return stopProcess(running, limit);
  const how = await stopContainer(running.name, limit);
  const lines = await containerLines(running.name, KEPT_LINES);
  if (lines.length > 0) await writePrivateFile(logFile(folder, service), `${lines.join('\n')}\n`);
  await removeContainer(running.name);
  return how;
}

/** Returns the path of a service's log, or the command that shows it. */
export function logOf(folder: Folder, state: EnvironmentState | null, service: ServiceName): string {
  const container = containerOf(state, service);
  return container === null ? logFile(folder, service) : `docker logs ${container}`;
}

/**
 * Reads the last lines of a service's log, with passwords masked.
 *
 * @param from offset of the first byte to read, so that lines from before the latest start are left out. Ignored for a
 * container, because its log begins when the container starts.
 */
export async function tailOf(
  folder: Folder,
  state: EnvironmentState | null,
  service: ServiceName,
  count: number,
  from = 0,
): Promise<string[]> {
  const container = containerOf(state, service);
  const lines =
    container === null
      ? await lastLogLines(logFile(folder, service), count, from)
      : await containerLines(container, count);
  return state === null ? lines : lines.map((line) => withoutSecrets(line, state.secrets));
}

function containerOf(state: EnvironmentState | null, service: ServiceName): string | null {
  const running = state?.services[service].running;
  return running?.kind === 'container' ? running.name : null;
}

function withoutSecrets(line: string, secrets: Secrets): string {
  return Object.values(secrets).reduce((text, secret) => text.replaceAll(secret, '***'), line);
}
