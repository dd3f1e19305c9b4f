import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { freePort, isFreePort } from '../../src/dev/ports.ts';
import { isAlive, type StartedProcess, startDetached, stopProcess } from '../../src/dev/process.ts';

const LIMIT = 120_000;
/**
 * Source of a program whose threads hold memory, so that some time passes between the end of the first thread and that
 * of the last.
 */
const MANY_THREADS = `
  const { Worker } = require('node:worker_threads');
  const code = 'globalThis.held = Buffer.alloc(30e6, 1); require("node:worker_threads").parentPort.postMessage(1); setInterval(() => {}, 1000)';
  const workers = Array.from({ length: 12 }, () => new Worker(code, { eval: true }));
  Promise.all(workers.map((worker) => new Promise((done) => worker.once('message', done)))).then(() =>
    require('node:net').createServer().listen(Number(process.argv[1]), '127.0.0.1', () => console.log('up')));
`;

let directory: string;
const started: StartedProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shop process '));
});

afterEach(async () => {
  for (const process of started.splice(0)) await stopProcess(process, 10_000);
  await rm(directory, { recursive: true, force: true });
}, LIMIT);

async function startListener(port: number): Promise<StartedProcess> {
  const log = join(directory, 'log');
  const process = await startDetached(globalThis.process.execPath, ['-e', MANY_THREADS, String(port)], { log });
  started.push(process);
  await expect.poll(() => readFile(log, 'utf8'), { timeout: 60_000 }).toBe('up\n');
  return process;
}

it(
  'waits for the last thread of a process that is ending, so that its port is free afterwards',
  async () => {
    const port = await freePort();
    const listener = await startListener(port);
    expect(await isFreePort(port)).toBe(false);
    process.kill(listener.pid, 'SIGKILL');
    while (await isAlive(listener));
    expect(await stopProcess(listener, 60_000)).toBe('gone');
    expect(await isFreePort(port)).toBe(true);
  },
  LIMIT,
);

it(
  'stops a process, but not another process that has the same pid by now',
  async () => {
    const port = await freePort();
    const listener = await startListener(port);
    expect(await stopProcess({ ...listener, identity: 'another' }, 1_000)).toBe('gone');
    expect(await isAlive(listener)).toBe(true);
    expect(await stopProcess(listener, 60_000)).toBe('stopped');
    expect(await isFreePort(port)).toBe(true);
  },
  LIMIT,
);
