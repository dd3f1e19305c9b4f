import { containerLines, inspectContainer, removeContainer, stopContainer } from './docker.ts';
import { writePrivateFile } from './files.ts';
import { type Folder, logFile, type ServiceName } from './folder.ts';
import { lastLogLines } from './log-file.ts';
import { isAlive, stopProcess } from './process.ts';
import type { EnvironmentState, Running, Secrets } from './state.ts';

/** How long each may take to end by itself: MySQL writes its pages back, the worker finishes what it has begun. */
const STOP_LIMIT_MS: Readonly<Record<ServiceName, number>> = { mysql: 60_000, redis: 20_000, worker: 15_000 };
const KEPT_LINES = 1000;

/** Whether what was started still runs, and its process id where that means something on this machine. */
export async function inspect(running: Running): Promise<{ alive: boolean; pid: number | null }> {
  if (running.kind === 'process') {
    const alive = await isAlive(running);
    return { alive, pid: alive ? running.pid : null };
  }
  const found = await inspectContainer(running.name);
  if (found === null || !found.running) return { alive: false, pid: null };
  // elsewhere the engine runs in a virtual machine with process ids of its own
  return { alive: true, pid: process.platform === 'linux' ? found.pid : null };
}

/**
 * Stops what was started, by force after the service's limit. A container is removed then, and the end of its log goes
 * to the file that a process would have written.
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

/** Where people find a service's log: a path, or the command that shows it. */
export function logOf(folder: Folder, state: EnvironmentState | null, service: ServiceName): string {
  const container = containerOf(state, service);
  return container === null ? logFile(folder, service) : `docker logs ${container}`;
}

/**
 * The last lines of a service's log, without our passwords.
 *
 * @param from byte of the log to begin at, for the lines since a start; a container's log begins with its start anyway
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
