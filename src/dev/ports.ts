import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';
/**
 * Below what systems give to outgoing connections (from 32768 on Linux, 49152 on macOS): one of those may sit on a port
 * while its server is away, and the server would have to come back elsewhere.
 */
const LOWEST = 10_240;
const HIGHEST = 32_767;
const TRIES = 50;

/** A port on loopback that nobody listens on right now. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries++) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await isFreePort(port)) return port;
  }
  return listenOnce(0);
}

/** True where nobody listens on the port right now; it may be taken a moment later. */
export async function isFreePort(port: number): Promise<boolean> {
  try {
    await listenOnce(port);
    return true;
  } catch {
    return false;
  }
}

/** The remembered port where it is still free, else another one. */
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
