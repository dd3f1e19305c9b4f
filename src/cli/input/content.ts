import { createHash } from 'node:crypto';
import { constants, open as openDescriptor } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addAbortSignal, type Stream } from 'node:stream';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import { ShopError } from '../../domain/errors.ts';
import { invalid } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { CR, type ReadBytes, withoutByteOrderMark } from './rows.ts';

const HASH_CHUNK_BYTES = 1024 * 1024;
const STANDARD_INPUT = 'standard input';
const STANDARD_INPUT_PATHS: ReadonlySet<string> = new Set(['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

/** A file that can be read at any position, with the hash and size that it had when it was opened. */
export interface Content {
  readonly name: string;
  readonly handle: FileHandle;
  readonly hash: string;
  readonly bytes: number;
}

/**
 * Opens a file for reading. Input that can be read only once (standard input, a pipe) is first copied to a temporary file
 * without a name, so that nothing is left behind, no matter how the process ends.
 *
 * @param stdin null if the command must not read it.
 * @throws ShopError `INVALID_INPUT` with the field `file` if it can't be read.
 */
export async function openContent(
  path: string,
  stdin: NodeJS.ReadableStream | null,
  signal: AbortSignal,
): Promise<Content> {
  // standard input can't be opened by its path if it is a socket
  if (STANDARD_INPUT_PATHS.has(path)) {
    if (stdin === null)
      throw invalid('file', phrase("can't be standard input within `shop shell`, which reads commands there"));
    return spool(stdin, STANDARD_INPUT, signal);
  }
  try {
    if ((await stat(path)).isFIFO()) return await spool(await openPipe(path), path, signal);
    const handle = await open(path, 'r');
    try {
      const stats = await handle.stat();
      if (stats.isDirectory()) throw invalid('file', phrase`is a folder: ${path}`);
      if (stats.isFile()) return { name: path, handle, ...(await hashOf(handle, signal)) };
      // a terminal is read as a tty stream, which does not keep the program from ending while it waits for input
      const stream = isatty(handle.fd) ? new ReadStream(handle.fd) : handle.createReadStream();
      return await spool(stream, path, signal);
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw unreadable(path, error);
  }
}

/** Opens a pipe as a socket, without waiting for a writer, so that an idle pipe does not keep the program from ending. */
async function openPipe(path: string): Promise<Socket> {
  const descriptor = await promisify(openDescriptor)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd: descriptor, readable: true, writable: false });
}

async function hashOf(handle: FileHandle, signal: AbortSignal): Promise<{ hash: string; bytes: number }> {
  const hash = new TextHash();
  const buffer = Buffer.allocUnsafe(HASH_CHUNK_BYTES);
  for (let bytes = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, bytes);
    if (bytesRead === 0) return { hash: hash.digest(), bytes };
    hash.update(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
  }
}

/**
 * Computes the SHA-256 hash of a text without its byte-order mark and carriage returns, because programs add or remove these
 * when they save a file.
 */
class TextHash {
  readonly #hash = createHash('sha256');
  #started = false;

  /** Adds bytes. The first call must include the whole byte-order mark, if there is one. */
  update(bytes: Buffer): void {
    const text = this.#started ? bytes : withoutByteOrderMark(bytes);
    this.#started = true;
    this.#hash.update(text.includes(CR) ? Buffer.from(text.toString('latin1').replaceAll('\r', ''), 'latin1') : text);
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}

/** Copies a stream to a temporary file. */
async function spool(source: NodeJS.ReadableStream, name: string, signal: AbortSignal): Promise<Content> {
  const handle = await openUnnamed();
  try {
    addAbortSignal(signal, source as NodeJS.ReadableStream & Stream);
    for await (const chunk of source) await handle.appendFile(chunk).catch(refuseSpooling);
    return { name, handle, ...(await hashOf(handle, signal)) };
  } catch (error) {
    await handle.close();
    signal.throwIfAborted();
    throw unreadable(name, error);
  }
}

/** Creates a temporary file without a name, which is deleted when the process ends. */
async function openUnnamed(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'shop-')).catch(refuseSpooling);
  try {
    return await open(join(folder, 'rows'), 'wx+', 0o600).catch(refuseSpooling);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function refuseSpooling(error: unknown): never {
  const code = codeOf(error);
  if (code === null) throw error;
  throw new ShopError(
    'INVALID_INPUT',
    { field: 'file', reason: phrase`can't be stored in ${tmpdir()} while it is read (${code})` },
    { hint: phrase('Set TMPDIR to a folder with enough space, or use a regular file.'), cause: error },
  );
}

/** Reads the content in order, and fails before the end if the content has changed since it was hashed. */
export function hashChecked({ name, handle, hash, bytes }: Content, signal: AbortSignal): ReadBytes {
  const check = new TextHash();
  let position = 0;
  return async (target, offset, length) => {
    signal.throwIfAborted();
    if (position === bytes) return 0;
    const { bytesRead } = await handle
      .read(target, offset, Math.min(length, bytes - position), position)
      .catch((error: unknown) => {
        throw unreadable(name, error);
      });
    check.update(target.subarray(offset, offset + bytesRead));
    position += bytesRead;
    if (bytesRead === 0 || (position === bytes && check.digest() !== hash)) {
      throw invalid('file', phrase`was changed while it was read: ${name}`);
    }
    return bytesRead;
  };
}

/** Converts a system error to an `INVALID_INPUT` error. Other errors are returned unchanged. */
function unreadable(name: string, error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof ShopError || code === null) return error;
  const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
  if (!isMissing) {
    const reason = phrase`can't be read: ${name} (${code})`;
    return new ShopError('INVALID_INPUT', { field: 'file', reason }, { cause: error });
  }
  return new ShopError(
    'INVALID_INPUT',
    { field: 'file', reason: phrase`not found: ${name}` },
    { message: phrase`File not found: ${name}.`, cause: error },
  );
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
