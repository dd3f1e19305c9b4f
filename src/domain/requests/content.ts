import * as z from 'zod/mini';
import { isReference, MAX_AMOUNT, MAX_ORDER_LINES, MAX_POINTS, MAX_QUANTITY, type Ref } from '../input.ts';
import type { RequestContent, RequestKind } from './request.ts';

const whole = (maximum: number) => z.int().check(z.minimum(1), z.maximum(maximum));
const REF = z.union([
  whole(MAX_POINTS),
  z.custom<Ref>((value) => typeof value === 'string' && value.startsWith('@') && isReference(value.slice(1))),
]);
const ITEM = z.strictObject({ product: REF, quantity: whole(MAX_QUANTITY) });

const PAYLOADS = {
  charge: z.strictObject({ user: REF, amount: whole(MAX_AMOUNT) }),
  order: z.strictObject({
    user: REF,
    items: z.array(ITEM).check(z.minLength(1), z.maxLength(MAX_ORDER_LINES)),
    cart: z.optional(whole(MAX_POINTS)),
  }),
  cancel: z.strictObject({ order: whole(MAX_POINTS) }),
  restock: z.strictObject({ product: REF, quantity: whole(MAX_QUANTITY) }),
} as const satisfies Record<RequestKind, z.ZodMiniType>;

/**
 * The content of a recorded request. Whoever may write requests may write no balance, so that a row of `requests` is
 * trusted no more than an argument is.
 *
 * @throws ZodError where it is nothing that this program records: such a request fails, and changes nothing.
 */
export function parseContent(kind: RequestKind, payload: string): RequestContent {
  return { kind, payload: PAYLOADS[kind].parse(JSON.parse(payload)) } as RequestContent;
}
