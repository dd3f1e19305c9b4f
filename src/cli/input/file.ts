import { isUtf8 } from 'node:buffer';
import { invalid } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';
import { type Content, hashChecked, openContent } from './content.ts';
import { csvRows, readHeader } from './csv.ts';
import { jsonRows } from './jsonl.ts';
import { type FileRow, LineReader, type RowFile, type RowFileSpec, type RowFormat } from './rows.ts';

/** The number of bytes of the first line that are checked for text. */
const HEAD_BYTES = 64 * 1024;

/**
 * Opens a file of rows and reads its beginning, including the header of a CSV file. Memory use does not depend on the size of
 * the file.
 *
 * @param stdin null if the command must not read it.
 * @param signal aborts all reading, including that of rows; its reason is thrown.
 * @throws ShopError `INVALID_INPUT` with the field `file` if it can't be read, is not UTF-8 text, or is a CSV file that has
 * no header or whose columns do not match `spec`.
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

/** One pass over the content. Its beginning has been read already. */
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

/** Rejects a file whose beginning is not valid UTF-8. Invalid bytes in a later row make only that row fail. */
function refuseBinary(head: Buffer): void {
  const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (isUtf16) throw invalid('file', phrase('is UTF-16; UTF-8 is expected'));
  if (head.includes(0))
    throw invalid('file', phrase('has NUL bytes, as UTF-16 and binary files do; UTF-8 text is expected'));
  const isObject = head[0] === '{'.charCodeAt(0);
  if (!isObject && !isUtf8(withoutHalfCharacter(head))) throw invalid('file', phrase('is not text in UTF-8'));
}

/** Removes the last character of the head, which may be incomplete. */
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
