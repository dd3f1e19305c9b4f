import { isUtf8 } from 'node:buffer';
import { joined, type Phrase, phrase } from '../../domain/phrase.ts';

/** A row of a file: its fields, or the reason why it can't be read. `line` is the number of its first line, from 1. */
export type FileRow =
  | { readonly line: number; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly line: number; readonly problem: Phrase };

/** The format of a file: CSV, or JSON lines with one object per line. */
export type RowFormat = 'csv' | 'jsonl';

/** The columns of a kind of file. */
export interface RowColumns {
  /** The allowed columns. */
  readonly columns: readonly string[];
  /**
   * Alternatives, of which a CSV header must fulfil one. Each consists of groups, and the header contains at least one column
   * of each group: `[[['user'], ['items']], [['kind'], ['product'], ['by', 'to']]]`.
   */
  readonly required: readonly (readonly (readonly string[])[])[];
}

/** A file to read, with its columns. */
export interface RowFileSpec extends RowColumns {
  /** `-` is standard input. */
  readonly path: string;
  /**
   * By default the format is determined by the extension (.csv, .jsonl, .ndjson), or else by the first character that is not
   * blank.
   */
  readonly format?: RowFormat | undefined;
}

/** An open file of rows. */
export interface RowFile {
  readonly format: RowFormat;
  /** SHA-256 of the content without byte-order mark and carriage returns, in hex. */
  readonly hash: string;
  /** The size of the content. */
  readonly bytes: number;
  /** The number of bytes whose rows the latest call of `rows` has returned so far. It equals `bytes` at the end. */
  readonly bytesRead: number;
  /** The columns of the CSV header, without surrounding blanks; null for JSON lines. */
  readonly header: readonly string[] | null;
  /**
   * Reads the rows in file order, several hundred at a time to save awaits. Each call starts at the first row.
   *
   * @throws ShopError `INVALID_INPUT` if the file can't be read to its end, or if the file changes meanwhile; the signal's
   * reason if it is aborted.
   */
  rows(): AsyncIterable<readonly FileRow[]>;
  /** Closes the file. It is safe to call this again. */
  close(): Promise<void>;
}

/** The maximum length of a row in bytes, without its line break. It limits memory use and the search for a closing quote. */
export const MAX_ROW_BYTES = 1024 * 1024;
/** The maximum number of rows in a chunk, and the approximate maximum number of bytes. */
const CHUNK_ROWS = 512;
const CHUNK_BYTES = 256 * 1024;

const TAB = 9;
const LF = 10;
export const CR = 13;
const SPACE = 32;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/**
 * Reads the next bytes, at most `length`, into `target` at `offset`. Returns the number of bytes read, which is 0 at the end.
 */
export type ReadBytes = (target: Buffer, offset: number, length: number) => Promise<number>;

/** The positions of a row in `LineReader.bytes`, with its line break. They are valid until the next `fill`. */
export interface Span {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly problem: Phrase | null;
}

/**
 * Finds lines in a window that slides over the content.
 *
 * After `fill` the window contains at least one row of the maximum length, or the rest of the content. A row can therefore be
 * read to its end, across the line breaks in its quotes, without waiting for more bytes.
 */
export class LineReader {
  readonly #read: ReadBytes;
  readonly #maxRowBytes: number;
  readonly #window: Buffer;
  #start = 0;
  #end = 0;
  #ended = false;
  /** The position of the window in the content. */
  #origin = 0;
  #line = 1;
  /** True while the rest of a line that is too long is being skipped. */
  #skipping = false;

  /** @param size the size of the content; a small file needs only a small window. */
  constructor(read: ReadBytes, size: number, maxRowBytes = MAX_ROW_BYTES) {
    this.#read = read;
    this.#maxRowBytes = maxRowBytes;
    // the window has one byte more than the content, so that one read finds the end of a small file
    this.#window = Buffer.allocUnsafe(Math.min(size + 1, 2 * this.#lookahead));
  }

  /** The filled part of the window, in which spans are positions. */
  get bytes(): Buffer {
    return this.#window.subarray(0, this.#end);
  }

  /** The position of the next line in the content. */
  get position(): number {
    return this.#origin + this.#start;
  }

  /** True if no byte is left. Valid only after `fill`. */
  get done(): boolean {
    return this.#start === this.#end && this.#ended;
  }

  /** The maximum length of a row, including CR LF. */
  get #lookahead(): number {
    return this.#maxRowBytes + 2;
  }

  get #ready(): boolean {
    return this.#start < this.#end && (this.#ended || this.#end - this.#start >= this.#lookahead);
  }

  /** Reads more bytes, unless the window already contains a row of the maximum length. */
  async fill(): Promise<void> {
    if (this.#ended || this.#ready) return;
    this.#window.copyWithin(0, this.#start, this.#end);
    this.#origin += this.#start;
    this.#end -= this.#start;
    this.#start = 0;
    while (!this.#ended && this.#end < this.#window.length) {
      const count = await this.#read(this.#window, this.#end, this.#window.length - this.#end);
      this.#ended = count === 0;
      this.#end += count;
    }
  }

  /** Skips a byte-order mark. Valid only at the start. */
  skipByteOrderMark(): void {
    this.#start = this.bytes.length - withoutByteOrderMark(this.bytes).length;
  }

  /** Returns at most `length` bytes of the first line that is not blank, without advancing. */
  firstLine(length: number): Buffer {
    let start = this.#start;
    while (start < this.#end && (isBlank(this.#window[start]) || this.#window[start] === LF)) start += 1;
    const rest = this.#window.subarray(start, Math.min(this.#end, start + length));
    const lineBreak = rest.indexOf(LF);
    return lineBreak === -1 ? rest : rest.subarray(0, lineBreak);
  }

  /** Calls `visit` with each line in the window that is not blank, up to the size of a chunk. */
  eachOfChunk(visit: (line: Span) => void, most = CHUNK_ROWS): void {
    const bytes = this.bytes;
    const stop = this.#start + CHUNK_BYTES;
    let count = 0;
    while (count < most && this.#start < stop && this.#ready) {
      const line = this.#next(bytes);
      if (line === null) continue;
      visit(line);
      count += 1;
    }
  }

  /** Extends the row that starts with `line` to `end`, across the line breaks in it. */
  extend(line: Span, end: number): Span {
    for (let at = this.#start; at < end; this.#line += 1) {
      const lineBreak = this.#window.indexOf(LF, at);
      at = lineBreak === -1 || lineBreak >= end ? end : lineBreak + 1;
    }
    this.#start = end;
    return { ...line, end };
  }

  /**
   * Returns the bytes up to the maximum length of a row that starts at `start`, and whether they reach the end of the
   * content.
   */
  rowWindow(start: number): { readonly bytes: Buffer; readonly atEnd: boolean } {
    const limit = Math.min(this.#end, start + this.#lookahead);
    return { bytes: this.#window.subarray(0, limit), atEnd: this.#ended && limit === this.#end };
  }

  /** Returns true if the row without its line break is longer than the maximum. */
  isTooLong(start: number, end: number): boolean {
    let last = end;
    if (last > start && this.#window[last - 1] === LF) {
      last -= 1;
      if (last > start && this.#window[last - 1] === CR) last -= 1;
    }
    return last - start > this.#maxRowBytes;
  }

  /** Returns the next line and advances. Returns null for a blank line, and for the rest of a line that was too long. */
  #next(bytes: Buffer): Span | null {
    const start = this.#start;
    const line = this.#line;
    const lineBreak = bytes.indexOf(LF, start);
    const end = lineBreak === -1 ? this.#end : lineBreak + 1;
    const skipped = this.#skipping;
    this.#start = end;
    this.#skipping = lineBreak === -1;
    if (lineBreak !== -1) this.#line += 1;
    if (skipped) return null;
    // this check precedes the one for a blank line, because the window contains only the beginning of a long line
    if (this.isTooLong(start, end)) return { line, start, end, problem: TOO_LONG };
    return isBlankLine(bytes, start, end) ? null : { line, start, end, problem: null };
  }
}

/** The problem with a row that is longer than `MAX_ROW_BYTES`. */
export const TOO_LONG = phrase('is longer than 1 MiB');
/** The problem with a row whose bytes are not UTF-8. */
export const NOT_UTF8 = phrase('is not UTF-8');

/** Marks the rows that are not UTF-8. The function first checks all bytes together, which is enough for most files. */
export function markUndecodable(bytes: Buffer, spans: readonly Span[]): readonly Span[] {
  if (isUtf8(bytes.subarray(spans.at(0)?.start, spans.at(-1)?.end))) return spans;
  return spans.map((span) =>
    span.problem !== null || isUtf8(bytes.subarray(span.start, span.end)) ? span : { ...span, problem: NOT_UTF8 },
  );
}

/** Returns the bytes without a byte-order mark at the start. */
export function withoutByteOrderMark(bytes: Buffer): Buffer {
  const { length } = BYTE_ORDER_MARK;
  return bytes.subarray(0, length).equals(BYTE_ORDER_MARK) ? bytes.subarray(length) : bytes;
}

const MAX_NAMES = 5;

/** Quotes names from a file for a message. Long names and long lists are cut. */
export function quoteNames(names: readonly string[]): Phrase {
  const quoted = names
    .slice(0, MAX_NAMES)
    .map((name) => JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}...` : name));
  const left = names.length - quoted.length;
  const all = joined(quoted, ', ');
  return left > 0 ? phrase`${all} and ${left.toLocaleString('en')} more` : all;
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB || byte === CR;
}

function isBlankLine(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end && isBlank(bytes[at])) at += 1;
  return at === end || bytes[at] === LF;
}
