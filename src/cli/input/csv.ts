import { isUtf8 } from 'node:buffer';
import { parse } from 'csv-parse/sync';
import { invalid } from '../../domain/input.ts';
import { either, joined, type Phrase, phrase } from '../../domain/phrase.ts';
import { withoutGuard } from '../output/formula-guard.ts';
import {
  CR,
  type FileRow,
  type LineReader,
  markUndecodable,
  NOT_UTF8,
  quoteNames,
  type RowColumns,
  type Span,
  TOO_LONG,
} from './rows.ts';

const LF = 10;
const QUOTE = 34;
const COMMA = 44;

const NOT_CLOSED = phrase('has a quote that is not closed');

/**
 * Reads the header, which is the first record that is not blank.
 *
 * @param lines positioned at the start of the content, and filled.
 * @throws ShopError `INVALID_INPUT` if there is no header, the header is not CSV, or its columns do not match `expected`.
 */
export async function readHeader(lines: LineReader, expected: RowColumns): Promise<readonly string[]> {
  const span = await firstRecord(lines);
  if (span === null) throw invalid('file', phrase('is empty: a header is expected'));
  if (span.problem !== null) throw invalid('file', phrase`has a header that ${span.problem}`);
  const bytes = lines.bytes.subarray(span.start, span.end);
  if (!isUtf8(bytes)) throw invalid('file', phrase`has a header that ${NOT_UTF8}`);
  const header = (parseRecords(bytes)[0] ?? []).map((cell) => cell.trim());
  checkHeader(header, expected);
  return header;
}

/** Reads the rows after the header, a chunk at a time. An empty cell is a missing field. */
export async function* csvRows(lines: LineReader, header: readonly string[]): AsyncGenerator<readonly FileRow[]> {
  for (;;) {
    await lines.fill();
    if (lines.done) return;
    const rows = toRows(lines.bytes, recordsOfChunk(lines), header);
    if (rows.length > 0) yield rows;
  }
}

async function firstRecord(lines: LineReader): Promise<Span | null> {
  for (;;) {
    await lines.fill();
    if (lines.done) return null;
    const [first] = recordsOfChunk(lines, 1);
    if (first !== undefined) return first;
  }
}

function checkHeader(header: readonly string[], { columns, required }: RowColumns): void {
  const present = new Set(header);
  const allowed = new Set(columns);
  const unknown = [...present].filter((name) => !allowed.has(name));
  if (unknown.length > 0) {
    throw invalid('file', phrase`has unknown columns: ${quoteNames(unknown)}; it may have ${columns.join(', ')}`);
  }
  const repeated = columns.filter((name) => header.indexOf(name) !== header.lastIndexOf(name));
  if (repeated.length > 0) throw invalid('file', phrase`has columns more than once: ${repeated.join(', ')}`);
  const missing = required.map((groups) => groups.filter((group) => !group.some((name) => present.has(name))));
  const fewest = Math.min(...missing.map(({ length }) => length));
  if (fewest > 0) {
    const [nearest = [], ...others] = missing.filter(({ length }) => length === fewest);
    // a single column may be missing from several alternatives
    const groups = fewest === 1 ? [[...new Set([nearest, ...others].flat(2))]] : nearest;
    throw invalid('file', phrase`lacks columns: ${joined(groups.map(either), ', ')}`);
  }
}

/**
 * Finds the records in the window by their quotes.
 *
 * csv-parse can find records itself, but it does not report the line on which a record starts, and an error such as an
 * unclosed quote ends the parsing. For these reasons csv-parse gets only whole, well-formed records, many per call, and
 * splits them into cells.
 */
function recordsOfChunk(lines: LineReader, most?: number): Span[] {
  const bytes = lines.bytes;
  const records: Span[] = [];
  let nextQuote = -1;
  lines.eachOfChunk((line) => {
    if (nextQuote < line.start) {
      const found = bytes.indexOf(QUOTE, line.start);
      nextQuote = found === -1 ? Number.POSITIVE_INFINITY : found;
    }
    records.push(line.problem !== null || nextQuote >= line.end ? line : quotedRecord(lines, line));
  }, most);
  return records;
}

/**
 * Returns the record that starts with the given line, which has a quote. If the quotes of the record are wrong, or the record
 * is too long, it consists of only that line. This way an unclosed quote makes only its own row fail.
 */
function quotedRecord(lines: LineReader, line: Span): Span {
  const { bytes, atEnd } = lines.rowWindow(line.start);
  const { end, problem } = endOfRecord(bytes, line.start);
  if (problem !== NOT_CLOSED && lines.isTooLong(line.start, end)) return { ...line, problem: TOO_LONG };
  if (problem === null) return end === line.end ? line : lines.extend(line, end);
  // an error on a later line means that the quote on the first line was left open
  if (end < line.end) return { ...line, problem };
  const isOutOfReach = problem === NOT_CLOSED && !atEnd;
  return { ...line, problem: isOutOfReach ? phrase`${NOT_CLOSED} within 1 MiB` : NOT_CLOSED };
}

/** The end of a record or cell, with its line break; or the position of a problem. */
interface End {
  readonly end: number;
  readonly problem: Phrase | null;
}

function endOfRecord(bytes: Buffer, start: number): End {
  let at = start;
  for (;;) {
    const cell = bytes[at] === QUOTE ? endOfQuotedCell(bytes, at) : endOfPlainCell(bytes, at);
    if (cell.problem !== null) return cell;
    if (bytes[cell.end] !== COMMA) return { end: Math.min(cell.end + 1, bytes.length), problem: null };
    at = cell.end + 1;
  }
}

/** Finds the comma, the line feed or the end after an unquoted cell. */
function endOfPlainCell(bytes: Buffer, start: number): End {
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === COMMA || byte === LF) return { end: at, problem: null };
    if (byte === QUOTE) return { end: at, problem: phrase('has a quote inside a cell that is not quoted') };
  }
  return { end: bytes.length, problem: null };
}

/** Finds the comma, the line feed or the end after a quoted cell. */
function endOfQuotedCell(bytes: Buffer, start: number): End {
  let quote = bytes.indexOf(QUOTE, start + 1);
  while (quote !== -1 && bytes[quote + 1] === QUOTE) quote = bytes.indexOf(QUOTE, quote + 2);
  if (quote === -1) return { end: bytes.length, problem: NOT_CLOSED };
  const after = bytes[quote + 1] === CR && bytes[quote + 2] === LF ? quote + 2 : quote + 1;
  const byte = bytes[after];
  const closes = byte === undefined || byte === COMMA || byte === LF;
  return { end: after, problem: closes ? null : phrase('has text after a closing quote') };
}

function toRows(bytes: Buffer, spans: readonly Span[], header: readonly string[]): FileRow[] {
  const checked = markUndecodable(bytes, spans);
  const good = checked.filter(({ problem }) => problem === null);
  const records = good.length === 0 ? [] : parseRecords(concatenate(bytes, good));
  // an extra or missing record would shift the lines of all following rows, and thereby change the keys of these rows
  if (records.length !== good.length) throw new Error(`csv-parse made ${records.length} records of ${good.length}`);
  let next = 0;
  return checked.map(({ line, problem }) => {
    if (problem !== null) return { line, problem };
    const cells = records[next] ?? [];
    next += 1;
    return cells.length === header.length
      ? { line, fields: toFields(cells, header) }
      : {
          line,
          problem: wrongCount(cells.length, header.length),
        };
  });
}

function wrongCount(cells: number, columns: number): Phrase {
  return cells === 1
    ? phrase`has 1 cell, the header has ${columns}`
    : phrase`has ${cells} cells, the header has ${columns}`;
}

/** Converts cells to fields. The names are known columns, so `__proto__` can't be among them. */
function toFields(cells: readonly string[], header: readonly string[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (let index = 0; index < header.length; index += 1) {
    const name = header[index];
    const cell = cells[index];
    if (name !== undefined && cell !== undefined && cell !== '') fields[name] = withoutGuard(cell);
  }
  return fields;
}

/** Concatenates the bytes of the records, without a copy if they are adjacent. */
function concatenate(bytes: Buffer, spans: readonly Span[]): Buffer {
  const runs: { start: number; end: number }[] = [];
  for (const { start, end } of spans) {
    const run = runs.at(-1);
    if (run?.end === start) run.end = end;
    else runs.push({ start, end });
  }
  const pieces = runs.map(({ start, end }) => bytes.subarray(start, end));
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
}

function parseRecords(bytes: Buffer): string[][] {
  return parse(bytes, { record_delimiter: ['\r\n', '\n'], relax_column_count: true });
}
