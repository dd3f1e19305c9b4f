import { type Phrase, phrase } from '../../domain/phrase.ts';
import { visible } from '../output/visible.ts';
import { type FileRow, type LineReader, markUndecodable, quoteNames, type Span } from './rows.ts';

/**
 * Maximum nesting depth of a field, which is more than any field needs. The limit protects later code that recurses through
 * values.
 */
const MAX_DEPTH = 16;

/**
 * Reads the rows of a file of JSON lines, one chunk at a time. A field that is null counts as missing. All numbers are exact
 * integers.
 *
 * @param columns the allowed fields.
 */
export async function* jsonRows(lines: LineReader, columns: readonly string[]): AsyncGenerator<readonly FileRow[]> {
  const allowed = new Set(columns);
  for (;;) {
    await lines.fill();
    if (lines.done) return;
    const bytes = lines.bytes;
    const spans: Span[] = [];
    lines.eachOfChunk((line) => spans.push(line));
    const rows = markUndecodable(bytes, spans).map((span) => toRow(bytes, span, allowed));
    if (rows.length > 0) yield rows;
  }
}

function toRow(bytes: Buffer, { line, start, end, problem }: Span, allowed: ReadonlySet<string>): FileRow {
  if (problem !== null) return { line, problem };
  const text = bytes.toString('utf8', start, end);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { line, problem: phrase`is not JSON: ${reasonOf(error)}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { line, problem: phrase('is not a JSON object') };
  }
  const row = value as Readonly<Record<string, unknown>>;
  const names = Object.keys(row);
  const found =
    problemOf(row, names, allowed) ??
    problemOfRepeated(text, names) ??
    (hasRoundedNumber(text) ? phrase`has ${NOT_AN_INTEGER}` : null);
  if (found !== null) return { line, problem: found };
  // the names are known columns, so `__proto__` can't be among them
  const fields: Record<string, unknown> = {};
  for (const name of names) {
    if (row[name] !== null) fields[name] = row[name];
  }
  return { line, fields };
}

function problemOf(
  row: Readonly<Record<string, unknown>>,
  names: readonly string[],
  allowed: ReadonlySet<string>,
): Phrase | null {
  const unknown = names.filter((name) => !allowed.has(name));
  if (unknown.length > 0) return phrase`has unknown fields: ${quoteNames(unknown)}`;
  for (const name of names) {
    const problem = problemOfValue(row[name]);
    if (problem !== null) return phrase`has ${problem} in ${name}`;
  }
  return null;
}

/** Matches a brace or a string. A string before a colon is the name of a field. */
const BRACE_OR_STRING = /[{}]|("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?/gs;

/** Finds repeated fields, of which JSON.parse would keep the last. */
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
  return repeated.size === 0 ? null : phrase`has fields more than once: ${quoteNames([...repeated])}`;
}

const NOT_AN_INTEGER = phrase('a number that is not an integer within ±9,007,199,254,740,991');

function problemOfValue(value: unknown): Phrase | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? null : NOT_AN_INTEGER;
  return typeof value === 'object' && value !== null ? problemWithin(value) : null;
}

/** Checks nested values level by level instead of recursively, because a row may be nested as deep as it is long. */
function problemWithin(value: object): Phrase | null {
  let level: readonly object[] = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return phrase`more than ${MAX_DEPTH} levels`;
    const inner: unknown[] = level.flatMap((one) => Object.values(one));
    if (inner.some((one) => typeof one === 'number' && !Number.isSafeInteger(one))) return NOT_AN_INTEGER;
    level = inner.filter((one) => typeof one === 'object' && one !== null);
  }
  return null;
}

const FRACTION_OR_EXPONENT = /\d[.eE]/;
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;

/**
 * Returns true for a number like 4.99999999999999999, which JSON.parse rounds to 5. Such a number has a fraction that is not
 * zero, unlike 1.0 and 1e3.
 */
function hasRoundedNumber(text: string): boolean {
  if (!FRACTION_OR_EXPONENT.test(text)) return false;
  for (const [token] of text.matchAll(STRING_OR_NUMBER)) {
    if (!token.startsWith('"') && !isWhole(token)) return true;
  }
  return false;
}

function isWhole(literal: string): boolean {
  const [mantissa = '', exponent = '0'] = literal.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = whole + fraction;
  // a pattern such as /0*$/ would take quadratic time for a long run of zeros
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  const isZero = end === 0 || digits.slice(0, end) === '-';
  return isZero || Number(exponent) - fraction.length + (digits.length - end) >= 0;
}

/** Returns the parser's message without its line and column, because these are not positions in the file. */
function reasonOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return visible(words.replace(/ \(line \d+ column \d+\)$/, ''));
}
