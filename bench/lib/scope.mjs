import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** Time after which a child process is killed; longer than a worker takes to drain. */
const END_MS = 10_000;
const open = new Set();

/**
 * Resources that a benchmark has opened. They are closed in reverse order when the benchmark ends or is interrupted.
 */
class Scope {
  #releasers = [];
  #closed = null;
  #stop = new AbortController();

  /** Aborts when the run is interrupted. */
  get signal() {
    return this.#stop.signal;
  }

  add(release) {
    this.#releasers.push(release);
  }

  /** Starts a program that ends with the scope. */
  spawn(args, options) {
    this.signal.throwIfAborted();
    const child = spawn(process.execPath, args, options);
    this.add(() => end(child));
    return child;
  }

  abort() {
    this.#stop.abort(new Error('interrupted'));
  }

  /** Closes all resources, and then throws the first error, if any. */
  close() {
    this.#closed ??= this.#release();
    return this.#closed;
  }

  async #release() {
    const errors = [];
    for (const release of this.#releasers.reverse()) {
      try {
        await release();
      } catch (error) {
        errors.push(error);
      }
    }
    open.delete(this);
    if (errors.length > 0) throw errors[0];
  }
}

/** Runs `work` with its own scope and closes the scope afterwards. */
export async function withScope(work) {
  const scope = new Scope();
  open.add(scope);
  try {
    return await work(scope);
  } finally {
    await scope.close();
  }
}

/** Ends a child process: SIGTERM first, SIGKILL if it does not exit in time. */
export async function end(child) {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const inTime = await Promise.race([ended.then(() => true), delay(END_MS, false, { ref: false })]);
  if (!inTime) child.kill('SIGKILL');
  await ended;
}

/** Installs handlers that close all open scopes on SIGINT and SIGTERM and then exit. */
export function closeOnSignals() {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]) {
    process.once(signal, async () => {
      for (const scope of open) scope.abort();
      await Promise.allSettled([...open].map((scope) => scope.close()));
      process.exit(code);
    });
  }
}
