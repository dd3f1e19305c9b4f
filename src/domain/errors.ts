/**
 * Errors that `shop` expects, each with a code, a message for people and a next step. Anything else that is thrown is a
 * bug and keeps its stack.
 *
 * A refusal is stored as code and details, so the message must follow from those two alone.
 */

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
  | 'PENDING'
  | 'CONFIG';

/** What is known of an error beyond its code: numbers, ids and names, ready for JSON. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

interface ErrorText {
  readonly message: string;
  readonly hint: string;
}

/** An expected error. */
export class ShopError extends Error {
  override readonly name = 'ShopError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  /** What to do next, one sentence. */
  readonly hint: string;

  /** @param text replaces the catalogue's message or hint where the place of the error knows better. */
  constructor(code: ErrorCode, details: ErrorDetails = {}, text: Partial<ErrorText> & { cause?: unknown } = {}) {
    const standard = CATALOGUE[code](details);
    super(text.message ?? standard.message, text.cause === undefined ? {} : { cause: text.cause });
    this.code = code;
    this.details = details;
    this.hint = text.hint ?? standard.hint;
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
  INVALID_USER: (d) => ({ message: `There is no user ${d.user}.`, hint: 'List users with `shop user list`.' }),
  INVALID_PRODUCT: (d) => ({
    message: `There is no product ${list(d.products)}.`,
    hint: 'List products with `shop product list`.',
  }),
  INSUFFICIENT_POINTS: (d) => ({
    message: `User ${d.userId} has ${number(d.balance)} points, ${number(d.total)} are needed.`,
    hint: `Charge points with \`shop charge ${d.userId} <amount>\`.`,
  }),
  INSUFFICIENT_STOCK: (d) => ({
    message: `Not enough stock: ${(d.shortages as readonly Shortage[]).map(shortage).join('; ')}.`,
    hint: 'Order less, or restock with `shop product restock <product> <quantity>`.',
  }),
  INSUFFICIENT_CART_QUANTITY: (d) => ({
    message: `The cart of user ${d.userId} does not hold that many: ${(d.shortages as readonly Shortage[]).map(cartShortage).join('; ')}.`,
    hint: `See what it holds with \`shop cart show ${d.userId}\`.`,
  }),
  EMPTY_CART: (d) => ({
    message: `The cart of user ${d.userId} is empty.`,
    hint: `Put products in it with \`shop cart add ${d.userId} <product>:<quantity>\`.`,
  }),
  LIMIT_EXCEEDED: (d) => ({
    message: `The ${d.what} would be ${number(d.value)}, above its maximum of ${number(d.maximum)}.`,
    hint: 'Use a smaller number.',
  }),
  CHARGE_FAILED: failed('The charge'),
  PAYMENT_FAILED: failed('The payment'),
  CANCEL_FAILED: failed('The cancel'),
  RESTOCK_FAILED: failed('The restock'),
  INVALID_INPUT: (d) => ({ message: `${d.field} ${d.reason}.`, hint: 'See --help for what is expected.' }),
  INPUT_REQUIRED: (d) => ({ message: `Missing: ${list(d.missing)}.`, hint: 'See --help for what is expected.' }),
  INVALID_ORDER: (d) => ({ message: `There is no order ${d.order}.`, hint: 'List orders with `shop order list`.' }),
  ORDER_NOT_CANCELLABLE: (d) => ({
    message: `Order ${d.orderId} can't be cancelled: it is ${d.status}.`,
    hint: `See it with \`shop order show ${d.orderId}\`.`,
  }),
  INVALID_CART: (d) => ({
    message: `User ${d.user} has no cart ${d.cart}.`,
    hint: `See the user's cart with \`shop cart show ${d.user}\`.`,
  }),
  INVALID_BATCH: (d) => ({ message: `There is no batch ${d.batch}.`, hint: 'List batches with `shop batch list`.' }),
  INVALID_REQUEST: (d) => ({
    message: `There is no request ${d.request}.`,
    hint: 'List requests with `shop request list`.',
  }),
  IDEMPOTENCY_CONFLICT: (d) => ({
    message: `The key ${d.key} was used before with other content.`,
    hint: `See what it stands for with \`shop request show ${d.key}\`, or use another key.`,
  }),
  LOCKED: (d) => ({ message: `Another run holds the lock for ${d.what}.`, hint: 'Try again when it has ended.' }),
  UNAVAILABLE: (d) => ({
    message: `${d.server} can't be reached at ${d.address}: ${d.reason}.`,
    hint: 'Check that it runs and is reachable; `shop dev status` shows the local servers.',
  }),
  PENDING: (d) => ({
    message: `Request ${d.requestId} is recorded but not decided yet; its key is ${d.key}.${d.paused === true ? ' The queue is paused.' : ''}`,
    hint: `${d.paused === true ? 'Let the queue go on with `shop queue resume`. ' : ''}Ask again with \`shop request show ${d.key}\`, or give the same command again with \`--key ${d.key}\`.`,
  }),
  CONFIG: (d) => ({
    message: `${d.setting} is not configured.`,
    hint: 'Run `shop dev up`, or set it in the environment.',
  }),
};

function failed(what: string): (details: ErrorDetails) => ErrorText {
  return (d) => ({
    message: `${what} failed for a technical reason after ${d.attempts} attempts; nothing was changed.`,
    hint: `\`shop queue failed\` has the reason; once it is mended, \`shop queue retry ${d.key ?? '<request>'}\` takes the failure back.`,
  });
}

function shortage({ productId, name, requested, available }: Shortage): string {
  return `product ${productId} (${name}): ${number(requested)} asked, ${number(available)} left`;
}

function cartShortage({ productId, name, requested, available }: Shortage): string {
  return `product ${productId} (${name}): ${number(requested)} asked, ${number(available)} in it`;
}

function list(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** Grouped digits; a total beyond 2^53 comes as a string of digits. */
function number(value: unknown): string {
  return typeof value === 'string' ? BigInt(value).toLocaleString('en') : Number(value).toLocaleString('en');
}
