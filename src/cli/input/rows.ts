import { isUtf8 } from 'node:buffer';
import { joined, type Phrase, phrase } from '../../domain/phrase.ts';

/** A row of a file: its fields, or why it can't be read. `line` is where the row starts, from 1, the header counted. */
export type FileRow =
  | { readonly line: number; readonly fields: Readonly<Record<string, unknown>> }
  | { readonly line: number; readonly problem: Phrase };

/** `jsonl` is JSON lines: one object a line. */
export type RowFormat = 'csv' | 'jsonl';

/** The columns that a kind of file may have. */
export interface RowColumns {
  /** All that are allowed. */
  readonly columns: readonly string[];
  /** Of each group at least one must be in a CSV header: `[['user'], ['items', 'amount']]`. */
  readonly required: readonly (readonly string[])[];
}

/** Which file to read, and what may be in it. */
export interface RowFileSpec extends RowColumns {
  /** `-` is standard input. */
  readonly path: string;
  /** By default told by the ending (.csv, .jsonl, .ndjson), else by the first character that is no blank. */
  readonly format?: RowFormat | undefined;
}

/** An open file of rows. */
export interface RowFile {
  readonly format: RowFormat;
  /** SHA-256 of the content without byte-order mark and carriage returns, in hex. */
  readonly hash: string;
  /** Size of the content. */
  readonly bytes: number;
  /** Bytes whose rows the newest pass has delivered so far; `bytes` at the end. */
  readonly bytesRead: number;
  /** The columns of the CSV header, without blanks around them; null for JSON lines. */
  readonly header: readonly string[] | null;
  /**
   * The rows in file order, some hundreds at a time so that a million rows cost no million awaits. Each call reads them
   * from the first.
   *
   * @throws ShopError `INVALID_INPUT` where the file can't be read on, or changes while it is read; the signal's reason.
   */
  rows(): AsyncIterable<readonly FileRow[]>;
  /** Closes the file; safe to call again. */
  close(): Promise<void>;
}

/** The longest row, without its line break. It bounds the memory, and how far a closing quote is looked for. */
export const MAX_ROW_BYTES = 1024 * 1024;
/** The most rows, and about the most bytes, that are delivered at once. */
const CHUNK_ROWS = 512;
const CHUNK_BYTES = 256 * 1024;

const TAB = 9;
const LF = 10;
export const CR = 13;
const SPACE = 32;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** Reads up to `length` bytes into `target` from `offset`, going on where it left off; 0 at the end. */
export type ReadBytes = (target: Buffer, offset: number, length: number) => Promise<number>;

/** A row's bytes as positions in `LineReader.bytes`, its line break included; they hold until the next `fill`. */
export interface Span {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly problem: Phrase | null;
}

/**
 * Finds lines in a window that slides over the content.
 *
 * After `fill` the longest row there may be lies in the window, or the rest of the content does. So whoever looks at a
 * row, as far ahead as its quotes lead, never waits or takes up a half-read row again.
 */
export class LineReader {
  readonly #read: ReadBytes;
  readonly #maxRowBytes: number;
  readonly #window: Buffer;
  #start = 0;
  #end = 0;
  #ended = false;
  /** Where the window starts in the content. */
  #origin = 0;
  #line = 1;
  /** True inside a line that is too long, up to its end. */
  #skipping = false;

  /** @param size of the content: the window of a small file is small. */
  constructor(read: ReadBytes, size: number, maxRowBytes = MAX_ROW_BYTES) {
    this.#read = read;
    this.#maxRowBytes = maxRowBytes;
    // one byte more than the content lets a single read come back short, which is the end
    this.#window = Buffer.allocUnsafe(Math.min(size + 1, 2 * this.#lookahead));
  }

  /** What has been read of the window; spans are positions in it. */
  get bytes(): Buffer {
    return this.#window.subarray(0, this.#end);
  }

  /** Where in the content the next line starts. */
  get position(): number {
    return this.#origin + this.#start;
  }

  /** True where no byte is left. Only after `fill`. */
  get done(): boolean {
    return this.#start === this.#end && this.#ended;
  }

  /** The row may have its longest length, then CR LF. */
  get #lookahead(): number {
    return this.#maxRowBytes + 2;
  }

  get #ready(): boolean {
    return this.#start < this.#end && (this.#ended || this.#end - this.#start >= this.#lookahead);
  }

  /** Reads on where less than the longest row lies ahead. */
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

  /** Passes over a byte-order mark. Only at the start. */
  skipByteOrderMark(): void {
    this.#start = this.bytes.length - withoutByteOrderMark(this.bytes).length;
  }

  /** The first line that has more than blanks, at most `length` bytes of it; nothing is passed. */
  firstLine(length: number): Buffer {
    let start = this.#start;
    while (start < this.#end && (isBlank(this.#window[start]) || this.#window[start] === LF)) start += 1;
    const rest = this.#window.subarray(start, Math.min(this.#end, start + length));
    const lineBreak = rest.indexOf(LF);
    return lineBreak === -1 ? rest : rest.subarray(0, lineBreak);
  }

  /** Calls `visit` with each line that lies ready and is not blank, until it has been a chunk's worth of them. */
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

  /** Lets the row that `line` starts go on to `end`, over the line breaks in it. */
  extend(line: Span, end: number): Span {
    for (let at = this.#start; at < end; this.#line += 1) {
      const lineBreak = this.#window.indexOf(LF, at);
      at = lineBreak === -1 || lineBreak >= end ? end : lineBreak + 1;
    }
    this.#start = end;
    return { ...line, end };
  }

  /** The bytes that a row may have which starts at `start`, its line break included, as a view that ends there. */
  reach(start: number): { readonly bytes: Buffer; readonly atEnd: boolean } {
    const limit = Math.min(this.#end, start + this.#lookahead);
    return { bytes: this.#window.subarray(0, limit), atEnd: this.#ended && limit === this.#end };
  }

  /** True where the row, not counting its line break, is longer than a row may be. */
  isTooLong(start: number, end: number): boolean {
    let last = end;
    if (last > start && this.#window[last - 1] === LF) {
      last -= 1;
      if (last > start && this.#window[last - 1] === CR) last -= 1;
    }
    return last - start > this.#maxRowBytes;
  }

  /** The next line, passed; null for one that is blank or the rest of one that was too long. */
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
    // before blanks are looked for, since what lies ahead of a long line may be blank and its rest not
    if (this.isTooLong(start, end)) return { line, start, end, problem: TOO_LONG };
    return isBlankLine(bytes, start, end) ? null : { line, start, end, problem: null };
  }
}

/** Why a row is a problem that has more than `MAX_ROW_BYTES`. */
export const TOO_LONG = phrase('is longer than 1 MiB');
/** Why a row is a problem whose bytes are no text. */
export const NOT_UTF8 = phrase('is not UTF-8');

/** The same rows, those whose bytes are no text as problems. One look at all the bytes is enough nearly always. */
export function markUndecodable(bytes: Buffer, spans: readonly Span[]): readonly Span[] {
  if (isUtf8(bytes.subarray(spans.at(0)?.start, spans.at(-1)?.end))) return spans;
  return spans.map((span) =>
    span.problem !== null || isUtf8(bytes.subarray(span.start, span.end)) ? span : { ...span, problem: NOT_UTF8 },
  );
}

/** The same bytes, behind the byte-order mark that they may begin with. */
export function withoutByteOrderMark(bytes: Buffer): Buffer {
  const { length } = BYTE_ORDER_MARK;
  return bytes.subarray(0, length).equals(BYTE_ORDER_MARK) ? bytes.subarray(length) : bytes;
}

const MOST_NAMES = 5;

/** Names from a file as part of a message: in quotes, cut where they are long or many. */
export function quoteNames(names: readonly string[]): Phrase {
  const quoted = names
    .slice(0, MOST_NAMES)
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
