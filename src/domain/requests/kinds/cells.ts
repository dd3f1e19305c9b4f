import {
  cellNumber,
  cellText,
  type Item,
  invalid,
  parseAmount,
  parseChange,
  parseItems,
  parseOrderId,
  parseQuantity,
  parseRef,
  parseStock,
  type Ref,
  shownValue,
} from '../../input.ts';
import { phrase } from '../../phrase.ts';

/*
 * Readers for the fields of a batch row. All of them throw ShopError `INVALID_INPUT` with the field's name.
 */

/** The fields of a row: text from CSV, any JSON value from JSON lines. An empty CSV cell counts as a missing field. */
export type Cells = Readonly<Record<string, unknown>>;

export function readRef(field: 'user' | 'product', cells: Cells): Ref {
  return parseRef(field, cellNumber(field, cells[field]));
}

export function readOrderId({ order }: Cells): number {
  return parseOrderId(cellNumber('order', order));
}

export function readAmount({ amount }: Cells): number {
  return parseAmount(cellNumber('amount', amount));
}

export function readQuantity({ quantity }: Cells): number {
  return parseQuantity(cellNumber('quantity', quantity));
}

export function readStock(field: string, cells: Cells): number {
  return parseStock(cellNumber(field, cells[field]), field);
}

/** Reads a signed number from −`maximum` to `maximum`, except 0. */
export function readChange(field: string, cells: Cells, maximum: number): number {
  return parseChange(field, cellNumber(field, cells[field]), maximum);
}

/** Reads true or false, in upper or lower case. @param standard the value for an empty cell. */
export function readFlag(field: string, cells: Cells, standard: boolean): boolean {
  const value = cells[field];
  if (value === undefined) return standard;
  const word = String(value).toLowerCase();
  if (word !== 'true' && word !== 'false')
    throw invalid(field, phrase`must be true or false, not ${shownValue(value)}`);
  return word === 'true';
}

/**
 * Reads items such as `3:2 7:1`. Items may also be separated by `,`, `;` or `|`. JSON may have a list instead, such as
 * `[{"productId": 3, "quantity": 2}, …]`. The items of stored payloads have `product` instead of `productId`.
 */
export function readItems({ items }: Cells): readonly Item[] {
  const words = Array.isArray(items) ? items.map(readItem) : wordsOf(cellText('items', items));
  if (words.length === 0) throw invalid('items', phrase('must not be empty'));
  return parseItems(words);
}

/**
 * Matches quantities such as `2x@pen`, `@pen x 2` and `@pen: 2`. They are refused, because a part of them could be read as
 * another item.
 */
const OTHER_QUANTITY = /[×*]|:\s|(^|[\s,;|])([0-9]+x|x[0-9]*([\s,;|]|$))/i;

function wordsOf(items: string): string[] {
  if (OTHER_QUANTITY.test(items))
    throw invalid(
      'items',
      phrase`must have the form <product>:<quantity>, such as 3:2 or @pen:1, not ${shownValue(items)}`,
    );
  return items
    .split(/[\s,;|]+/)
    .filter((word) => word !== '')
    .map((word) => word.replaceAll(/(^|:)([0-9]+)\.0+(?=:|$)/g, '$1$2'));
}

function readItem(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(
      'items',
      phrase('must be text such as "3:2 7:1", or an array of objects with productId and quantity'),
    );
  }
  const { productId, product, quantity, ...others } = value as Cells;
  const [other] = Object.keys(others);
  if (other !== undefined) throw invalid('items', phrase`contain the unknown field ${shownValue(other)}`);
  if (product !== undefined && productId !== undefined)
    throw invalid('product', phrase`can't be combined with ${'productId'}`);
  const field = product === undefined ? 'productId' : 'product';
  const ref = cellNumber(field, product ?? productId);
  // with a colon, the text would be parsed as a product and its quantity
  if (ref.includes(':')) throw invalid(field, phrase('must be an id or a reference'));
  if (quantity === undefined) return ref;
  return `${ref}:${cellNumber('quantity', quantity)}`;
}
