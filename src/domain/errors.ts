/**
 * Errors that `shop` expects. Each has a code, a message for people and a next step. Any other error that is thrown is a bug
 * and keeps its stack.
 *
 * A refusal is stored as code and details, so its message must depend on nothing else.
 */
import { joined, type Phrase, phrase, sentences } from './phrase.ts';

/** Codes of requests that a rule of the domain refuses. These codes are stored as the outcome of a request. */
export const REFUSAL_CODES = [
  'INVALID_USER',
  'INVALID_PRODUCT',
  'INVALID_ORDER',
  'INVALID_CART',
  'INSUFFICIENT_POINTS',
  'INSUFFICIENT_STOCK',
  'INSUFFICIENT_CART_QUANTITY',
  'INSUFFICIENT_ORDER_QUANTITY',
  'LIMIT_EXCEEDED',
  'ORDER_NOT_CANCELLABLE',
  'ORDER_NOT_RETURNABLE',
  'STOCK_CHANGED',
  'USER_BLOCKED',
  'PRODUCT_RETIRED',
  'CANCELLED',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/**
 * The code of a request that failed permanently for a technical reason. This code is stored as the outcome, too. Each kind of
 * request defines one code.
 */
export type FailureCode = `${string}_FAILED`;

/**
 * A shortage in `INSUFFICIENT_STOCK`, `INSUFFICIENT_CART_QUANTITY` or `INSUFFICIENT_ORDER_QUANTITY`. `available` is the stock,
 * the quantity in the cart, or the units of the order that were not returned.
 */
export interface Shortage {
  readonly productId: number;
  readonly name: string;
  readonly requested: number;
  readonly available: number;
  /** In `INSUFFICIENT_ORDER_QUANTITY`: the ordered units, returned or not; 0 if the order does not contain the product. */
  readonly ordered?: number;
}

/** An id or `@reference`. */
type Named = number | string;

/** The details of each code's errors. The default message and hint are made from them. */
export interface DetailsByCode {
  readonly INVALID_USER: { readonly user: Named };
  readonly INVALID_PRODUCT: { readonly products: readonly Named[] };
  readonly INVALID_ORDER: { readonly order: number };
  readonly INVALID_CART: { readonly user: Named; readonly cart: number };
  readonly INSUFFICIENT_POINTS: {
    readonly userId: number;
    readonly balance: number;
    /**
     * The points to take: the order's total, or the points that an adjustment subtracts. A number above 2^53 − 1 is a string of
     * digits.
     */
    readonly total: number | string;
  };
  readonly INSUFFICIENT_STOCK: { readonly shortages: readonly Shortage[] };
  readonly INSUFFICIENT_CART_QUANTITY: { readonly userId: number; readonly shortages: readonly Shortage[] };
  readonly INSUFFICIENT_ORDER_QUANTITY: { readonly orderId: number; readonly shortages: readonly Shortage[] };
  readonly LIMIT_EXCEEDED: {
    readonly what: Phrase | string;
    readonly value: number | string;
    readonly maximum: number;
  };
  readonly ORDER_NOT_CANCELLABLE: { readonly orderId: number; readonly status: string };
  readonly ORDER_NOT_RETURNABLE: { readonly orderId: number; readonly status: string };
  readonly USER_BLOCKED: { readonly userId: number };
  readonly PRODUCT_RETIRED: { readonly products: readonly { readonly productId: number; readonly name: string }[] };
  readonly STOCK_CHANGED: { readonly productId: number; readonly expected: number; readonly stock: number };
  readonly CANCELLED: Readonly<Record<string, never>>;
  readonly EMPTY_CART: { readonly userId: number };
  readonly ALREADY_DECIDED:
    | {
        readonly requestId: number;
        readonly key: string;
        readonly status: string;
        readonly code: string | null;
        /** The details of the outcome. */
        readonly outcome: object | null;
      }
    // for a batch: its id, name and totals
    | ({ readonly batchId: number; readonly name: string } & ErrorDetails);
  readonly INVALID_INPUT: {
    readonly field: Phrase | string;
    readonly reason: Phrase;
    /** For a field that accepts only certain words: the given word and the allowed words. */
    readonly given?: string;
    readonly choices?: readonly string[];
  };
  readonly INPUT_REQUIRED: { readonly missing: readonly string[] };
  readonly INVALID_REQUEST: { readonly request: string };
  readonly INVALID_BATCH: { readonly batch: string };
  readonly IDEMPOTENCY_CONFLICT: { readonly key: string; readonly requestId: number };
  readonly LOCKED: { readonly what: Phrase };
  readonly UNAVAILABLE: { readonly server: string; readonly address: string; readonly reason: string };
  readonly OUTPUT_FAILED: { readonly reason: string } & ErrorDetails;
  readonly PENDING: { readonly requestId: number; readonly key: string; readonly paused?: boolean };
  readonly CONFIG: { readonly setting: string };
}

/** A refusal by a rule, with the details of its code. */
export type Refusal<Code extends RefusalCode = RefusalCode> = {
  [C in Code]: { readonly code: C; readonly details: DetailsByCode[C] };
}[Code];

/** All codes of expected errors. */
export type ErrorCode = keyof DetailsByCode | FailureCode;

/**
 * Details of an error in addition to its code: numbers, ids and names, ready for JSON. In JSON, a phrase becomes its English
 * text.
 */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** The message of an error and its hint. */
export interface ErrorText {
  readonly message: Phrase;
  /** The next step. */
  readonly hint: Phrase;
}

interface Cause {
  readonly cause?: unknown;
}

/** The arguments of a `ShopError`: the details of its code, or any details together with both a message and a hint. */
type ErrorArguments<Code extends ErrorCode> =
  | (Code extends keyof DetailsByCode
      ? readonly [details: DetailsByCode[Code], text?: Partial<ErrorText> & Cause]
      : never)
  | readonly [details: ErrorDetails, text: ErrorText & Cause];

/** An expected error. Its `message` is in English. */
export class ShopError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'ShopError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly text: ErrorText;

  /** Creates the error. The given text replaces the default message or hint of the code, if the caller can be more specific. */
  constructor(code: Code, ...[details, given = {}]: ErrorArguments<Code>) {
    // the casts are safe: unless the whole text is given, the type of the arguments requires the details of the code
    const text = isWhole(given) ? given : { ...textOf(code as keyof DetailsByCode, details as never), ...given };
    super(String(text.message), given.cause === undefined ? {} : { cause: given.cause });
    this.code = code;
    this.details = details;
    this.text = { message: text.message, hint: text.hint };
  }

  /** The next step, in English. */
  get hint(): string {
    return String(this.text.hint);
  }
}

function isWhole(text: Partial<ErrorText>): text is ErrorText {
  return text.message !== undefined && text.hint !== undefined;
}

function textOf<Code extends keyof DetailsByCode>(code: Code, details: DetailsByCode[Code]): ErrorText {
  return CATALOGUE[code](details);
}

/** Hints that replace the default hints, by refusal code. */
export type RefusalHints = { readonly [Code in RefusalCode]?: (details: DetailsByCode[Code]) => Phrase };

/** Creates the error for a refusal, and adds `further` to its details. */
export function refusalError<Code extends RefusalCode>(
  { code, details }: Refusal<Code>,
  further: ErrorDetails = {},
  hints: RefusalHints = {},
): ShopError {
  const { message, hint } = textOf(code, details);
  return new ShopError<ErrorCode>(code, { ...details, ...further }, { message, hint: hints[code]?.(details) ?? hint });
}

/**
 * Creates the message and hint for a request that failed permanently.
 *
 * @param title what failed, such as "The charge".
 */
export function failureText(title: Phrase, { attempts, key }: { attempts: number; key?: string }): ErrorText {
  return {
    message: phrase`${title} failed for a technical reason after ${attempts} attempts; nothing was changed.`,
    hint: phrase`See the reason with \`shop queue failed\`. When the cause is fixed, retry with \`shop queue retry ${key ?? '<request>'}\`.`,
  };
}

/** Creates the message for a recorded request whose outcome could not be read, because MySQL hangs or the connection was lost. */
export function outcomeUnknown(requestId: number, key: string): Phrase {
  return phrase`Request ${requestId} is recorded, but its outcome could not be read from MySQL; its key is ${key}.`;
}

/** The default hint for invalid input. The command line replaces it with a hint that names the command. */
export const USAGE_HINT = phrase('See `shop --help`.');

const CATALOGUE: { readonly [Code in keyof DetailsByCode]: (details: DetailsByCode[Code]) => ErrorText } = {
  INVALID_USER: (d) => ({
    message: phrase`There is no user ${d.user}.`,
    hint: phrase('List users with `shop user list`.'),
  }),
  INVALID_PRODUCT: (d) => ({
    message:
      d.products.length === 1
        ? phrase`There is no product ${d.products[0]}.`
        : phrase`These products do not exist: ${d.products.join(', ')}.`,
    hint: phrase('List products with `shop product list`.'),
  }),
  INSUFFICIENT_POINTS: (d) => ({
    message: phrase`User ${d.userId} has ${number(d.balance)} points, but ${number(d.total)} are needed.`,
    hint: phrase`Charge points with \`shop charge ${d.userId} <amount>\`.`,
  }),
  INSUFFICIENT_STOCK: (d) => ({
    message: phrase`Not enough stock: ${joined(d.shortages.map(shortage), '; ')}.`,
    hint: phrase('Order fewer units, or restock with `shop product restock <product> <quantity>`.'),
  }),
  INSUFFICIENT_CART_QUANTITY: ({ userId, shortages }) => {
    const missing = shortages.filter(({ available }) => available === 0);
    const few = shortages.filter(({ available }) => available > 0);
    return {
      message: sentences(
        missing.length === 0 ? null : phrase`The cart of user ${userId} does not contain ${productsOf(missing)}.`,
        few.length === 0
          ? null
          : phrase`The cart of user ${userId} holds too few units: ${joined(few.map(cartShortage), '; ')}.`,
      ),
      hint: phrase`See the cart's contents with \`shop cart show ${userId}\`.`,
    };
  },
  INSUFFICIENT_ORDER_QUANTITY: ({ orderId, shortages }) => {
    const missing = shortages.filter(({ ordered }) => ordered === 0);
    const few = shortages.filter(({ ordered }) => ordered !== 0);
    return {
      message: sentences(
        missing.length === 0 ? null : phrase`Order ${orderId} does not contain ${productsOf(missing)}.`,
        few.length === 0
          ? null
          : phrase`Order ${orderId} has too few units left to return: ${joined(few.map(shortage), '; ')}.`,
      ),
      hint:
        few.length === 0
          ? phrase`See the order with \`shop order show ${orderId}\`.`
          : phrase`See what was returned with \`shop order show ${orderId}\`.`,
    };
  },
  EMPTY_CART: (d) => ({
    message: phrase`The cart of user ${d.userId} is empty.`,
    hint: phrase`Add products with \`shop cart add ${d.userId} <product>:<quantity>\`.`,
  }),
  LIMIT_EXCEEDED: (d) => ({
    message: phrase`The ${limited(d.what)} would be ${number(d.value)}, above its maximum of ${number(d.maximum)}.`,
    hint: phrase('Use a smaller number.'),
  }),
  INVALID_INPUT: (d) => ({
    message: phrase`${d.field} ${d.reason}.`,
    hint: USAGE_HINT,
  }),
  INPUT_REQUIRED: (d) => ({
    message: phrase`Missing: ${d.missing.join(', ')}.`,
    hint: USAGE_HINT,
  }),
  INVALID_ORDER: (d) => ({
    message: phrase`There is no order ${d.order}.`,
    hint: phrase('List orders with `shop order list`.'),
  }),
  ORDER_NOT_CANCELLABLE: (d) => ({
    message: phrase`Order ${d.orderId} can't be cancelled: the order is already ${d.status}.`,
    hint: phrase`See the order with \`shop order show ${d.orderId}\`.`,
  }),
  ORDER_NOT_RETURNABLE: (d) => ({
    message: phrase`No units of order ${d.orderId} can be returned: the order is already ${d.status}.`,
    hint: phrase`See the order with \`shop order show ${d.orderId}\`.`,
  }),
  USER_BLOCKED: (d) => ({
    message: phrase`User ${d.userId} is blocked and can't place orders.`,
    hint: phrase`Unblock the user with \`shop user unblock ${d.userId}\`.`,
  }),
  PRODUCT_RETIRED: (d) => ({
    message: phrase`These products are no longer on sale: ${productsOf(d.products)}.`,
    hint: phrase`Leave out the retired products (\`shop cart remove\` removes them from a cart), or put a product back on sale with \`shop product restore ${d.products[0]?.productId}\`.`,
  }),
  STOCK_CHANGED: (d) => ({
    message: phrase`The stock of product ${d.productId} is ${number(d.stock)}, not ${number(d.expected)} as expected.`,
    hint: phrase`Check the stock with \`shop product show ${d.productId}\`, then run the command again with \`--expect ${d.stock}\`. If you gave a key, give a new one.`,
  }),
  CANCELLED: () => ({
    message: phrase('The request was cancelled before it was applied; nothing was changed.'),
    hint: phrase('To send the request again, run the command with a new `--key`.'),
  }),
  ALREADY_DECIDED: (d) =>
    'batchId' in d
      ? {
          message: phrase`Batch ${d.name} has no pending rows.`,
          hint: phrase`List the outcomes of its rows with \`shop batch results ${d.name}\`.`,
        }
      : {
          message: phrase`Request ${d.requestId} can't be cancelled: the request is already ${d.status}.`,
          hint: phrase`See its outcome with \`shop request show ${d.key}\`.`,
        },
  INVALID_CART: (d) => ({
    message: phrase`User ${d.user} has no cart ${d.cart}.`,
    hint: phrase`See the user's cart with \`shop cart show ${typeof d.user === 'number' ? d.user : `'${d.user}'`}\`.`,
  }),
  INVALID_BATCH: (d) => ({
    message: phrase`There is no batch ${d.batch}.`,
    hint: phrase('List batches with `shop batch list`.'),
  }),
  INVALID_REQUEST: (d) => ({
    message: phrase`There is no request ${d.request}.`,
    hint: phrase('List requests with `shop request list`.'),
  }),
  IDEMPOTENCY_CONFLICT: (d) => ({
    message: phrase`The key ${d.key} was used before with different content.`,
    hint: phrase`See the earlier request with \`shop request show ${d.key}\`, or use another key.`,
  }),
  LOCKED: (d) => ({
    message: phrase`Another run holds the lock for ${d.what}.`,
    hint: phrase('Try again when the other run has ended.'),
  }),
  UNAVAILABLE: (d) => ({
    message: phrase`${d.server} can't be reached at ${d.address}: ${d.reason}.`,
    hint: phrase('Check that the server is running and reachable; `shop dev status` shows the local servers.'),
  }),
  OUTPUT_FAILED: (d) => ({
    message: phrase`The output could not be written completely: ${d.reason}.`,
    hint: writtenAgain(d),
  }),
  PENDING: (d) => ({
    message: sentences(
      phrase`Request ${d.requestId} is recorded but not decided yet; its key is ${d.key}.`,
      d.paused === true ? phrase('The queue is paused.') : null,
    ),
    hint: sentences(
      d.paused === true ? phrase('Resume the queue with `shop queue resume`.') : null,
      phrase`Check the request with \`shop request show ${d.key}\`, or run the same command again with \`--key ${d.key}\`.`,
    ),
  }),
  CONFIG: (d) => ({
    message: phrase`${d.setting} is not configured.`,
    hint: phrase('Run `shop dev up`, or set the variable in the environment.'),
  }),
};

/**
 * Returns the hint of `OUTPUT_FAILED`. For a request or a batch, it names the command that prints the result again. For
 * any other output, it says how to avoid the error.
 */
function writtenAgain({ key, batch }: ErrorDetails): Phrase {
  if (key !== undefined) return phrase`The request is recorded; print it with \`shop request show ${key}\`.`;
  if (batch !== undefined) return phrase`The batch is recorded; print it with \`shop batch show ${batch}\`.`;
  return phrase('Free some space, or write to another disk. Changes that the command has made, if any, are kept.');
}

function productsOf(products: readonly Pick<Shortage, 'productId' | 'name'>[]): Phrase {
  return joined(
    products.map(({ productId, name }) => phrase`product ${productId} (${name})`),
    '; ',
  );
}

function shortage({ productId, name, requested, available }: Shortage): Phrase {
  return phrase`product ${productId} (${name}): ${number(requested)} requested, ${number(available)} left`;
}

function cartShortage({ productId, name, requested, available }: Shortage): Phrase {
  return phrase`product ${productId} (${name}): ${number(requested)} requested, ${number(available)} in the cart`;
}

/**
 * Converts a stored text such as `stock of product 3` to a phrase, so that it can be translated. Returns any other text
 * unchanged.
 */
function limited(what: Phrase | string): Phrase | string {
  const [, part, id] = /^(balance|stock|quantity) of (?:user|product) (\d+)$/.exec(String(what)) ?? [];
  switch (part) {
    case 'balance':
      return phrase`balance of user ${id}`;
    case 'stock':
      return phrase`stock of product ${id}`;
    case 'quantity':
      return phrase`quantity of product ${id}`;
    default:
      return what;
  }
}

/** Formats a number with grouped digits. A total above 2^53 is a string of digits. */
function number(value: number | string): string {
  return typeof value === 'string' ? BigInt(value).toLocaleString('en') : Number(value).toLocaleString('en');
}
