import { parse } from 'csv-parse/sync';
import { trimmed } from '../../domain/trim.ts';
import type { ColumnNames } from './columns.ts';

/** The separator and the quoting of a CSV file. */
export interface Dialect {
  /** The separator, which is one ASCII character. */
  readonly delimiter: string;
  /** False if quotes are ordinary characters, and a backslash begins an escape, as in the TSV output of `shop`. */
  readonly quoted: boolean;
}

const DELIMITERS = [',', ';', '\t'];
const SEP_LINE = /^"?sep=([^\w"\r\n])"?$/i;

/** Returns the separator of a line such as `sep=;`, which Excel reads and writes before the header; null for any other line. */
export function sepLine(line: string): string | null {
  // a tab at the end is kept, because it may be the separator
  return SEP_LINE.exec(line.replace(/^\ufeff| +$|[\r\n]+$/g, ''))?.[1] ?? null;
}

/**
 * Finds the dialect of a file by its header. The separator is the one that gives the most known columns. If several do,
 * it is the one that gives the most columns.
 */
export function detectDialect(line: string, names: ColumnNames, given: string | null): Dialect {
  const candidates = (given === null ? DELIMITERS : [given]).map((delimiter) => {
    const header = headerCells(line, { delimiter, quoted: true });
    const known = header.filter((name) => names.find(name) !== undefined).length;
    return { delimiter, header, known };
  });
  const best = candidates.reduce((one, other) =>
    other.known > one.known || (other.known === one.known && other.header.length > one.header.length) ? other : one,
  );
  return { delimiter: best.delimiter, quoted: best.delimiter !== '\t' || !names.isOwnList(best.header) };
}

/** Returns the trimmed cells of a header. A line with wrong quotes is one cell. */
export function headerCells(line: string | Buffer, dialect: Dialect): readonly string[] {
  try {
    return (parseRecords(line, dialect)[0] ?? []).map(trimmed);
  } catch {
    return [String(line)];
  }
}

/** Splits records into their cells. */
export function parseRecords(content: string | Buffer, { delimiter, quoted }: Dialect): string[][] {
  return parse(content, {
    delimiter,
    quote: quoted ? '"' : null,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
  });
}

/** Decodes the escapes of a cell in the TSV output of `shop`. */
export function unescaped(cell: string): string {
  return cell.replace(ESCAPE, (_, letter?: string, byte?: string, unit?: string) =>
    letter === undefined ? String.fromCharCode(Number.parseInt(byte ?? unit ?? '', 16)) : (NAMED[letter] ?? letter),
  );
}

const NAMED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
const ESCAPE = /\\(?:([\\ntr])|x([0-9a-f]{2})|u([0-9a-f]{4}))/g;
