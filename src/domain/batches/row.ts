import { ShopError } from '../errors.ts';
import { cellText, invalid, parseKey, parseText, shownValue } from '../input.ts';
import { either, type Phrase, phrase } from '../phrase.ts';
import type { Cells } from '../requests/kinds/cells.ts';
import { KIND_LIST, KINDS, type RequestContent, type RequestKind, sizeOf } from '../requests/kinds/index.ts';

/** The codes of rows that create no request. Such rows are refused without an outcome. */
export const ROW_CODES = ['INVALID_INPUT', 'IDEMPOTENCY_CONFLICT'] as const;

/** The kind of a row that specifies no kind. */
const DEFAULT_KIND: RequestKind = 'order';

/** The columns of each kind, apart from `kind` and `key`. */
const KIND_COLUMNS: ReadonlyMap<string, readonly string[]> = new Map(
  KIND_LIST.map(({ name, row: { required, optional = [] } }) => [name, [...required.flat(), ...optional, 'reason']]),
);

export const BATCH_COLUMNS: readonly string[] = [...new Set(['kind', ...[...KIND_COLUMNS.values()].flat(), 'key'])];

/** For each kind, the columns that its rows need. A CSV header needs the columns of at least one kind. */
export const BATCH_REQUIRED = KIND_LIST.map(({ name, row: { required } }) =>
  name === DEFAULT_KIND ? required : [['kind'], ...required],
);

/** A row that can be sent. */
export interface SendableRow {
  /** The line of the file on which the row starts, from 1. */
  readonly line: number;
  readonly key: string;
  readonly content: RequestContent;
}

/** A row that can't be sent, with the reason. */
interface UnsendableRow {
  readonly line: number;
  /** The key and the kind, if they could be read. */
  readonly key: string | null;
  readonly kind: RequestKind | null;
  readonly reason: Phrase;
}

export type BatchFileRow = SendableRow | UnsendableRow;

/**
 * Reads one row of a batch file.
 *
 * @param name the batch's name, which becomes part of the keys of rows without a key; null if each row needs its own key.
 */
export function readBatchRow(line: number, fields: Cells, name: string | null): BatchFileRow {
  let key: string | null = null;
  let kind: RequestKind | null = null;
  try {
    key = readKey(line, fields, name);
    kind = readKind(fields);
    return { line, key, content: readContent(kind, fields) };
  } catch (error) {
    if (error instanceof ShopError)
      return { line, key, kind, reason: phrase`${error.details.field} ${error.details.reason}` };
    throw error;
  }
}

export function isSendable(row: BatchFileRow): row is SendableRow {
  return 'content' in row;
}

/** Returns the number of items of an order or a return; 1 for any other row. */
export function orderLines(row: BatchFileRow): number {
  return isSendable(row) ? sizeOf(row.content) : 1;
}

function readKey(line: number, fields: Cells, name: string | null): string {
  if (fields.key !== undefined) return parseKey(cellText('key', fields.key));
  if (name === null) throw invalid('key', phrase('is missing; the batch needs a --name for rows without a key'));
  return keyOfLine(name, line);
}

/** Returns the key for a row that specifies no key. */
export function keyOfLine(batch: string, line: number): string {
  return `${batch}:${line}`;
}

function readKind({ kind = DEFAULT_KIND }: Cells): RequestKind {
  const name = typeof kind === 'string' ? kind.toLowerCase() : kind;
  if (isRowKind(name)) return name;
  throw invalid('kind', phrase`must be ${either([...KIND_COLUMNS.keys()])}, not ${shownValue(kind)}`);
}

function isRowKind(kind: unknown): kind is RequestKind {
  return typeof kind === 'string' && KIND_COLUMNS.has(kind);
}

function readContent<K extends RequestKind>(kind: K, cells: Cells): RequestContent<K> {
  const columns = KIND_COLUMNS.get(kind) ?? [];
  for (const [column, value] of Object.entries(cells)) {
    if (value !== undefined && column !== 'kind' && column !== 'key' && !columns.includes(column)) {
      throw invalid(column, phrase`is not a column of the kind ${kind} (columns: ${columns.join(', ')})`);
    }
  }
  const { row, reasonRequired } = KINDS[kind];
  const content = { kind, payload: row.read(cells) } as RequestContent<K>;
  if (cells.reason === undefined && reasonRequired !== true) return content;
  return { ...content, reason: parseText('reason', cellText('reason', cells.reason)) };
}
