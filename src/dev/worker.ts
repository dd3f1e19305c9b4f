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

/** The program that runs the worker; it takes the environment of this process. */
export interface WorkerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** Whatever else tells one worker from another, such as its build; a change of it starts the worker anew. */
  readonly identity?: string;
}

/** What a worker works on. */
export interface WorkerTarget {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/** The worker of this checkout, for the shop with this prefix. */
export function shopWorker(prefix: string): WorkerCommand {
  return {
    command: process.execPath,
    args: [join(packageDirectory, 'bin/shop.js'), 'worker'],
    // a worker of another shop on the same servers, or of an older build, is not the one that is wanted
    identity: `${prefix} ${statSync(join(packageDirectory, 'dist/main.cjs'), { throwIfNoEntry: false })?.mtimeMs}`,
  };
}

/** One of these in its log says that the worker runs: it applies requests, waits for another one to leave, or for `queue resume`. */
const READY = /"msg":"(worker ready|standing by|the queue is paused)/;
const LINES = 10;

/**
 * Starts the worker where none runs, or one that works on other servers than `target`, and waits until it is ready.
 *
 * @throws ShopError `UNAVAILABLE` where it ends or does not get ready
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
        ? phrase('starting the worker again, for its servers or its program have changed')
        : phrase('the worker had crashed; starting it again'),
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
