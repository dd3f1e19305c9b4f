/**
 * Errors that `shop` expects, each with a code, a message for people and a next step. Anything else that is thrown is a
 * bug and keeps its stack.
 *
 * A refusal is stored as code and details, so the message must follow from those two alone.
 */
import { joined, type Phrase, phrase, sentences } from './phrase.ts';

/** Codes of refusals by a rule of the domain; they are stored as the outcome of a request. */
export const REFUSAL_CODES = [
  'INVALID_USER',
  'INVALID_PRODUCT',
  'INVALID_ORDER',
  'INVALID_CART',
  'INSUFFICIENT_POINTS',
  'INSUFFICIENT_STOCK',
  'INSUFFICIENT_CART_QUANTITY',
  'LIMIT_EXCEEDED',
  'ORDER_NOT_CANCELLABLE',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Codes of requests that failed for good for a technical reason; they are stored too. */
export type FailureCode = 'CHARGE_FAILED' | 'PAYMENT_FAILED' | 'CANCEL_FAILED' | 'RESTOCK_FAILED';

/** All codes of expected errors. */
export type ErrorCode =
  | RefusalCode
  | FailureCode
  | 'INVALID_INPUT'
  | 'INPUT_REQUIRED'
  | 'EMPTY_CART'
  | 'INVALID_REQUEST'
  | 'INVALID_BATCH'
  | 'IDEMPOTENCY_CONFLICT'
  | 'LOCKED'
  | 'UNAVAILABLE'
  | 'OUTPUT_FAILED'
  | 'PENDING'
  | 'CONFIG';

/** What is known of an error beyond its code: numbers, ids and names, ready for JSON. A phrase is its English text there. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** What people are told of an error. */
export interface ErrorText {
  readonly message: Phrase;
  /** What to do next, one sentence. */
  readonly hint: Phrase;
}

/** An expected error. Its `message` is the English one. */
export class ShopError extends Error {
  override readonly name = 'ShopError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  readonly text: ErrorText;

  /** @param text replaces the catalogue's message or hint where the place of the error knows better. */
  constructor(code: ErrorCode, details: ErrorDetails = {}, text: Partial<ErrorText> & { cause?: unknown } = {}) {
    const standard = CATALOGUE[code](details);
    const { message = standard.message, hint = standard.hint } = text;
    super(String(message), text.cause === undefined ? {} : { cause: text.cause });
    this.code = code;
    this.details = details;
    this.text = { message, hint };
  }

  /** What to do next, in English. */
  get hint(): string {
    return String(this.text.hint);
  }
}

/** Where `code` is one of the stored codes (a row may have been written by a newer program), the error of it. */
export function storedError(code: string, details: ErrorDetails): ShopError {
  if (Object.hasOwn(CATALOGUE, code)) return new ShopError(code as ErrorCode, details);
  throw new Error(`an outcome has the unknown code ${code}`);
}

/** A shortage as `INSUFFICIENT_STOCK` names it, and `INSUFFICIENT_CART_QUANTITY` (`available`: what the cart holds). */
export interface Shortage {
  readonly productId: number;
  readonly name: string;
  readonly requested: number;
  readonly available: number;
}

const CATALOGUE: Readonly<Record<ErrorCode, (details: ErrorDetails) => ErrorText>> = {
  INVALID_USER: (d) => ({
    message: phrase`There is no user ${d.user}.`,
    hint: phrase('List users with `shop user list`.'),
  }),
  INVALID_PRODUCT: (d) => ({
    message: phrase`There is no product ${list(d.products)}.`,
    hint: phrase('List products with `shop product list`.'),
  }),
  INSUFFICIENT_POINTS: (d) => ({
    message: phrase`User ${d.userId} has ${number(d.balance)} points, ${number(d.total)} are needed.`,
    hint: phrase`Charge points with \`shop charge ${d.userId} <amount>\`.`,
  }),
  INSUFFICIENT_STOCK: (d) => ({
    message: phrase`Not enough stock: ${joined((d.shortages as readonly Shortage[]).map(shortage), '; ')}.`,
    hint: phrase('Order less, or restock with `shop product restock <product> <quantity>`.'),
  }),
  INSUFFICIENT_CART_QUANTITY: (d) => ({
    message: phrase`The cart of user ${d.userId} does not hold that many: ${joined((d.shortages as readonly Shortage[]).map(cartShortage), '; ')}.`,
    hint: phrase`See what it holds with \`shop cart show ${d.userId}\`.`,
  }),
  EMPTY_CART: (d) => ({
    message: phrase`The cart of user ${d.userId} is empty.`,
    hint: phrase`Put products in it with \`shop cart add ${d.userId} <product>:<quantity>\`.`,
  }),
  LIMIT_EXCEEDED: (d) => ({
    message: phrase`The ${limited(d.what)} would be ${number(d.value)}, above its maximum of ${number(d.maximum)}.`,
    hint: phrase('Use a smaller number.'),
  }),
  CHARGE_FAILED: failed(phrase('The charge')),
  PAYMENT_FAILED: failed(phrase('The payment')),
  CANCEL_FAILED: failed(phrase('The cancel')),
  RESTOCK_FAILED: failed(phrase('The restock')),
  INVALID_INPUT: (d) => ({
    message: phrase`${d.field} ${d.reason}.`,
    hint: phrase('See --help for what is expected.'),
  }),
  INPUT_REQUIRED: (d) => ({
    message: phrase`Missing: ${list(d.missing)}.`,
    hint: phrase('See --help for what is expected.'),
  }),
  INVALID_ORDER: (d) => ({
    message: phrase`There is no order ${d.order}.`,
    hint: phrase('List orders with `shop order list`.'),
  }),
  ORDER_NOT_CANCELLABLE: (d) => ({
    message: phrase`Order ${d.orderId} can't be cancelled: it is ${d.status}.`,
    hint: phrase`See it with \`shop order show ${d.orderId}\`.`,
  }),
  INVALID_CART: (d) => ({
    message: phrase`User ${d.user} has no cart ${d.cart}.`,
    hint: phrase`See the user's cart with \`shop cart show ${d.user}\`.`,
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
    message: phrase`The key ${d.key} was used before with other content.`,
    hint: phrase`See what it stands for with \`shop request show ${d.key}\`, or use another key.`,
  }),
  LOCKED: (d) => ({
    message: phrase`Another run holds the lock for ${d.what}.`,
    hint: phrase('Try again when it has ended.'),
  }),
  UNAVAILABLE: (d) => ({
    message: phrase`${d.server} can't be reached at ${d.address}: ${d.reason}.`,
    hint: phrase('Check that it runs and is reachable; `shop dev status` shows the local servers.'),
  }),
  OUTPUT_FAILED: (d) => ({
    message: phrase`The output could not be written whole: ${d.reason}.`,
    hint: writtenAgain(d),
  }),
  PENDING: (d) => ({
    message: sentences(
      phrase`Request ${d.requestId} is recorded but not decided yet; its key is ${d.key}.`,
      d.paused === true ? phrase('The queue is paused.') : null,
    ),
    hint: sentences(
      d.paused === true ? phrase('Let the queue go on with `shop queue resume`.') : null,
      phrase`Ask again with \`shop request show ${d.key}\`, or give the same command again with \`--key ${d.key}\`.`,
    ),
  }),
  CONFIG: (d) => ({
    message: phrase`${d.setting} is not configured.`,
    hint: phrase('Run `shop dev up`, or set it in the environment.'),
  }),
};

function failed(what: Phrase): (details: ErrorDetails) => ErrorText {
  return (d) => ({
    message: phrase`${what} failed for a technical reason after ${d.attempts} attempts; nothing was changed.`,
    hint: phrase`\`shop queue failed\` has the reason; once it is mended, \`shop queue retry ${d.key ?? '<request>'}\` takes the failure back.`,
  });
}

/** How to get the output that could not be written. */
function writtenAgain({ key, batch }: ErrorDetails): Phrase {
  if (key !== undefined) return phrase`The request is recorded; print it with \`shop request show ${key}\`.`;
  if (batch !== undefined) return phrase`The batch has run; print it with \`shop batch show ${batch}\`.`;
  return phrase('Free space or write to another place. What the command has changed stays changed.');
}

function shortage({ productId, name, requested, available }: Shortage): Phrase {
  return phrase`product ${productId} (${name}): ${number(requested)} asked, ${number(available)} left`;
}

function cartShortage({ productId, name, requested, available }: Shortage): Phrase {
  return phrase`product ${productId} (${name}): ${number(requested)} asked, ${number(available)} in it`;
}

/** What a limit is of: a phrase, or its English text where it was stored. */
function limited(what: unknown): unknown {
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

function list(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** Grouped digits; a total beyond 2^53 comes as a string of digits. */
function number(value: unknown): string {
  return typeof value === 'string' ? BigInt(value).toLocaleString('en') : Number(value).toLocaleString('en');
}
