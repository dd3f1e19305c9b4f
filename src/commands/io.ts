import { once } from 'node:events';
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** The three streams of a command. Standard output is data, standard error is talk. */
export interface Streams {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Writes and waits until a slow reader has made room; what nobody reads any more is not written. */
export async function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  if (stream.destroyed || stream.write(text)) return;
  await once(stream, 'drain').catch(ignoreClosedPipe);
}

/** A reader that has seen enough, as in `shop order list | head -1`, is no error; nor is a terminal that has hung up. */
export function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
}

/**
 * Closes what of the standard streams was a terminal that has hung up meanwhile. At its end Node sets the terminals that
 * it has found at its start as they were then, and aborts where that fails.
 */
export function letGoOfHungUp({ stdin, stdout, stderr }: Streams): void {
  for (const stream of [stdin, stdout, stderr]) {
    if (!stream.isTTY || !('fd' in stream) || typeof stream.fd !== 'number') continue;
    if (!isatty(stream.fd)) closeSync(stream.fd);
  }
}

// C0 and C1 controls, line and paragraph separators, and the marks that turn the direction of writing
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Text from data, safe for a terminal: control characters as visible escapes. */
export function visible(text: string): string {
  return text.replace(UNSAFE, escapeOf);
}

function escapeOf(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
