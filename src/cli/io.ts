import { closeSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';
import { type ErrorDetails, ShopError } from '../domain/errors.ts';

/** The three streams of a command. Standard output is data, standard error is messages. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/**
 * Writes data and waits until it is written whole. A reader that has seen enough, as in `shop order list | head -1`, is no
 * error; nor is a terminal that has hung up.
 *
 * @param details name what the data is about, for the error's hint.
 * @throws ShopError `OUTPUT_FAILED` if the disk is full, or fails.
 */
export async function write(stream: NodeJS.WriteStream, text: string, details: ErrorDetails = {}): Promise<void> {
  const error = await attempt(stream, text);
  if (error === null || isClosed(stream, error)) return;
  throw new ShopError('OUTPUT_FAILED', { reason: error.message, ...details }, { cause: error });
}

/** Writes a message and waits until it is written; a message that can't be written changes nothing. */
export async function writeMessage(stream: NodeJS.WriteStream, text: string): Promise<void> {
  await attempt(stream, text);
}

function attempt(stream: NodeJS.WriteStream, text: string): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => stream.write(text, (error) => resolve(error ?? null)));
}

function isClosed(stream: NodeJS.WriteStream, { code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'ECONNRESET' || (code === 'EIO' && stream.isTTY === true);
}

/**
 * Makes the two output streams safe to write to. Where the disk takes only a part of the text, Node's streams of files
 * drop the rest: here it is written, too. An error is left to the caller of the write.
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
 * Closes what of the standard streams was a terminal that has hung up meanwhile. At its end Node sets the terminals that
 * it has found at its start as they were then, and aborts where that fails.
 */
export function closeHungUpTerminals({ stdin, stdout, stderr }: Streams): void {
  for (const stream of [stdin, stdout, stderr]) {
    if (!stream.isTTY || !('fd' in stream) || typeof stream.fd !== 'number') continue;
    if (!isatty(stream.fd)) closeSync(stream.fd);
  }
}
