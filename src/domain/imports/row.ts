import { ShopError } from '../errors.ts';
import { cellText, invalid, parseName, parsePrice, parseReference, parseStock } from '../input.ts';
import { type Phrase, phrase } from '../phrase.ts';

/** What a file may bring: it is matched by reference, created where it is new and renamed or repriced where it is not. */
export type ImportKind = 'user' | 'product';

/** The columns of an import file; of each group that is `required` a CSV header has at least one. */
export const IMPORT_COLUMNS = {
  user: { columns: ['reference', 'name'], required: [['reference'], ['name']] },
  // without a stock column, what there is already can still be renamed and repriced
  product: { columns: ['reference', 'name', 'price', 'stock'], required: [['reference'], ['name'], ['price']] },
} as const;

/** A row that can be imported, unless it turns out to be new and has no first stock. */
interface ReadableRow {
  /** The line of the file on which the row starts, from 1. */
  readonly line: number;
  readonly reference: string;
  readonly name: string;
  /** Null for a user. */
  readonly price: number | null;
  /** Of a new product; null for a user. An error is told only where the stock is needed. */
  readonly firstStock: number | ShopError | null;
}

/** A row that changes nothing, and why. */
export interface RefusedRow {
  readonly line: number;
  readonly code: 'INVALID_INPUT';
  readonly reason: Phrase;
}

export type ImportRow = ReadableRow | RefusedRow;

/** A row as its file has it: text from CSV, any JSON value from JSON lines. A cell without content is no field. */
type Fields = Readonly<Record<string, unknown>>;

/** Reads one row of an import file. */
export function readImportRow(kind: ImportKind, line: number, fields: Fields): ImportRow {
  try {
    const reference = parseReference('reference', cellText('reference', fields.reference));
    const name = parseName(cellText('name', fields.name));
    if (kind === 'user') return { line, reference, name, price: null, firstStock: null };
    const price = parsePrice(cellText('price', fields.price));
    return { line, reference, name, price, firstStock: readFirstStock(fields) };
  } catch (error) {
    if (error instanceof ShopError) return refusedRow(line, error);
    throw error;
  }
}

/** The row as one that is refused for what `error` says of one of its fields. */
export function refusedRow(line: number, { details }: ShopError): RefusedRow {
  return { line, code: 'INVALID_INPUT', reason: phrase`${details.field} ${details.reason}` };
}

export function isRefused(row: ImportRow): row is RefusedRow {
  return 'reason' in row;
}

/** The stock of a product that is there already is what its movements say; the file's is then not even looked at. */
function readFirstStock(fields: Fields): number | ShopError {
  if (fields.stock === undefined) return invalid('stock', phrase('is missing, and the product is new'));
  try {
    return parseStock(cellText('stock', fields.stock));
  } catch (error) {
    if (error instanceof ShopError) return error;
    throw error;
  }
}
