import { invalid } from '../../domain/input.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import { trimmed } from '../../domain/trim.ts';
import { withoutGuard } from '../output/formula-guard.ts';
import { CR, LF, QUOTE } from './bytes.ts';
import type { ColumnNames } from './columns.ts';
import { type Dialect, detectDialect, headerCells, parseRecords, sepLine, unescaped } from './dialect.ts';
import { type FileRow, type LineReader, MAX_ROW_BYTES, type Span, TOO_LONG } from './rows.ts';

const EQUALS = 61;

const NOT_CLOSED = phrase('has a quote that is not closed');

/** The header of a CSV file. */
export interface Header {
  readonly dialect: Dialect;
  /** The names in the file, trimmed. */
  readonly names: readonly string[];
  /** The column of each name, or null if it is ignored. */
  readonly columns: readonly (string | null)[];
  /** The columns whose text may begin with the `'` that `shop` writes before formulas in CSV. */
  readonly texts: ReadonlySet<string>;
}

/**
 * Reads the header, which is the first record that is not blank, and detects the separator. A `sep=` line may precede it.
 *
 * @param lines positioned at the start of the content.
 * @param delimiter the separator, if it is given.
 * @throws ShopError `INVALID_INPUT` if there is no header, the header is not CSV, or its columns are not those of `expected`.
 */
export async function readHeader(lines: LineReader, expected: ColumnNames, delimiter?: string): Promise<Header> {
  await lines.fill();
  const named = sepLine(lines.firstLine(SEP_LINE_BYTES).toString());
  if (named !== null) lines.skipLine();
  await lines.fill();
  const known = delimiter ?? named;
  const dialect = detectDialect(lines.firstLine(MAX_ROW_BYTES).toString(), expected, known);
  const span = await firstRecord(lines, dialect);
  if (span === null) throw invalid('file', phrase('is empty: a header is expected'));
  if (span.problem !== null) throw invalid('file', phrase`has a header that ${span.problem}`);
  const names = headerCells(lines.bytes.subarray(span.start, span.end), dialect);
  if (!expected.isComplete(names)) requireNoTitle(lines, expected, known);
  return { dialect, names, columns: expected.check(names, dialect.delimiter), texts: expected.texts };
}

/** The maximum length of a `sep=` line in bytes. */
const SEP_LINE_BYTES = 16;
/** The number of lines that are searched for a header if the first line is a title. */
const MAX_TITLE_LINES = 20;

/** If one of the next lines looks like the header, throws an error with the number of that line. */
function requireNoTitle(lines: LineReader, expected: ColumnNames, delimiter: string | null): void {
  lines.eachOfChunk(({ line, start, end }) => {
    const text = lines.bytes.toString('utf8', start, end);
    if (!expected.isComplete(headerCells(text, detectDialect(text, expected, delimiter)))) return;
    throw invalid('file', phrase`seems to have its header on line ${line}; delete the lines above the header`);
  }, MAX_TITLE_LINES);
}

/** Reads the rows after the header, a chunk at a time. An empty cell is a missing field, and a row without content is skipped. */
export async function* csvRows(lines: LineReader, header: Header): AsyncGenerator<readonly FileRow[]> {
  for (;;) {
    await lines.fill();
    if (lines.done) return;
    const rows = toRows(lines.bytes, recordsOfChunk(lines, header.dialect), header);
    if (rows.length > 0) yield rows;
  }
}

async function firstRecord(lines: LineReader, dialect: Dialect): Promise<Span | null> {
  for (;;) {
    await lines.fill();
    if (lines.done) return null;
    const [first] = recordsOfChunk(lines, dialect, 1);
    if (first !== undefined) return first;
  }
}

/**
 * Finds the records in the window of `lines`. A record continues on the next line while a quote is open.
 *
 * csv-parse can find records itself, but it does not report the line on which a record starts, and an error such as an
 * unclosed quote ends the parsing. For these reasons csv-parse gets only whole, well-formed records, many per call, and
 * splits them into cells.
 */
function recordsOfChunk(lines: LineReader, { delimiter, quoted }: Dialect, most?: number): Span[] {
  const bytes = lines.bytes;
  const records: Span[] = [];
  const separator = delimiter.charCodeAt(0);
  let nextQuote = quoted ? -1 : Number.POSITIVE_INFINITY;
  lines.eachOfChunk((line) => {
    if (nextQuote < line.start) {
      const found = bytes.indexOf(QUOTE, line.start);
      nextQuote = found === -1 ? Number.POSITIVE_INFINITY : found;
    }
    records.push(line.problem !== null || nextQuote >= line.end ? line : quotedRecord(lines, line, separator));
  }, most);
  return records;
}

/**
 * Returns the record that starts with the given line, which has a quote. If the quotes of the record are wrong, or the record
 * is too long, it consists of only that line. This way an unclosed quote makes only its own row fail.
 */
function quotedRecord(lines: LineReader, line: Span, separator: number): Span {
  const { bytes, atEnd } = lines.rowWindow(line.start);
  const { end, problem } = endOfRecord(bytes, line.start, separator);
  if (problem !== NOT_CLOSED && lines.isTooLong(line.start, end)) return { ...line, problem: TOO_LONG };
  if (problem === null) return end === line.end ? line : lines.extend(line, end);
  // an error on a later line means that the quote on the first line was left open
  if (end < line.end) return { ...line, problem };
  const isOutOfReach = problem === NOT_CLOSED && !atEnd;
  return { ...line, problem: isOutOfReach ? phrase`${NOT_CLOSED} within 1 MiB` : NOT_CLOSED };
}

/** The end of a cell, or of a record with its line break; or the position of a problem. */
interface End {
  readonly end: number;
  readonly problem: Phrase | null;
}

function endOfRecord(bytes: Buffer, start: number, separator: number): End {
  let at = start;
  for (;;) {
    const cell = bytes[at] === QUOTE ? endOfQuotedCell(bytes, at, separator) : endOfPlainCell(bytes, at, separator);
    if (cell.problem !== null) return cell;
    if (bytes[cell.end] !== separator) {
      const lineBreak = bytes[cell.end] === CR && bytes[cell.end + 1] === LF ? 2 : 1;
      return { end: Math.min(cell.end + lineBreak, bytes.length), problem: null };
    }
    at = cell.end + 1;
  }
}

/**
 * Finds the end of an unquoted cell: a separator, a line break, or the end of the bytes. A quote after other text is an
 * ordinary character, unless the cell begins with `=`.
 */
function endOfPlainCell(bytes: Buffer, start: number, separator: number): End {
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === separator || byte === LF || byte === CR) return { end: at, problem: null };
    if (byte === QUOTE) {
      const before = bytes[start] === EQUALS ? '=' : trimmed(bytes.toString('utf8', start, at));
      if (before === '=') return { end: at, problem: phrase('has a formula (="...") where a value is expected') };
      if (before === '') return { end: at, problem: phrase('has white space before an opening quote') };
    }
  }
  return { end: bytes.length, problem: null };
}

/** Finds the end of a quoted cell, after its closing quote. */
function endOfQuotedCell(bytes: Buffer, start: number, separator: number): End {
  let quote = bytes.indexOf(QUOTE, start + 1);
  while (quote !== -1 && bytes[quote + 1] === QUOTE) quote = bytes.indexOf(QUOTE, quote + 2);
  if (quote === -1) return { end: bytes.length, problem: NOT_CLOSED };
  const byte = bytes[quote + 1];
  const closes = byte === undefined || byte === separator || byte === LF || byte === CR;
  return { end: quote + 1, problem: closes ? null : phrase('has text after a closing quote') };
}

function toRows(bytes: Buffer, spans: readonly Span[], header: Header): FileRow[] {
  const good = spans.filter(({ problem }) => problem === null);
  const records = good.length === 0 ? [] : parseRecords(concatenate(bytes, good), header.dialect);
  // an extra or missing record would shift the line numbers of all following rows, and thereby change their keys
  if (records.length !== good.length)
    throw new Error(`csv-parse returned ${records.length} records instead of ${good.length}`);
  let next = 0;
  return spans.flatMap(({ line, problem }) => {
    if (problem !== null) return [{ line, problem }];
    const cells = (records[next] ?? []).map(trimmed);
    next += 1;
    if (cells.every((cell) => cell === '')) return [];
    const found = problemOf(cells, header);
    return [found === null ? { line, fields: toFields(cells, header) } : { line, problem: found }];
  });
}

function problemOf(cells: readonly string[], { names }: Header): Phrase | null {
  const extra = cells.findIndex((cell, index) => cell !== '' && (names[index] ?? '') === '');
  if (extra >= names.length) return phrase`has ${cells.length} cells, but the header has ${names.length}`;
  if (extra !== -1) return phrase`has text in column ${extra + 1}, which has no name`;
  const repeats = cells.length === names.length && cells.every((cell, index) => cell === names[index]);
  return repeats ? phrase('repeats the header') : null;
}

/** Converts cells to fields. The names are known columns, so `__proto__` can't be among them. */
function toFields(cells: readonly string[], { columns, texts, dialect }: Header): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [index, column] of columns.entries()) {
    const cell = cells[index];
    if (column === null || cell === undefined || cell === '') continue;
    if (!dialect.quoted) fields[column] = unescaped(cell);
    else fields[column] = texts.has(column) ? withoutGuard(cell) : cell;
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
