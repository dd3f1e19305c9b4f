import { once } from 'node:events';

const READY_MS = 30_000;

/** Runs a script of Node to its end; takes the time from before its start to when it has gone and said all. */
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

/** Starts a worker, which ends with the scope; returns once it says that it is ready, or what is waited for instead. */
export async function startWorker(scope, args, { until = /\bready\b/, ...options } = {}) {
  const child = scope.spawn(args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let said = '';
  await new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`no worker in time: ${said}`)), READY_MS);
    for (const stream of [child.stdout, child.stderr]) {
      // read to the end of the worker's life: one whose output nobody takes comes to a halt
      stream.setEncoding('utf8').on('data', (text) => {
        said = (said + text).slice(-10_000);
        if (!until.test(said)) return;
        clearTimeout(limit);
        resolve();
      });
    }
    child.once('exit', (code) => {
      clearTimeout(limit);
      reject(new Error(`the worker ended with ${code}: ${said}`));
    });
  });
  return child;
}
