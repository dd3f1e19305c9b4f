import { once } from 'node:events';

const READY_MS = 30_000;

/**
 * Runs a Node.js script to its end. Measures the time from just before its start until it has exited and its output is
 * read.
 */
export async function runNode(scope, args, options = {}) {
  const started = performance.now();
  const child = scope.spawn(args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const output = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    child[stream].setEncoding('utf8').on('data', (text) => {
      output[stream] += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, ms: performance.now() - started, ...output };
}

/**
 * Starts a worker that ends with the scope. Resolves when the output of the worker matches `until`, which by default is
 * the word `ready`.
 */
export async function startWorker(scope, args, { until = /\bready\b/, ...options } = {}) {
  const child = scope.spawn(args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let output = '';
  await new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`no worker in time: ${output}`)), READY_MS);
    for (const stream of [child.stdout, child.stderr]) {
      // the output is read until the worker ends, because a full pipe would block the worker
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-10_000);
        if (!until.test(output)) return;
        clearTimeout(limit);
        resolve();
      });
    }
    child.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`the worker ended with ${code}: ${output}`));
    });
  });
  return child;
}
