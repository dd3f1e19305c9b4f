import { ShopError } from './errors.ts';
import { type Phrase, phrase } from './phrase.ts';

/** The largest balance, stock and id: what a double holds exactly. */
export const MAX_POINTS = Number.MAX_SAFE_INTEGER;
/** The largest amount of a charge and price of a product. */
export const MAX_AMOUNT = 1_000_000_000_000;
/** The largest quantity of one product in an order or a restock. */
export const MAX_QUANTITY = 1_000_000;
/** The most distinct products in one order. */
export const MAX_ORDER_LINES = 1_000;
const MAX_NAME_CHARACTERS = 200;
const MAX_BATCH_NAME = 100;

/** How a user or product is named: by id, or by `@reference`. */
export type Ref = number | `@${string}`;

const DIGITS = /^(0|[1-9][0-9]{0,15})$/;
const REFERENCE = /^[A-Za-z0-9._-]{1,64}$/;
const KEY = /^[A-Za-z0-9._:-]{1,128}$/;

/**
 * A whole number in plain digits: no sign, point, exponent, space or leading zero.
 *
 * @throws ShopError `INVALID_INPUT`, naming `field`.
 */
export function parseWhole(field: string, text: string, minimum: number, maximum: number): number {
  const value = DIGITS.test(text) ? Number(text) : Number.NaN;
  if (!(value >= minimum && value <= maximum)) {
    throw invalid(
      field,
      phrase`must be a whole number from ${minimum} to ${maximum.toLocaleString('en')}, not ${quote(text)}`,
    );
  }
  return value;
}

/** @throws ShopError `INVALID_INPUT` */
export function parseAmount(text: string): number {
  return parseWhole('amount', text, 1, MAX_AMOUNT);
}

/** @throws ShopError `INVALID_INPUT` */
export function parsePrice(text: string): number {
  return parseWhole('price', text, 1, MAX_AMOUNT);
}

/** @throws ShopError `INVALID_INPUT` */
export function parseQuantity(text: string): number {
  return parseWhole('quantity', text, 1, MAX_QUANTITY);
}

/** The first stock of a new product, 0 included. @throws ShopError `INVALID_INPUT` */
export function parseStock(text: string): number {
  return parseWhole('stock', text, 0, MAX_POINTS);
}

/** @throws ShopError `INVALID_INPUT` */
export function parseId(field: string, text: string): number {
  return parseWhole(field, text, 1, MAX_POINTS);
}

/** An id, or `@reference`. @throws ShopError `INVALID_INPUT` */
export function parseRef(field: string, text: string): Ref {
  if (text.startsWith('@')) return `@${parseReference(field, text.slice(1))}`;
  // a bare reference is the likely mistake
  if (/^[A-Za-z]/.test(text) && isReference(text)) {
    throw invalid(field, phrase`must be an id, or a reference with an @ before it (@${text}), not ${quote(text)}`);
  }
  return parseId(field, text);
}

/** @throws ShopError `INVALID_INPUT` */
export function parseReference(field: string, text: string): string {
  if (!isReference(text)) throw invalid(field, phrase`must be 1 to 64 of A-Z a-z 0-9 . _ -, not ${quote(text)}`);
  return text;
}

/** True for what may stand behind the `@` of a reference. */
export function isReference(text: string): boolean {
  return REFERENCE.test(text);
}

/** An idempotency key. @throws ShopError `INVALID_INPUT` */
export function parseKey(text: string): string {
  if (!KEY.test(text)) throw invalid('key', phrase`must be 1 to 128 of A-Z a-z 0-9 . _ : -, not ${quote(text)}`);
  return text;
}

/** The name of a batch, short enough to be the beginning of a key. @throws ShopError `INVALID_INPUT` */
export function parseBatchName(text: string): string {
  if (!KEY.test(text) || text.length > MAX_BATCH_NAME) {
    throw invalid('name', phrase`must be 1 to ${MAX_BATCH_NAME} of A-Z a-z 0-9 . _ : -, not ${quote(text)}`);
  }
  return text;
}

/** A character that can be seen: no space, control or filler. The blank of Braille is a symbol, and empty. */
const VISIBLE = /[^\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** The name of a user or product: 1 to 200 characters, one visible at least, well-formed. @throws ShopError `INVALID_INPUT` */
export function parseName(text: string): string {
  const length = [...text].length;
  if (!text.isWellFormed()) throw invalid('name', phrase('has half a character (a lone surrogate)'));
  if (!VISIBLE.test(text)) throw invalid('name', phrase('must not be blank'));
  if (length > MAX_NAME_CHARACTERS)
    throw invalid('name', phrase`has ${length} characters, at most ${MAX_NAME_CHARACTERS} are allowed`);
  return text;
}

/** One product of an order, as it was asked for. */
export interface Item {
  readonly product: Ref;
  readonly quantity: number;
}

/** `<product>:<quantity>`, or a product alone for one. @throws ShopError `INVALID_INPUT` */
export function parseItem(text: string): Item {
  const colon = text.indexOf(':');
  if (colon === -1) return { product: parseRef('product', text), quantity: 1 };
  return { product: parseRef('product', text.slice(0, colon)), quantity: parseQuantity(text.slice(colon + 1)) };
}

/**
 * The items of one order, each product once (the same product named twice counts as the sum), in the order in which
 * they were first named.
 *
 * @throws ShopError `INVALID_INPUT`
 */
export function parseItems(texts: readonly string[]): readonly Item[] {
  const quantities = new Map<Ref, number>();
  for (const text of texts) {
    const { product, quantity } = parseItem(text);
    const sum = (quantities.get(product) ?? 0) + quantity;
    if (sum > MAX_QUANTITY) {
      throw invalid('quantity', phrase`of product ${product} sums to more than ${MAX_QUANTITY.toLocaleString('en')}`);
    }
    quantities.set(product, sum);
  }
  if (quantities.size > MAX_ORDER_LINES) {
    throw invalid(
      'items',
      phrase`name ${quantities.size} products, at most ${MAX_ORDER_LINES} are allowed in one order`,
    );
  }
  return [...quantities].map(([product, quantity]) => ({ product, quantity }));
}

/**
 * A value of a file's row as text, as it would be typed: text as it is, a whole number as its digits.
 *
 * @throws ShopError `INVALID_INPUT` where it is missing, or any other value.
 */
export function cellText(field: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (value === undefined || value === null) throw invalid(field, phrase('is missing'));
  throw invalid(field, phrase`must be text or a whole number, not ${shownValue(value)}`);
}

/** Any JSON value as part of a message, cut where it is long. */
export function shownValue(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, LONGEST_QUOTE);
}

/** An `INVALID_INPUT` that names the field and says what is wrong with it. */
export function invalid(field: string | Phrase, reason: Phrase): ShopError {
  return new ShopError('INVALID_INPUT', { field, reason });
}

const LONGEST_QUOTE = 60;

/** Input as part of a message: in quotes, control characters escaped, cut where it is long. */
function quote(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}...` : text);
}
