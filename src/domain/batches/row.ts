import { ShopError } from '../errors.ts';
import {
  cellNumber,
  cellText,
  invalid,
  MAX_AMOUNT,
  MAX_QUANTITY,
  parseAmount,
  parseChange,
  parseItems,
  parseKey,
  parseOrderId,
  parseQuantity,
  parseReason,
  parseRef,
  parseStock,
  type Ref,
  shownValue,
} from '../input.ts';
import { either, type Phrase, phrase } from '../phrase.ts';
import { KINDS, type RequestContent, type RequestKind, sizeOf } from '../requests/kinds/index.ts';
import type { OrderPayload } from '../requests/kinds/order.ts';

/** How the rows of one kind of request are read. All kinds have the columns `kind`, `reason` and `key` as well. */
interface RowKind<K extends RequestKind> {
  /** Groups of columns; a row has one column of each group. */
  readonly required: readonly (readonly string[])[];
  readonly optional?: readonly string[];
  /** @throws ShopError `INVALID_INPUT` */
  readonly read: (fields: Fields) => RequestContent<K>;
}

/** The kinds of request that a row can make. */
const ROW_KINDS = {
  order: {
    required: [['user'], ['items']],
    read: (fields) => ({ kind: 'order', payload: { user: readRef('user', fields), items: readItems(fields.items) } }),
  },
  charge: {
    required: [['user'], ['amount']],
    read: (fields) => ({
      kind: 'charge',
      payload: { user: readRef('user', fields), amount: parseAmount(cellNumber('amount', fields.amount)) },
    }),
  },
  'points-adjust': {
    required: [['user'], ['amount']],
    read: (fields) => ({
      kind: 'points-adjust',
      payload: { user: readRef('user', fields), amount: readChange('amount', fields, MAX_AMOUNT) },
    }),
  },
  restock: {
    required: [['product'], ['quantity']],
    read: (fields) => ({
      kind: 'restock',
      payload: {
        product: readRef('product', fields),
        quantity: parseQuantity(cellNumber('quantity', fields.quantity)),
      },
    }),
  },
  'stock-adjust': {
    required: [['product'], ['by', 'to']],
    optional: ['expect'],
    read: (fields) => ({ kind: 'stock-adjust', payload: readStockAdjust(fields) }),
  },
  cancel: {
    required: [['order']],
    read: (fields) => ({ kind: 'cancel', payload: { order: parseOrderId(cellNumber('order', fields.order)) } }),
  },
  return: {
    required: [['order'], ['items']],
    optional: ['restock'],
    read: (fields) => ({
      kind: 'return',
      payload: {
        order: parseOrderId(cellNumber('order', fields.order)),
        items: readItems(fields.items),
        restock: readFlag('restock', fields.restock, true),
      },
    }),
  },
} as const satisfies { readonly [K in RequestKind]?: RowKind<K> };

type BatchKind = keyof typeof ROW_KINDS;

/** The kind of a row that names none. */
const DEFAULT_KIND = 'order' satisfies BatchKind;

/** The columns of each kind, apart from `kind` and `key`. */
const KIND_COLUMNS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries<RowKind<RequestKind>>(ROW_KINDS).map(([kind, { required, optional = [] }]) => [
    kind,
    [...required.flat(), ...optional, 'reason'],
  ]),
);

/** The columns of a batch file. */
export const BATCH_COLUMNS: readonly string[] = [...new Set(['kind', ...[...KIND_COLUMNS.values()].flat(), 'key'])];

/** The columns that a CSV header needs for the rows of at least one kind. */
export const BATCH_REQUIRED = Object.entries<RowKind<RequestKind>>(ROW_KINDS).map(([kind, { required }]) =>
  kind === DEFAULT_KIND ? required : [['kind'], ...required],
);

/** Words in the names that other programs give to these columns. */
export const BATCH_FOREIGN = {
  kind: ['종류'],
  user: ['customer', 'member', '회원', '고객'],
  items: ['basket'],
  amount: ['points', '금액', '적립금'],
  product: ['sku', '상품코드'],
  quantity: ['qty', '수량'],
} as const;

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

function readKind({ kind = DEFAULT_KIND }: Fields): BatchKind {
  const name = typeof kind === 'string' ? kind.toLowerCase() : kind;
  if (isBatchKind(name)) return name;
  throw invalid('kind', phrase`must be ${either(Object.keys(ROW_KINDS))}, not ${shownValue(kind)}`);
}

function isBatchKind(kind: unknown): kind is BatchKind {
  return typeof kind === 'string' && Object.hasOwn(ROW_KINDS, kind);
}

function readContent(kind: BatchKind, fields: Fields): SendableRow['content'] {
  const columns = KIND_COLUMNS.get(kind) ?? [];
  for (const [column, value] of Object.entries(fields)) {
    if (value !== undefined && column !== 'kind' && column !== 'key' && !columns.includes(column)) {
      throw invalid(column, phrase`is not a column of the kind ${kind} (columns: ${columns.join(', ')})`);
    }
  }
  const content = ROW_KINDS[kind].read(fields);
  if (fields.reason === undefined && KINDS[kind].reasonRequired !== true) return content;
  return { ...content, reason: parseReason('reason', cellText('reason', fields.reason)) };
}

function readRef(field: 'user' | 'product', fields: Fields): Ref {
  return parseRef(field, cellNumber(field, fields[field]));
}

function readChange(field: string, fields: Fields, maximum: number): number {
  return parseChange(field, cellNumber(field, fields[field]), maximum);
}

function readStockAdjust(fields: Fields): RequestContent<'stock-adjust'>['payload'] {
  const { by, to, expect } = fields;
  if (by === undefined && to === undefined) throw invalid(either(['by', 'to']), phrase('is missing'));
  if (by !== undefined && to !== undefined) throw invalid('to', phrase`can't be combined with ${'by'}`);
  const product = readRef('product', fields);
  const change =
    by === undefined ? { to: parseStock(cellNumber('to', to), 'to') } : { by: readChange('by', fields, MAX_QUANTITY) };
  if (expect === undefined) return { product, ...change };
  return { product, ...change, expect: parseStock(cellNumber('expect', expect), 'expect') };
}

/** Reads true or false, in any case. @param standard the value of an empty cell. */
function readFlag(field: string, value: unknown, standard: boolean): boolean {
  if (value === undefined) return standard;
  const word = String(value).toLowerCase();
  if (word !== 'true' && word !== 'false')
    throw invalid(field, phrase`must be true or false, not ${shownValue(value)}`);
  return word === 'true';
}

/** Reads items such as `3:2 7:1`, also with `,`, `;` or `|` between them, or in JSON also `[{"productId": 3, "quantity": 2}, …]`. */
function readItems(value: unknown): OrderPayload['items'] {
  const words = Array.isArray(value) ? value.map(readItem) : wordsOf(cellText('items', value));
  if (words.length === 0) throw invalid('items', phrase('must not be empty'));
  return parseItems(words);
}

/** Matches quantities such as `2x@pen`, `@pen x 2` and `@pen: 2`, of which a part could be taken for another item. */
const OTHER_QUANTITY = /[×*]|:\s|(^|[\s,;|])([0-9]+x|x[0-9]*([\s,;|]|$))/i;

function wordsOf(items: string): string[] {
  if (OTHER_QUANTITY.test(items))
    throw invalid('items', phrase`must be like 3:2 @pen:1 (product:quantity), not ${shownValue(items)}`);
  return items
    .split(/[\s,;|]+/)
    .filter((word) => word !== '')
    .map((word) => word.replaceAll(/(^|:)([0-9]+)\.0+(?=:|$)/g, '$1$2'));
}

function readItem(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('items', phrase('must be text such as "3:2 7:1", or objects with productId and quantity'));
  }
  const { productId, quantity, ...others } = value as Fields;
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalid('items', phrase`have the unknown field ${shownValue(other)}`);
  const product = cellNumber('productId', productId);
  // with a colon, the text would be parsed as a product and its quantity
  if (product.includes(':')) throw invalid('productId', phrase('must be an id or a reference'));
  if (quantity === undefined) return product;
  return `${product}:${cellNumber('quantity', quantity)}`;
}
