import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { packageDirectory } from '../config/directories.ts';
import { phrase } from '../domain/phrase.ts';
import { makePrivateFolder } from './files.ts';
import { logFile } from './folder.ts';
import { logEnd, readLog } from './log-file.ts';
import type { Operation } from './operation.ts';
import { startDetached } from './process.ts';
import { awaitReady } from './readiness.ts';
import { stopServices } from './servers.ts';
import { inspect, tailOf } from './services.ts';

/** Command that starts the worker, in the environment of this process. */
export interface WorkerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Other properties of the worker, such as its build. A change restarts the worker. */
  readonly identity?: string;
}

/** Servers that a worker uses. */
export interface WorkerTarget {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/** Returns the command for the worker of this package, for the shop with this prefix. */
export function shopWorker(prefix: string): WorkerCommand {
  return {
    command: process.execPath,
    args: [join(packageDirectory, 'bin/shop.js'), 'worker'],
    // a worker of another prefix or build must be restarted; the ctime is used, because npm gives all installed files the same mtime
    identity: `${prefix} ${statSync(join(packageDirectory, 'dist/main.cjs'), { throwIfNoEntry: false })?.ctimeMs}`,
  };
}

/** Matches the log messages of a worker that is ready: it applies requests, is on standby, or waits for `queue resume`. */
const READY = /"msg":"(worker ready|standing by|the queue is paused)/;
const LINES = 10;

/**
 * Starts the worker and waits until it is ready. A running worker is left alone, unless its servers or its program have
 * changed.
 *
 * @throws ShopError `UNAVAILABLE` if the worker ends or does not become ready
 */
export async function bringUpWorker(operation: Operation, worker: WorkerCommand, target: WorkerTarget): Promise<void> {
  const { state, folder, say, save, signal } = operation;
  const service = state.services.worker;
  const fingerprint = fingerprintOf(target, worker);
  if (service.running !== null) {
    const { alive } = await inspect(service.running);
    if (alive && service.target === fingerprint) return;
    say(
      alive
        ? phrase('restarting the worker, because its program or its servers have changed')
        : phrase('the worker was no longer running; starting it again'),
    );
    await stopServices(operation, ['worker']);
  }
  await makePrivateFolder(folder.logs);
  const log = logFile(folder, 'worker');
  const start = await logEnd(log);
  say(phrase('starting the worker'));
  const running = { kind: 'process', ...(await startDetached(worker.command, worker.args, { log })) } as const;
  service.running = running;
  service.target = fingerprint;
  operation.onFailure(() => stopServices(operation, ['worker']));
  await save();
  await awaitReady({
    service: 'worker',
    check: async () => (READY.test(await readLog(log, start)) ? true : null),
    alive: async () => (await inspect(running)).alive,
    lastLines: () => tailOf(folder, state, 'worker', LINES, start),
    log,
    signal,
  });
}

function fingerprintOf({ databaseUrl, redisUrl }: WorkerTarget, { command, args, identity }: WorkerCommand): string {
  const all = JSON.stringify([databaseUrl, redisUrl, command, args, identity ?? null]);
  return createHash('sha256').update(all).digest('hex');
}
