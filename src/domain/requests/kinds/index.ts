import type { RECORDED_KINDS } from '../../../db/migrations/index.ts';
import { type FailureCode, REFUSAL_CODES } from '../../errors.ts';
import { cancel } from './cancel.ts';
import { charge } from './charge.ts';
import type { Kind } from './kind.ts';
import { order } from './order.ts';
import { pointsAdjust } from './points-adjust.ts';
import { restock } from './restock.ts';
import { returnKind } from './return.ts';
import { stockAdjust } from './stock-adjust.ts';

/** All kinds of request by their names. The names are those that the CHECK of `requests` allows. */
const ALL = {
  order,
  charge,
  'points-adjust': pointsAdjust,
  restock,
  'stock-adjust': stockAdjust,
  cancel,
  return: returnKind,
} satisfies Record<(typeof RECORDED_KINDS)[number], unknown>;

export type RequestKind = keyof typeof ALL;

type Payloads = { [K in RequestKind]: (typeof ALL)[K] extends Kind<string, infer Payload, infer _> ? Payload : never };
type Outcomes = { [K in RequestKind]: (typeof ALL)[K] extends Kind<string, infer _, infer Outcome> ? Outcome : never };

/** The stored outcome of an applied request. */
export type Outcome<K extends RequestKind = RequestKind> = Outcomes[K];

/**
 * The content of a request. It names users and products by id or reference, as the input did. References are resolved when the
 * request is decided. The reason, if there is one, is also part of the content.
 */
export type RequestContent<K extends RequestKind = RequestKind> = {
  [P in K]: { readonly kind: P; readonly payload: Payloads[P]; readonly reason?: string | undefined };
}[K];

/** All kinds of request by their names, each with the types of its own payload and outcome. */
export const KINDS: { readonly [K in RequestKind]: Kind<K, Payloads[K], Outcomes[K]> } = ALL;

/** All kinds, in the order in which help lists them. */
export const KIND_LIST = Object.values(ALL);

export const REQUEST_KINDS: readonly RequestKind[] = KIND_LIST.map(({ name }) => name);

/** The kinds' failure codes. Several kinds may share a code. */
export const FAILURE_CODES: readonly FailureCode[] = [...new Set(KIND_LIST.map(({ failureCode }) => failureCode))];

/** The codes of outcomes that are not applied. */
export const OUTCOME_CODES = [...REFUSAL_CODES, ...FAILURE_CODES];

/**
 * Returns the number of order lines of a request; 1 for kinds without lines.
 *
 * @param linesOf the number of lines of each order that the request touches.
 */
export function sizeOf<K extends RequestKind>(
  { kind, payload }: RequestContent<K>,
  linesOf: ReadonlyMap<number, number> = NO_ORDERS,
): number {
  return KINDS[kind].size?.(payload, linesOf) ?? 1;
}

const NO_ORDERS: ReadonlyMap<number, number> = new Map();
