import { ShopError } from '../errors.ts';
import { cellNumber, cellText, parseId, parseName, parsePrice, parseReference } from '../input.ts';
import { type Phrase, phrase } from '../phrase.ts';
import { readFlag, readStock } from '../requests/kinds/cells.ts';

/**
 * The kinds of import. A row with a new reference creates an entry; a row with a known reference renames or reprices the entry.
 */
export type ImportKind = 'user' | 'product';

/**
 * The columns of an import file. A list that `shop` prints can be imported, too; it also has the columns in `listed` and
 * `ignored`. The columns in `listed` are read: the id identifies an existing entry without a reference, and the import reports
 * the values that differ from the stored ones.
 */
export const IMPORT_COLUMNS = {
  user: {
    columns: ['reference', 'name'],
    required: [[['reference'], ['name']]],
    listed: ['id', 'balance', 'blocked'],
    ignored: ['blockedReason', 'createdAt'],
    texts: ['reference', 'name'],
  },
  // a row for an existing product may have only a name or only a price
  product: {
    columns: ['reference', 'name', 'price', 'stock'],
    required: [[['reference'], ['name', 'price']]],
    listed: ['id', 'retired'],
    ignored: [],
    texts: ['reference', 'name'],
  },
} as const;

/** Columns whose values an import does not change. An exception is the initial stock of a new product. */
export const KEPT_COLUMNS = ['stock', 'balance', 'blocked', 'retired'] as const;

export type KeptColumn = (typeof KEPT_COLUMNS)[number];

/** A row that can be imported, unless its user or product is new and a field is missing. */
export interface ReadableRow {
  /** The line of the file on which the row starts, from 1. */
  readonly line: number;
  /** The reference, or the id of an entry that has no reference. */
  readonly entry: string | number;
  /** The id beside a reference, as in a printed list; otherwise null. */
  readonly listedId: number | null;
  /** The name, or null to keep the current one. */
  readonly name: string | null;
  /** The price, or null to keep the current one; null for a user. */
  readonly price: number | null;
  /*
   * The other values are null if the row has none. Invalid values are errors; only the error of a new product's stock refuses
   * the row.
   */
  readonly stock: number | ShopError | null;
  readonly balance: number | ShopError | null;
  /** `true` or `false`. */
  readonly blocked: string | ShopError | null;
  /** `true` or `false`. */
  readonly retired: string | ShopError | null;
}

/** A row that changes nothing, with the reason. */
export interface RefusedRow {
  readonly line: number;
  /** The reference or id, as in `ReadableRow`; null if it can't be read. */
  readonly entry: string | number | null;
  readonly reason: Phrase;
}

export type ImportRow = ReadableRow | RefusedRow;

/** The fields of a row: text from CSV, any JSON value from JSON lines. An empty CSV cell counts as a missing field. */
type Fields = Readonly<Record<string, unknown>>;

/** Reads one row of an import file. */
export function readImportRow(line: number, fields: Fields): ImportRow {
  let entry: string | number | null = null;
  try {
    entry = readEntry(fields);
    const name = fields.name === undefined ? null : parseName(cellText('name', fields.name));
    const listedId = typeof entry === 'string' ? readListedId(fields) : null;
    const price = fields.price === undefined ? null : parsePrice(cellNumber('price', fields.price));
    return {
      line,
      entry,
      listedId,
      name,
      price,
      stock: readKept('stock', fields, readStock),
      balance: readKept('balance', fields, readStock),
      blocked: readKept('blocked', fields, readState),
      retired: readKept('retired', fields, readState),
    };
  } catch (error) {
    if (error instanceof ShopError) return refusedRow({ line, entry }, error);
    throw error;
  }
}

/** Creates a refused row from the error of one of its fields. */
export function refusedRow({ line, entry }: Pick<RefusedRow, 'line' | 'entry'>, { details }: ShopError): RefusedRow {
  return { line, entry, reason: phrase`${details.field} ${details.reason}` };
}

export function isRefused(row: object): row is RefusedRow {
  return 'reason' in row;
}

function readEntry({ reference, id }: Fields): string | number {
  if (reference === undefined && id !== undefined) return parseId('id', cellNumber('id', id));
  return parseReference('reference', cellText('reference', reference));
}

/** Reads the id beside a reference. In a file of another program it may be anything, so an invalid id is ignored. */
function readListedId({ id }: Fields): number | null {
  try {
    return id === undefined ? null : parseId('id', cellNumber('id', id));
  } catch (error) {
    if (error instanceof ShopError) return null;
    throw error;
  }
}

/** Reads a kept value. Errors are returned and not thrown, because an import ignores most of these values. */
function readKept<Value>(
  column: KeptColumn,
  fields: Fields,
  read: (column: string, fields: Fields) => Value,
): Value | ShopError | null {
  if (fields[column] === undefined) return null;
  try {
    return read(column, fields);
  } catch (error) {
    if (error instanceof ShopError) return error;
    throw error;
  }
}

function readState(column: string, fields: Fields): string {
  const text = String(fields[column]).toLowerCase();
  if (['yes', '1'].includes(text)) return 'true';
  if (['no', '0'].includes(text)) return 'false';
  return String(readFlag(column, fields, false));
}
