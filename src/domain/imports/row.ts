import { ShopError } from '../errors.ts';
import { cellNumber, cellText, invalid, parseName, parsePrice, parseReference, parseStock } from '../input.ts';
import { type Phrase, phrase } from '../phrase.ts';

/** The kinds of import. A row with a new reference creates an entry; a row with a known one renames or reprices it. */
export type ImportKind = 'user' | 'product';

/**
 * The columns of an import file. Lists print the `ignored`
 * columns too.
 */
export const IMPORT_COLUMNS = {
  user: {
    columns: ['reference', 'name'],
    required: [[['reference'], ['name']]],
    ignored: ['id', 'balance', 'blocked', 'blockedReason', 'createdAt'],
    texts: ['reference', 'name'],
  },
  // existing products can be renamed or repriced alone
  product: {
    columns: ['reference', 'name', 'price', 'stock'],
    required: [[['reference'], ['name', 'price']]],
    ignored: ['id', 'retired'],
    texts: ['reference', 'name'],
  },
} as const;

/** A row that can be imported, unless its user or product is new and a field is missing. */
export interface ReadableRow {
  /** The line of the file on which the row starts, from 1. */
  readonly line: number;
  readonly reference: string;
  /** The name, or null to keep the present one. */
  readonly name: string | null;
  /** The price, or null to keep the present one; null for a user. */
  readonly price: number | null;
  /** The initial stock of a new product; null for a user. An error is only reported if the product is new. */
  readonly firstStock: number | ShopError | null;
}

/** A row that changes nothing, with the reason. */
export interface RefusedRow {
  readonly line: number;
  readonly code: 'INVALID_INPUT';
  readonly reason: Phrase;
}

export type ImportRow = ReadableRow | RefusedRow;

/** The fields of a row: text from CSV, any JSON value from JSON lines. An empty CSV cell counts as a missing field. */
type Fields = Readonly<Record<string, unknown>>;

/** Reads one row of an import file. */
export function readImportRow(kind: ImportKind, line: number, fields: Fields): ImportRow {
  try {
    const reference = parseReference('reference', cellText('reference', fields.reference));
    const name = fields.name === undefined ? null : parseName(cellText('name', fields.name));
    if (kind === 'user') return { line, reference, name, price: null, firstStock: null };
    const price = fields.price === undefined ? null : parsePrice(cellNumber('price', fields.price));
    return { line, reference, name, price, firstStock: readFirstStock(fields) };
  } catch (error) {
    if (error instanceof ShopError) return refusedRow(line, error);
    throw error;
  }
}

/** Creates a refused row from the error of one of its fields. */
export function refusedRow(line: number, { details }: ShopError): RefusedRow {
  return { line, code: 'INVALID_INPUT', reason: phrase`${details.field} ${details.reason}` };
}

export function isRefused(row: object): row is RefusedRow {
  return 'reason' in row;
}

/** Reads the initial stock. Its errors are returned and not thrown, because the stock of an existing product is ignored. */
function readFirstStock(fields: Fields): number | ShopError {
  if (fields.stock === undefined) return invalid('stock', phrase('is required for a new product'));
  try {
    return parseStock(cellNumber('stock', fields.stock));
  } catch (error) {
    if (error instanceof ShopError) return error;
    throw error;
  }
}
