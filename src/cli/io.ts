import { closeSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { type ErrorDetails, ShopError } from '../domain/errors.ts';

/** The three streams of a command. Standard output carries data, and standard error carries messages. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/**
 * Writes data and waits until all of it is written. It is not an error if the reading program has ended, as in
 * `shop order list | head -1`, or if the terminal has hung up.
 *
 * @param details describes the data, for the error's hint.
 * @returns false if nothing reads the output any more, so that further writes are useless.
 * @throws ShopError `OUTPUT_FAILED` if the disk is full or fails.
 */
export async function write(stream: NodeJS.WriteStream, text: string, details: ErrorDetails = {}): Promise<boolean> {
  const error = await attempt(stream, text);
  if (error === null) return true;
  if (isClosed(stream, error)) return false;
  throw new ShopError('OUTPUT_FAILED', { reason: error.message, ...details }, { cause: error });
}

/** Writes a message and waits until it is written. Errors are ignored. */
export async function writeMessage(stream: NodeJS.WriteStream, text: string): Promise<void> {
  await attempt(stream, text);
}

async function attempt(stream: NodeJS.WriteStream, text: string): Promise<NodeJS.ErrnoException | null> {
  // a write, even of an empty string, waits until earlier output is read, which may never happen
  if (text === '') return null;
  return new Promise((resolve) => stream.write(text, (error) => resolve(error ?? null)));
}

function isClosed(stream: NodeJS.WriteStream, { code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'ECONNRESET' || (code === 'EIO' && stream.isTTY === true);
}

/**
 * Makes the two output streams safe to write to. If the disk stores only a part of the output, Node.js would drop the
 * rest; these streams write the rest as well. Errors are left to the caller of each write.
 */
export function prepareOutput({ stdout, stderr }: Streams): void {
  for (const stream of [stdout, stderr] as readonly Writable[]) {
    stream.on('error', () => {});
    if (stream instanceof Socket || !('fd' in stream) || typeof stream.fd !== 'number') continue;
    const { fd } = stream;
    stream._write = (chunk: Buffer, _encoding, done) => {
      try {
        writeFileSync(fd, chunk);
        done();
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    };
  }
}

/**
 * Closes the standard streams whose terminal has hung up. On exit, Node.js restores the settings of the terminals that it was
 * started with, and aborts if that fails.
 */
export function closeHungUpTerminals({ stdin, stdout, stderr }: Streams): void {
  for (const stream of [stdin, stdout, stderr]) {
    if (!stream.isTTY || !('fd' in stream) || typeof stream.fd !== 'number') continue;
    if (!isatty(stream.fd)) closeSync(stream.fd);
  }
}
