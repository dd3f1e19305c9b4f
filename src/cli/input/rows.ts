import { type Phrase, phrase } from '../../domain/phrase.ts';
import { CR, isBlank, LF, withoutByteOrderMark } from './bytes.ts';
import type { RowColumns } from './columns.ts';

/** A row of a file: its fields, or the reason why it can't be read. `line` is the number of its first line, from 1. */
export type FileRow =
  | { readonly line: number; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly line: number; readonly problem: Phrase };

/** The format of a file: CSV, or JSON lines with one object per line. */
export type RowFormat = 'csv' | 'jsonl';

/** How the bytes of a file become text. */
export interface TextSpec {
  /** The encoding of a file without a byte-order mark; UTF-8 by default. */
  readonly encoding?: string | undefined;
  /** True if the file may be a JSON array. Such an array is converted to lines, one per element. */
  readonly arrays?: boolean;
}

/** A file to read, with its columns. */
export interface RowFileSpec extends RowColumns, TextSpec {
  /** `-` is standard input. */
  readonly path: string;
  /**
   * The format. By default it depends on the extension (.csv, .jsonl, .ndjson). Without one of these extensions, it
   * depends on the first character that is not blank.
   */
  readonly format?: RowFormat | undefined;
  /** The separator of a CSV file; by default it is detected from the header. */
  readonly delimiter?: string | undefined;
}

/** An open file of rows. */
export interface RowFile {
  readonly format: RowFormat;
  /** SHA-256 of the text in UTF-8, without its byte-order mark and carriage returns, in hex. */
  readonly hash: string;
  /** The size of the text in UTF-8. */
  readonly bytes: number;
  /** Progress of the latest call of `rows`: the number of bytes that it has converted to rows. It equals `bytes` at the end. */
  readonly bytesRead: number;
  /** The columns of the CSV header, each null if it is ignored; null for JSON lines. */
  readonly header: readonly (string | null)[] | null;
  /**
   * Reads the rows in file order, several hundred at a time, because awaiting each row would be slow. Each call starts
   * at the first row.
   *
   * @throws ShopError `INVALID_INPUT` if the file can't be read to its end, or changes while it is read; the signal's
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
  /**
   * The positions of the next LF and CR in the window. They are kept, so that a window without a CR is searched for a
   * CR only once.
   */
  #lf = -1;
  #cr = -1;

  /** @param size the size of the content; a small file needs only a small window. */
  constructor(read: ReadBytes, size: number, maxRowBytes = MAX_ROW_BYTES) {
    this.#read = read;
    this.#maxRowBytes = maxRowBytes;
    // the window has one byte more than the content, so that a single `fill` also finds the end of a small file
    this.#window = Buffer.allocUnsafe(Math.min(size + 1, 2 * this.#lookahead));
  }

  /** The filled part of the window. Spans are positions in it. */
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
    this.#lf = -1;
    this.#cr = -1;
  }

  /** Skips a byte-order mark. Valid only at the start. */
  skipByteOrderMark(): void {
    this.#start = this.bytes.length - withoutByteOrderMark(this.bytes).length;
  }

  /** Returns at most `length` bytes of the first line that is not blank, without advancing. */
  firstLine(length: number): Buffer {
    let start = this.#start;
    while (start < this.#end && isBlank(this.#window[start])) start += 1;
    const rest = this.#window.subarray(start, Math.min(this.#end, start + length));
    const lineBreak = rest.findIndex((byte) => byte === LF || byte === CR);
    return lineBreak === -1 ? rest : rest.subarray(0, lineBreak);
  }

  /** Skips the first line that is not blank. */
  skipLine(): void {
    this.eachOfChunk(() => {}, 1);
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

  /** Extends a row, whose first line is `line`, to the position `end`. Moves past the row and counts its line breaks. */
  extend(line: Span, end: number): Span {
    for (let at = this.#start; at < end; this.#line += 1) at = Math.min(this.#endOfLine(at) ?? end, end);
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
    if (last > start && this.#window[last - 1] === LF) last -= 1;
    if (last > start && this.#window[last - 1] === CR) last -= 1;
    return last - start > this.#maxRowBytes;
  }

  /** Returns the next line and advances. Returns null for a blank line, and for the rest of a line that was too long. */
  #next(bytes: Buffer): Span | null {
    const start = this.#start;
    const line = this.#line;
    const skipped = this.#skipping;
    const lineEnd = this.#endOfLine(start);
    const end = lineEnd ?? this.#endOfPart();
    this.#start = end;
    this.#skipping = lineEnd === null;
    if (lineEnd !== null) this.#line += 1;
    if (skipped) return null;
    // this check comes first: the window contains only the beginning of a line that is too long, and that part may be blank
    if (this.isTooLong(start, end)) return { line, start, end, problem: TOO_LONG };
    return isBlankLine(bytes, start, end) ? null : { line, start, end, problem: null };
  }

  /** Returns the end of a line with its line break, which is LF, CR LF or CR; null if the window does not contain all of it. */
  #endOfLine(start: number): number | null {
    if (this.#lf < start) this.#lf = this.#find(LF, start);
    if (this.#cr < start) this.#cr = this.#find(CR, start);
    if (this.#lf < this.#end && this.#lf <= this.#cr + 1) return this.#lf + 1;
    const isWhole = this.#cr + 1 < this.#end || (this.#ended && this.#cr < this.#end);
    return isWhole ? this.#cr + 1 : null;
  }

  /** Returns the position of a byte in the window, or infinity. */
  #find(byte: number, start: number): number {
    const found = this.bytes.indexOf(byte, start);
    return found === -1 ? Number.POSITIVE_INFINITY : found;
  }

  /** Returns the end of the window, or the position of a CR at its end, because an LF may follow. */
  #endOfPart(): number {
    return this.#cr === this.#end - 1 && !this.#ended ? this.#cr : this.#end;
  }
}

/** The problem with a row that is longer than `MAX_ROW_BYTES`. */
export const TOO_LONG = phrase('is longer than 1 MiB');

function isBlankLine(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end && isBlank(bytes[at])) at += 1;
  return at === end;
}
