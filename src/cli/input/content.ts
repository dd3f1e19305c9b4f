import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { constants, open as openDescriptor } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import { ShopError } from '../../domain/errors.ts';
import { invalid } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { fileWord } from '../shell-word.ts';
import { CR, LF, withoutByteOrderMark } from './bytes.ts';
import type { ReadBytes, RowFormat, TextSpec } from './rows.ts';
import { codeOf, spool } from './spool.ts';
import { toText } from './text.ts';

const HASH_CHUNK_BYTES = 1024 * 1024;
const STANDARD_INPUT = 'standard input';
const STANDARD_INPUT_PATHS: ReadonlySet<string> = new Set(['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

/** UTF-8 text that can be read at any position, with the hash and size that it had when it was opened. */
export interface Content {
  /** The name of the file, for messages. */
  readonly name: string;
  readonly handle: FileHandle;
  /** The format of the text if it was made from a JSON array; otherwise null. */
  readonly format: RowFormat | null;
  readonly hash: string;
  readonly bytes: number;
}

/** A file to open, and how to convert it to UTF-8 text. */
interface ContentSpec extends TextSpec {
  /** `-` is standard input. */
  readonly path: string;
}

/**
 * Opens a file, converts it to UTF-8 text, and checks all of it, so that no row is read from a file in another
 * encoding.
 *
 * @param stdin null if the command must not read it.
 * @throws ShopError `INVALID_INPUT` with the field `file` if the file can't be read, or is not text in its encoding.
 */
export async function openContent(
  spec: ContentSpec,
  stdin: NodeJS.ReadableStream | null,
  signal: AbortSignal,
): Promise<Content> {
  const { path } = spec;
  const name = STANDARD_INPUT_PATHS.has(path) ? STANDARD_INPUT : path;
  try {
    const { handle, format } = await toText(await openFile(path, stdin, signal), spec, signal);
    try {
      return { name, handle, format, ...(await check(handle, path, signal)) };
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw unreadable(name, error);
  }
}

/**
 * Opens a file for reading. Input that can be read only once (standard input, a pipe) is first copied to a temporary
 * file. That file has no name, so it disappears with the process.
 */
async function openFile(path: string, stdin: NodeJS.ReadableStream | null, signal: AbortSignal): Promise<FileHandle> {
  // the stream is read, because standard input can't be opened by its path if it is a socket
  if (STANDARD_INPUT_PATHS.has(path)) {
    if (stdin === null)
      throw invalid(
        'file',
        phrase("can't be standard input in `shop shell`, which reads its commands from standard input"),
      );
    return spool(stdin, null, signal);
  }
  if ((await stat(path)).isFIFO()) return spool(await openPipe(path), null, signal);
  const handle = await open(path, 'r');
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw invalid('file', phrase`is a folder: ${path}`);
    if (stats.isFile()) return handle;
    // a terminal is read as a tty stream, so that the program can end although a read is still waiting for input
    const stream = isatty(handle.fd) ? new ReadStream(handle.fd) : handle.createReadStream();
    return await spool(stream, null, signal);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Opens a pipe as a socket, without waiting for a writer, so that the program can end while the pipe is idle. */
async function openPipe(path: string): Promise<Socket> {
  const descriptor = await promisify(openDescriptor)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd: descriptor, readable: true, writable: false });
}

/** Checks that the file is UTF-8 text without NUL bytes, and computes its hash and size. */
async function check(
  handle: FileHandle,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly hash: string; readonly bytes: number }> {
  const hash = new TextHash();
  const text = new TextCheck();
  const buffer = Buffer.allocUnsafe(HASH_CHUNK_BYTES);
  for (let bytes = 0; ; ) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, bytes);
    const chunk = buffer.subarray(0, bytesRead);
    const invalid = text.invalidLine(chunk);
    if (invalid !== null) throw invalid.hasNul ? hasNulBytes(invalid.line, path) : notUtf8(invalid.line, path);
    if (bytesRead === 0) return { hash: hash.digest(), bytes };
    hash.update(chunk);
    bytes += bytesRead;
  }
}

/** Checks that bytes are UTF-8 text without NUL bytes, a chunk at a time. */
class TextCheck {
  #line = 1;
  /** The incomplete character at the end of the last chunk. */
  #rest: Buffer = Buffer.alloc(0);

  /** Returns the first invalid line, or null. An empty chunk ends the text. */
  invalidLine(chunk: Buffer): { readonly line: number; readonly hasNul: boolean } | null {
    const bytes = Buffer.concat([this.#rest, chunk]);
    const end = chunk.length === 0 ? bytes.length : endOfCharacters(bytes);
    this.#rest = bytes.subarray(end);
    const isValid = isText(bytes.subarray(0, end));
    for (let start = 0; start < end; this.#line += 1) {
      const lineBreak = bytes.indexOf(LF, start);
      const lineEnd = lineBreak === -1 || lineBreak >= end ? end : lineBreak + 1;
      const line = bytes.subarray(start, lineEnd);
      if (!isValid && !isText(line)) return { line: this.#line, hasNul: line.includes(0) };
      if (lineEnd === end && bytes[end - 1] !== LF) break;
      start = lineEnd;
    }
    return null;
  }
}

function isText(bytes: Buffer): boolean {
  return isUtf8(bytes) && !bytes.includes(0);
}

/** Returns the length of the bytes, without the last character if it is incomplete. */
function endOfCharacters(bytes: Buffer): number {
  for (let at = bytes.length - 1; at >= 0 && at >= bytes.length - 3; at -= 1) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const size = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return at + size > bytes.length ? at : bytes.length;
  }
  return bytes.length;
}

function hasNulBytes(line: number, path: string): ShopError {
  // in UTF-16 text, the first line already has NUL bytes
  if (line === 1) {
    return new ShopError(
      'INVALID_INPUT',
      { field: 'file', reason: phrase('has NUL bytes, as UTF-16 and binary files do; UTF-8 text is expected') },
      { hint: phrase('If the file is UTF-16, add `--encoding utf-16le` or `--encoding utf-16be`.') },
    );
  }
  const file = path === '-' ? '' : ` < ${fileWord(path)}`;
  return new ShopError(
    'INVALID_INPUT',
    { field: 'file', reason: phrase`has NUL bytes; the first is on line ${line}` },
    {
      hint: phrase`The file may be damaged, so check that line first. To remove all NUL bytes, run \`tr -d '\\000'${file} > clean.csv\`.`,
    },
  );
}

function notUtf8(line: number, path: string): ShopError {
  const file = path === '-' ? '' : ` ${fileWord(path)}`;
  return new ShopError(
    'INVALID_INPUT',
    { field: 'file', reason: phrase`is not UTF-8; the first invalid line is ${line}` },
    {
      hint: phrase`Name the encoding with \`--encoding\`, such as cp949, shift_jis or windows-1252, or convert the file: \`iconv -f CP949 -t UTF-8${file} > utf8.csv\`.`,
    },
  );
}

/**
 * Computes the SHA-256 hash of the text. The byte-order mark and carriage returns are left out, and a line break is
 * added at the end if it is missing, because programs change these when they save a file.
 */
class TextHash {
  readonly #hash = createHash('sha256');
  #started = false;
  /** The last byte so far that is not a carriage return; a line feed at the start, as at the end of a line. */
  #last = LF;

  /** Adds bytes. The first call must include the whole byte-order mark, if there is one. */
  update(bytes: Buffer): void {
    const text = this.#started ? bytes : withoutByteOrderMark(bytes);
    this.#started = true;
    const kept = text.includes(CR) ? Buffer.from(text.toString('latin1').replaceAll('\r', ''), 'latin1') : text;
    this.#last = kept.at(-1) ?? this.#last;
    this.#hash.update(kept);
  }

  digest(): string {
    if (this.#last !== LF) this.#hash.update('\n');
    return this.#hash.digest('hex');
  }
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
      throw invalid('file', phrase`was changed while it was being read: ${name}`);
    }
    return bytesRead;
  };
}

/** Converts a system error to an `INVALID_INPUT` error. Other errors are returned unchanged. */
function unreadable(name: string, error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof ShopError || code === null) return error;
  if (code.startsWith('Z_')) return invalid('file', phrase`is a damaged or incomplete gzip file: ${name}`);
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
