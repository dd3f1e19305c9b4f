import { ShopError } from './errors.ts';
import { type Phrase, phrase } from './phrase.ts';

/** The largest balance, stock and id. A double holds every integer up to this one exactly. */
export const MAX_POINTS = Number.MAX_SAFE_INTEGER;
/** The largest amount of a charge or an adjustment of a balance, and the largest price of a product. */
export const MAX_AMOUNT = 1_000_000_000_000;
/** The largest quantity of one product in an order or a restock, and the largest change of a stock by an adjustment. */
export const MAX_QUANTITY = 1_000_000;
/** The maximum number of distinct products in one order. */
export const MAX_ORDER_LINES = 1_000;
/** The maximum number of characters of a name, a reason or other text. */
const MAX_TEXT_CHARACTERS = 200;
const MAX_BATCH_NAME = 100;

/** A user or product as input names it: an id or `@reference`. */
export type Ref = number | `@${string}`;

const DIGITS = /^(0|[1-9][0-9]{0,15})$/;
const SIGNED = /^[+-]?[1-9][0-9]{0,15}$/;
/**
 * Matches a reference. Combining marks are allowed, because many scripts need them. Full-width Latin letters and digits, and
 * invisible characters, are not allowed, because two references could then look the same.
 */
const REFERENCE = /^(?!@)(?:(?![\uff01-\uff5e]|\p{Default_Ignorable_Code_Point})[\p{L}\p{M}\p{N}._+/#@&%-]){1,64}$/u;
/** Matches a long number as a spreadsheet shows it, such as 8.80123E+12. Its last digits are lost. */
const SHORTENED = /^[0-9](\.[0-9]+E\+?|E\+)[0-9]+$/i;
const KEY = /^[A-Za-z0-9._:-]{1,128}$/;

/**
 * Parses a whole number that consists of plain digits, without a sign, point, exponent, space or leading zero.
 *
 * @param negativeHint the hint of the error for a negative number.
 * @throws ShopError `INVALID_INPUT` that names `field`.
 */
export function parseWhole(
  field: string,
  text: string,
  minimum: number,
  maximum: number,
  negativeHint?: Phrase,
): number {
  const value = DIGITS.test(text) ? Number(text) : Number.NaN;
  if (value >= minimum && value <= maximum) return value;
  const most = maximum.toLocaleString('en');
  throw invalid(
    field,
    OTHER_NUMBER.test(text)
      ? phrase`must be a whole number from ${minimum} to ${most} in plain digits, such as 1200, not ${quote(text)}`
      : phrase`must be a whole number from ${minimum} to ${most}, not ${quote(text)}`,
    /^-[0-9]/.test(text) ? negativeHint : undefined,
  );
}

/** Matches thousands separators, exponents, currency signs, and digits of other scripts. */
const OTHER_NUMBER = /[,\s'\u2019_]\p{Nd}|\p{Nd}e|\p{Sc}|(?![0-9])\p{Nd}/iu;

/** Parses the amount of a charge. @throws ShopError `INVALID_INPUT` */
export function parseAmount(text: string, negativeHint?: Phrase): number {
  return parseWhole('amount', text, 1, MAX_AMOUNT, negativeHint);
}

/** Parses the price of a product. @throws ShopError `INVALID_INPUT` */
export function parsePrice(text: string): number {
  return parseWhole('price', text, 1, MAX_AMOUNT);
}

/** Parses a quantity. @throws ShopError `INVALID_INPUT` */
export function parseQuantity(text: string, negativeHint?: Phrase): number {
  return parseWhole('quantity', text, 1, MAX_QUANTITY, negativeHint);
}

/** Parses a stock, which may be 0. @throws ShopError `INVALID_INPUT` */
export function parseStock(text: string, field = 'stock'): number {
  return parseWhole(field, text, 0, MAX_POINTS);
}

/**
 * Parses a change of a balance or a stock: a whole number with an optional sign, except 0.
 *
 * @throws ShopError `INVALID_INPUT` that names `field`.
 */
export function parseChange(field: string, text: string, maximum: number): number {
  const value = SIGNED.test(text) ? Number(text) : Number.NaN;
  if (!(Math.abs(value) <= maximum)) {
    const most = maximum.toLocaleString('en');
    throw invalid(field, phrase`must be a whole number other than 0, from -${most} to ${most}, not ${quote(text)}`);
  }
  return value;
}

/** Parses an id. @throws ShopError `INVALID_INPUT` */
export function parseId(field: string, text: string): number {
  return parseWhole(field, text, 1, MAX_POINTS);
}

/**
 * Parses the id of an order. If the text is probably a key, the error names the command that takes keys.
 *
 * @throws ShopError `INVALID_INPUT`
 */
export function parseOrderId(text: string): number {
  if (/^[A-Za-z]/.test(text) && KEY.test(text)) {
    throw new ShopError(
      'INVALID_INPUT',
      { field: 'order', reason: phrase`must be an id, not ${quote(text)}` },
      {
        message: phrase('An order is identified by its id.'),
        hint: phrase`To find an order by the key of its request, run \`shop order show --key ${text}\`.`,
      },
    );
  }
  return parseId('order', text);
}

/** Parses an id or `@reference`. @throws ShopError `INVALID_INPUT` */
export function parseRef(field: string, text: string): Ref {
  if (text.startsWith('@')) return `@${parseReference(field, text.slice(1))}`;
  // a reference without its @ is the most likely mistake
  if (/^\p{L}/u.test(text) && isReference(text.normalize('NFC'))) {
    throw invalid(field, phrase`must be an id, or a reference that starts with @ (@${text}), not ${quote(text)}`);
  }
  if (!/^[0-9]+$/.test(text)) throw invalid(field, phrase`must be an id or @reference, not ${quote(text)}`);
  return parseId(field, text);
}

/** Parses a reference without its `@`, and returns it in NFC. @throws ShopError `INVALID_INPUT` */
export function parseReference(field: string, text: string): string {
  const reference = text.normalize('NFC');
  if (SHORTENED.test(reference)) {
    throw invalid(field, phrase`is a number that a spreadsheet has shortened, so digits are lost: ${quote(text)}`);
  }
  if (isReference(reference)) return reference;
  if (text.startsWith("'"))
    throw invalid(
      field,
      phrase`begins with an apostrophe, which spreadsheets put before text; remove the apostrophe: ${quote(text)}`,
    );
  if (text.startsWith('=')) throw invalid(field, phrase`is a spreadsheet formula instead of a value: ${quote(text)}`);
  throw invalid(
    field,
    phrase`must be 1 to 64 characters (letters, digits and . _ - + / # @ & %; no @ at the beginning), not ${quote(text)}`,
  );
}

/** Returns true if the text can follow the `@` of a reference. The text must be in NFC. */
export function isReference(text: string): boolean {
  return REFERENCE.test(text);
}

/** Parses an idempotency key. @throws ShopError `INVALID_INPUT` */
export function parseKey(text: string): string {
  if (!KEY.test(text)) {
    throw invalid('key', phrase`must be 1 to 128 characters (A-Z, a-z, 0-9 and . _ : -), not ${quote(text)}`);
  }
  return text;
}

/** Parses the name of a batch. It is short enough to become part of a key. @throws ShopError `INVALID_INPUT` */
export function parseBatchName(text: string): string {
  if (!KEY.test(text) || text.length > MAX_BATCH_NAME) {
    throw invalid(
      'name',
      phrase`must be 1 to ${MAX_BATCH_NAME} characters (A-Z, a-z, 0-9 and . _ : -), not ${quote(text)}`,
    );
  }
  return text;
}

/** Matches a visible character: no space, control character or filler. The Braille blank is a symbol but shows nothing. */
const VISIBLE = /[^\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Parses a user's or product's name, as `parseText` does. @throws ShopError `INVALID_INPUT` */
export function parseName(text: string): string {
  return parseText('name', text);
}

/** Returns true if `parseText` could have returned the text. */
export function isText(text: string): boolean {
  return problemOfText(text) === null && text === text.normalize('NFC');
}

/**
 * Parses a name, a reason or other text: 1 to 200 characters, at least one visible. The result is in NFC.
 *
 * @throws ShopError `INVALID_INPUT` that names `field`.
 */
export function parseText(field: string, text: string): string {
  const composed = text.normalize('NFC');
  const problem = problemOfText(composed);
  if (problem !== null) throw invalid(field, problem);
  return composed;
}

function problemOfText(text: string): Phrase | null {
  if (!text.isWellFormed()) return phrase('contains half a character (a lone surrogate)');
  if (!VISIBLE.test(text)) return phrase('must not be blank');
  const { length } = [...text];
  if (length <= MAX_TEXT_CHARACTERS) return null;
  return phrase`has ${length} characters, but the maximum is ${MAX_TEXT_CHARACTERS}`;
}

/** A requested product of an order, with its quantity. */
export interface Item {
  readonly product: Ref;
  readonly quantity: number;
}

/** Matches items with commas between them, such as `1:2,3:1`. */
const COMMA_SEPARATED = /^[^\s,:]+:[0-9]+(,[^\s,:]+(:[0-9]+)?)+$/;

/** Parses `<product>:<quantity>`; a product alone means one unit. @throws ShopError `INVALID_INPUT` */
export function parseItem(text: string): Item {
  const colon = text.indexOf(':');
  if (colon === -1) return { product: parseRef('product', text), quantity: 1 };
  if (COMMA_SEPARATED.test(text)) {
    throw new ShopError(
      'INVALID_INPUT',
      { field: 'items', reason: phrase('must be separated by spaces') },
      { message: phrase`Separate items with spaces: ${text.replaceAll(',', ' ')}.` },
    );
  }
  const product = parseRef('product', text.slice(0, colon));
  if (colon === text.length - 1) throw invalid('quantity', phrase`is missing after ${quote(text)}`);
  return { product, quantity: parseQuantity(text.slice(colon + 1)) };
}

/**
 * Parses the items of one order. If a product is named twice, its items become one item with the sum of the quantities. The
 * items keep the order in which their products were first named.
 *
 * @throws ShopError `INVALID_INPUT`
 */
export function parseItems(texts: readonly string[]): readonly Item[] {
  const quantities = new Map<Ref, number>();
  for (const text of texts) {
    const { product, quantity } = parseItem(text);
    const sum = (quantities.get(product) ?? 0) + quantity;
    if (sum > MAX_QUANTITY) {
      throw invalid(
        'quantity',
        phrase`of product ${product} adds up to more than ${MAX_QUANTITY.toLocaleString('en')}`,
      );
    }
    quantities.set(product, sum);
  }
  if (quantities.size > MAX_ORDER_LINES) {
    throw invalid(
      'items',
      phrase`name ${quantities.size} products, but the maximum for one order is ${MAX_ORDER_LINES}`,
    );
  }
  return [...quantities].map(([product, quantity]) => ({ product, quantity }));
}

/**
 * Returns a value of a file's row as the text that a user would type. Text is unchanged; a whole number becomes its digits.
 *
 * @throws ShopError `INVALID_INPUT` if the value is missing or of another type.
 */
export function cellText(field: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (value === undefined || value === null) throw invalid(field, phrase('is missing'));
  throw invalid(field, phrase`must be text or a whole number, not ${shownValue(value)}`);
}

/**
 * Returns a number from a file's row as the text that a user would type. Removes a fraction that consists of zeros, such as
 * `.00`, which spreadsheets and other programs add.
 *
 * @throws ShopError `INVALID_INPUT` if the value is missing or of another type.
 */
export function cellNumber(field: string, value: unknown): string {
  return cellText(field, value).replace(/^([+-]?[0-9]+)\.0+$/, '$1');
}

/** Formats any JSON value for a message, and truncates a long one. */
export function shownValue(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, LONGEST_QUOTE);
}

/** Creates an `INVALID_INPUT` error that names the field and the reason. */
export function invalid(field: string | Phrase, reason: Phrase, hint?: Phrase): ShopError {
  return new ShopError('INVALID_INPUT', { field, reason }, hint === undefined ? {} : { hint });
}

const LONGEST_QUOTE = 60;

/** Matches invisible characters, and those that look like a space but are not the usual one. */
const UNSEEN = /(?! )[\p{Z}\p{Cc}\p{Default_Ignorable_Code_Point}]/gu;

/** Quotes input for a message: characters that can't be seen are escaped, and long text is truncated. */
function quote(text: string): string {
  const quoted = JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}...` : text);
  return quoted.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
