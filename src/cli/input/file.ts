import { isUtf8 } from 'node:buffer';
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
import { csvRows, readHeader } from './csv.ts';
import { jsonRows } from './jsonl.ts';
import {
  CR,
  type FileRow,
  LineReader,
  type ReadBytes,
  type RowFile,
  type RowFileSpec,
  type RowFormat,
  withoutByteOrderMark,
} from './rows.ts';

const HASH_CHUNK_BYTES = 1024 * 1024;
/** The most of the first line that is looked at to tell text from other things. */
const HEAD_BYTES = 64 * 1024;

const STANDARD_INPUT = 'standard input';
const STANDARD_INPUT_PATHS: ReadonlySet<string> = new Set(['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

/**
 * Opens a file of rows and reads its beginning; with a CSV file the header has then been checked.
 *
 * What can be read only once (standard input, a pipe) is first kept in a temporary file that has no name any more, so
 * that nothing is left behind however the process ends. Content of any size takes the same memory.
 *
 * @param stdin null where it is not to be read.
 * @param signal ends all reading, of rows too; its reason is thrown.
 * @throws ShopError `INVALID_INPUT` with the field `file` where it can't be read, is no UTF-8 text, or is a CSV file
 * without a header or with other columns than `spec` says.
 */
export async function openRowFile(
  spec: RowFileSpec,
  stdin: NodeJS.ReadableStream | null,
  signal: AbortSignal,
): Promise<RowFile> {
  signal.throwIfAborted();
  const content = await openContent(spec.path, stdin, signal);
  try {
    return new OpenRowFile(content, spec, await begin(content, spec, signal), signal);
  } catch (error) {
    await content.handle.close();
    throw error;
  }
}

/** A pass over the content that has read its beginning. */
interface Pass {
  readonly lines: LineReader;
  readonly format: RowFormat;
  readonly header: readonly string[] | null;
}

async function begin(content: Content, spec: RowFileSpec, signal: AbortSignal): Promise<Pass> {
  const lines = new LineReader(hashChecked(content, signal), content.bytes);
  await lines.fill();
  lines.skipByteOrderMark();
  const head = lines.firstLine(HEAD_BYTES);
  refuseBinary(head);
  const format = spec.format ?? formatOf(spec.path, head);
  return { lines, format, header: format === 'csv' ? await readHeader(lines, spec) : null };
}

/** A file that can be read at any position, with what it had when it was hashed. */
interface Content {
  readonly name: string;
  readonly handle: FileHandle;
  readonly hash: string;
  readonly bytes: number;
}

class OpenRowFile implements RowFile {
  readonly #content: Content;
  readonly #spec: RowFileSpec;
  readonly #signal: AbortSignal;
  #pass: Pass;

  constructor(content: Content, spec: RowFileSpec, pass: Pass, signal: AbortSignal) {
    this.#content = content;
    this.#spec = spec;
    this.#pass = pass;
    this.#signal = signal;
  }

  get format(): RowFormat {
    return this.#pass.format;
  }

  get hash(): string {
    return this.#content.hash;
  }

  get bytes(): number {
    return this.#content.bytes;
  }

  get header(): readonly string[] | null {
    return this.#pass.header;
  }

  get bytesRead(): number {
    return this.#pass.lines.position;
  }

  async *rows(): AsyncGenerator<readonly FileRow[]> {
    this.#pass = await begin(this.#content, this.#spec, this.#signal);
    const { lines, header } = this.#pass;
    for await (const chunk of header === null ? jsonRows(lines, this.#spec.columns) : csvRows(lines, header)) {
      this.#signal.throwIfAborted();
      yield chunk;
    }
  }

  async close(): Promise<void> {
    await this.#content.handle.close();
  }
}

async function openContent(path: string, stdin: NodeJS.ReadableStream | null, signal: AbortSignal): Promise<Content> {
  // by its path, standard input can't be opened where it is a socket
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
      // a terminal is read as one, so that a wait for what is typed doesn't hold up the program's end
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

/** As a socket, and without waiting for a writer, so that a pipe in which nothing comes doesn't hold up the program's end. */
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

/** SHA-256 of a text without byte-order mark and carriage returns, which programs add and remove as they save a file. */
class TextHash {
  readonly #hash = createHash('sha256');
  #begun = false;

  /** The first bytes have the whole byte-order mark, if there is one. */
  update(bytes: Buffer): void {
    const text = this.#begun ? bytes : withoutByteOrderMark(bytes);
    this.#begun = true;
    this.#hash.update(text.includes(CR) ? Buffer.from(text.toString('latin1').replaceAll('\r', ''), 'latin1') : text);
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}

/** All that `source` has, in a file. */
async function spool(source: NodeJS.ReadableStream, name: string, signal: AbortSignal): Promise<Content> {
  const handle = await openNameless();
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

/** A temporary file that only this process can reach, and that is gone with it. */
async function openNameless(): Promise<FileHandle> {
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
    { field: 'file', reason: phrase`can't be kept in ${tmpdir()} while it is read (${code})` },
    { hint: phrase('Set TMPDIR to a folder that has room for it, or give a regular file.'), cause: error },
  );
}

/** Reads the content in order, and lets its end be reached only where all was as it was hashed. */
function hashChecked({ name, handle, hash, bytes }: Content, signal: AbortSignal): ReadBytes {
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

/** A bad byte in a row spoils that row; a file that starts with what can't be text is none of rows. */
function refuseBinary(head: Buffer): void {
  const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (isUtf16) throw invalid('file', phrase('is UTF-16; UTF-8 is expected'));
  if (head.includes(0))
    throw invalid('file', phrase('has NUL bytes, as UTF-16 and binary files do; UTF-8 text is expected'));
  const isObject = head[0] === '{'.charCodeAt(0);
  if (!isObject && !isUtf8(withoutHalfCharacter(head))) throw invalid('file', phrase('is not text in UTF-8'));
}

/** The head may have been cut inside a character. */
function withoutHalfCharacter(head: Buffer): Buffer {
  if (head.length < HEAD_BYTES) return head;
  let end = head.length;
  while (end > head.length - 4 && ((head[end - 1] ?? 0) & 0xc0) === 0x80) end -= 1;
  return head.subarray(0, end - 1);
}

function formatOf(path: string, head: Buffer): RowFormat {
  if (/\.csv$/i.test(path)) return 'csv';
  if (/\.(jsonl|ndjson)$/i.test(path)) return 'jsonl';
  return head[0] === '{'.charCodeAt(0) ? 'jsonl' : 'csv';
}

/** A system error as what it means for the one who named the file; anything else as it is. */
function unreadable(name: string, error: unknown): unknown {
  const code = codeOf(error);
  if (error instanceof ShopError || code === null) return error;
  const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
  const reason = isMissing ? phrase`is not there: ${name}` : phrase`can't be read: ${name} (${code})`;
  return new ShopError('INVALID_INPUT', { field: 'file', reason }, { cause: error });
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
