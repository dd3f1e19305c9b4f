import { type Phrase, phrase } from '../../domain/phrase.ts';
import { visible } from '../output/visible.ts';
import { type FileRow, type LineReader, markUndecodable, quoteNames, type Span } from './rows.ts';

/** Far more than any field needs; what follows may go through values by recursion. */
const MAX_DEPTH = 16;

/**
 * The rows of JSON lines, a chunk at a time. A field of null is one that is not there; else values are as JSON has
 * them, their numbers all whole and exact.
 *
 * @param columns all fields that are allowed.
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
    (hasRoundedNumber(text) ? phrase`has ${NO_WHOLE_NUMBER}` : null);
  if (found !== null) return { line, problem: found };
  // the names are known columns, so that a plain object can't be given a prototype
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

/** An object's begin or end, or a text; a text that a colon follows is a field's name. */
const BRACE_OR_STRING = /[{}]|("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?/gs;

/** JSON.parse keeps the last of the fields that have the same name. */
function problemOfRepeated(text: string, names: readonly string[]): Phrase | null {
  // nearly always there are as many colons as fields
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

const NO_WHOLE_NUMBER = phrase('a number that is not a whole one within ±9,007,199,254,740,991');

function problemOfValue(value: unknown): Phrase | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? null : NO_WHOLE_NUMBER;
  return typeof value === 'object' && value !== null ? problemWithin(value) : null;
}

/** Level by level, not by recursion, for a row may be nested as deep as it is long. */
function problemWithin(value: object): Phrase | null {
  let level: readonly object[] = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return phrase`more than ${MAX_DEPTH} levels`;
    const inner: unknown[] = level.flatMap((one) => Object.values(one));
    if (inner.some((one) => typeof one === 'number' && !Number.isSafeInteger(one))) return NO_WHOLE_NUMBER;
    level = inner.filter((one) => typeof one === 'object' && one !== null);
  }
  return null;
}

const FRACTION_OR_EXPONENT = /\d[.eE]/;
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;

/**
 * True for a number like 4.99999999999999999, which JSON.parse makes 5 of. A number that it rounds to a whole one has a
 * fraction, or an exponent below zero, left over; 1.0 and 1e3 have not.
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
  // a pattern for trailing zeros would look at a long run of them once for each
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  const isZero = end === 0 || digits.slice(0, end) === '-';
  return isZero || Number(exponent) - fraction.length + (digits.length - end) >= 0;
}

/** The parser's words, without a place in lines of its own counting, which is not the file's. */
function reasonOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return visible(words.replace(/ \(line \d+ column \d+\)$/, ''));
}
