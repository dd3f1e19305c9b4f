import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';
/**
 * The chosen ports are below those for outgoing connections (from 32768 on Linux, from 49152 on macOS), because an
 * outgoing connection could occupy the port of a stopped server.
 */
const LOWEST = 10_240;
const HIGHEST = 32_767;
const TRIES = 50;

/** Finds a free port on loopback. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await isFreePort(port)) return port;
  }
  return listenOnce(0);
}

/** Checks whether the port is free now. It may be in use a moment later. */
export async function isFreePort(port: number): Promise<boolean> {
  try {
    await listenOnce(port);
    return true;
  } catch {
    return false;
  }
}

/** Returns the remembered port if it is free, and otherwise another free port. */
export async function choosePort(remembered: number | null): Promise<number> {
  return remembered !== null && (await isFreePort(remembered)) ? remembered : freePort();
}

async function listenOnce(port: number): Promise<number> {
  const server = createServer().listen({ host: LOOPBACK, port, exclusive: true });
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
