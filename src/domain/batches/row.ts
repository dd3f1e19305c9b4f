import { ShopError } from '../errors.ts';
import { cellText, invalid, parseAmount, parseItems, parseKey, parseRef, shownValue } from '../input.ts';
import { either, type Phrase, phrase } from '../phrase.ts';
import { type RequestContent, sizeOf } from '../requests/kinds/index.ts';
import type { OrderPayload } from '../requests/kinds/order.ts';

/** The columns of a batch file. */
export const BATCH_COLUMNS = ['kind', 'user', 'items', 'amount', 'key'] as const;
/** Groups of columns; a CSV header has at least one column of each group. */
export const BATCH_REQUIRED = [['user'], ['items', 'amount']] as const;
/** The kinds of request that a row can make. */
const BATCH_KINDS = ['order', 'charge'] as const;
type BatchKind = (typeof BATCH_KINDS)[number];

/** A row that can be sent. */
export interface SendableRow {
  /** The line of the file on which the row starts, from 1. */
  readonly line: number;
  readonly key: string;
  readonly content: RequestContent<BatchKind>;
}

/** A row that can't be sent, with the reason. */
interface UnsendableRow {
  readonly line: number;
  /** The key and the kind, if they could be read. */
  readonly key: string | null;
  readonly kind: BatchKind | null;
  readonly reason: Phrase;
}

export type BatchFileRow = SendableRow | UnsendableRow;

/** The fields of a row: text from CSV, any JSON value from JSON lines. An empty CSV cell counts as a missing field. */
type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads one row of a batch file.
 *
 * @param name the batch's name, which becomes part of the keys of rows without a key; null if each row needs its own key.
 */
export function readBatchRow(line: number, fields: Fields, name: string | null): BatchFileRow {
  let key: string | null = null;
  let kind: BatchKind | null = null;
  try {
    key = readKey(line, fields, name);
    kind = readKind(fields);
    return { line, key, content: kind === 'charge' ? readCharge(fields) : readOrder(fields) };
  } catch (error) {
    if (error instanceof ShopError)
      return { line, key, kind, reason: phrase`${error.details.field} ${error.details.reason}` };
    throw error;
  }
}

export function isSendable(row: BatchFileRow): row is SendableRow {
  return 'content' in row;
}

/** Returns the number of lines of the order that a row places; 1 for any other row. See `sizeOf`. */
export function orderLines(row: BatchFileRow): number {
  return isSendable(row) ? sizeOf(row.content) : 1;
}

function readKey(line: number, fields: Fields, name: string | null): string {
  if (fields.key !== undefined) return parseKey(cellText('key', fields.key));
  if (name === null) throw invalid('key', phrase('is missing; the batch needs a --name for rows without a key'));
  return keyOfLine(name, line);
}

/** Returns the key of a row that has none of its own. */
export function keyOfLine(batch: string, line: number): string {
  return `${batch}:${line}`;
}

function readKind({ kind = 'order' }: Fields): BatchKind {
  const known = BATCH_KINDS.find((name) => name === kind);
  if (known === undefined) throw invalid('kind', phrase`must be ${either(BATCH_KINDS)}, not ${shownValue(kind)}`);
  return known;
}

function readCharge(fields: Fields): RequestContent<'charge'> {
  if (fields.items !== undefined) throw invalid('items', phrase('belong to an order, but this row is a charge'));
  const user = parseRef('user', cellText('user', fields.user));
  return { kind: 'charge', payload: { user, amount: parseAmount(cellText('amount', fields.amount)) } };
}

function readOrder(fields: Fields): RequestContent<'order'> {
  if (fields.amount !== undefined) throw invalid('amount', phrase('belongs to a charge, but this row is an order'));
  const user = parseRef('user', cellText('user', fields.user));
  return { kind: 'order', payload: { user, items: readItems(fields.items) } };
}

/** Reads items such as `3:2 7:1`, or in JSON also `[{"productId": 3, "quantity": 2}, …]`. */
function readItems(value: unknown): OrderPayload['items'] {
  const words = Array.isArray(value)
    ? value.map(readItem)
    : cellText('items', value)
        .split(/\s+/)
        .filter((word) => word !== '');
  if (words.length === 0) throw invalid('items', phrase('must not be empty'));
  return parseItems(words);
}

function readItem(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('items', phrase('must be text such as "3:2 7:1", or objects with productId and quantity'));
  }
  const { productId, quantity, ...others } = value as Fields;
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalid('items', phrase`have the unknown field ${shownValue(other)}`);
  const product = cellText('productId', productId);
  // with a colon, the text would be parsed as a product and its quantity
  if (product.includes(':')) throw invalid('productId', phrase('must be an id or a reference'));
  if (quantity === undefined) return product;
  return `${product}:${cellText('quantity', quantity)}`;
}
