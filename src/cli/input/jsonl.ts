import { type Phrase, phrase } from '../../domain/phrase.ts';
import { trimmed } from '../../domain/trim.ts';
import { visible } from '../output/visible.ts';
import { type ColumnNames, quoteNames } from './columns.ts';
import type { FileRow, LineReader, Span } from './rows.ts';
import { JOINED_OBJECTS } from './wrong-format.ts';

/**
 * Maximum nesting depth of a field, which is more than any field needs. The limit protects later code that recurses through
 * values.
 */
const MAX_DEPTH = 16;

/**
 * Reads the rows of a file of JSON lines, one chunk at a time. Text is trimmed, and a field that is null or empty counts as
 * missing. A row is refused if it has a number that is not a plain integer, or that is too large to be exact.
 */
export async function* jsonRows(lines: LineReader, expected: ColumnNames): AsyncGenerator<readonly FileRow[]> {
  for (;;) {
    await lines.fill();
    if (lines.done) return;
    const bytes = lines.bytes;
    const rows: FileRow[] = [];
    lines.eachOfChunk((line) => rows.push(toRow(bytes, line, expected)));
    if (rows.length > 0) yield rows;
  }
}

function toRow(bytes: Buffer, { line, start, end, problem }: Span, expected: ColumnNames): FileRow {
  if (problem !== null) return { line, problem };
  // `trimmed` also removes a byte-order mark, which a later line has if files were concatenated
  const text = trimmed(bytes.toString('utf8', start, end));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (JOINED_OBJECTS.test(text))
      return { line, problem: phrase('has several JSON objects; `jq -c .` puts each object on its own line') };
    return { line, problem: phrase`is not JSON: ${reasonOf(error)}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { line, problem: phrase('is not a JSON object') };
  }
  const row = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(row);
  const found = problemOf(row, names, expected) ?? problemOfRepeated(text, names) ?? problemOfNumber(text, expected);
  if (found !== null) return { line, problem: found };
  // the names are known columns, so `__proto__` can't be among them
  const fields: Record<string, unknown> = {};
  for (const name of names) {
    const column = expected.find(name);
    const field = typeof row[name] === 'string' ? trimmed(row[name]) : row[name];
    if (typeof column === 'string' && field !== null && field !== '') fields[column] = field;
  }
  return { line, fields };
}

function problemOf(
  row: Readonly<Record<string, unknown>>,
  names: readonly string[],
  expected: ColumnNames,
): Phrase | null {
  const columns = names.map((name) => expected.find(name));
  const unknown = names.filter((_, index) => columns[index] === undefined);
  if (unknown.length > 0) return phrase`has unknown fields: ${quoteNames(unknown)}`;
  const repeated = expected.columns.filter((column) => columns.indexOf(column) !== columns.lastIndexOf(column));
  if (repeated.length > 0) return phrase`has fields that occur more than once: ${quoteNames(repeated)}`;
  for (const [index, name] of names.entries()) {
    const problem = columns[index] === null ? null : problemOfValue(row[name]);
    if (problem !== null) return phrase`has ${problem} in ${name}`;
  }
  return null;
}

/** Matches a brace or a string. A string before a colon is the name of a field. */
const BRACE_OR_STRING = /[{}]|("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?/gs;

/** Finds repeated fields. JSON.parse would silently keep the last value. */
function problemOfRepeated(text: string, names: readonly string[]): Phrase | null {
  // most rows have as many colons as fields, so this quick check is enough for them
  if (text.split(':').length - 1 === names.length) return null;
  const repeated = new Set<string>();
  const objects: Set<string>[] = [];
  for (const [token, string = '', colon] of text.matchAll(BRACE_OR_STRING)) {
    if (token === '{') objects.push(new Set());
    else if (token === '}') objects.pop();
    else if (colon !== undefined) {
      const name: string = JSON.parse(string);
      const fields = objects.at(-1);
      if (fields?.has(name) === true) repeated.add(name);
      fields?.add(name);
    }
  }
  return repeated.size === 0 ? null : phrase`has fields that occur more than once: ${quoteNames([...repeated])}`;
}

const NOT_AN_INTEGER = phrase('a number that is not an integer within ±9,007,199,254,740,991');

function problemOfValue(value: unknown): Phrase | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? null : NOT_AN_INTEGER;
  return typeof value === 'object' && value !== null ? problemWithin(value) : null;
}

/**
 * Checks nested values level by level instead of recursively, because a hostile row may be nested too deeply for the
 * stack.
 */
function problemWithin(value: object): Phrase | null {
  let level: readonly object[] = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return phrase`more than ${MAX_DEPTH} levels of nesting`;
    const inner: unknown[] = level.flatMap((one) => Object.values(one));
    if (inner.some((one) => typeof one === 'number' && !Number.isSafeInteger(one))) return NOT_AN_INTEGER;
    level = inner.filter((one) => typeof one === 'object' && one !== null);
  }
  return null;
}

const FRACTION_OR_EXPONENT = /\d[.eE]/;
/** Matches a bracket, a string or a number. A string before a colon is the name of a field. */
const BRACKET_STRING_OR_NUMBER = /[{}[\]]|("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|-?\d[\d.eE+-]*/gs;
const WHOLE = /^-?\d+(\.0+)?$/;

/**
 * Finds a number with an exponent, or with a fraction that is not zero, except in ignored fields. JSON.parse rounds
 * 4.99999999999999999 to 5, so the text is searched.
 */
function problemOfNumber(text: string, expected: ColumnNames): Phrase | null {
  if (!FRACTION_OR_EXPONENT.test(text)) return null;
  for (const number of numbersOf(text, expected)) {
    if (WHOLE.test(number)) continue;
    return /e/i.test(number)
      ? phrase('has a number with an exponent; plain digits are expected')
      : phrase`has ${NOT_AN_INTEGER}`;
  }
  return null;
}

/** Returns the numbers of an object as they are written, without those of ignored fields. */
function* numbersOf(text: string, expected: ColumnNames): Generator<string> {
  let depth = 0;
  let ignored = false;
  for (const [token, string, colon] of text.matchAll(BRACKET_STRING_OR_NUMBER)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (string === undefined) {
      if (!ignored) yield token;
    } else if (colon !== undefined && depth === 1) ignored = expected.find(JSON.parse(string)) === null;
  }
}

/** Returns the parser's message without its line and column, because these are not positions in the file. */
function reasonOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return visible(words.replace(/ \(line \d+ column \d+\)$/, ''));
}
