import * as z from 'zod/mini';
import { isReference, isText, MAX_POINTS, type Ref } from '../../input.ts';
import { KIND_LIST, KINDS, type RequestContent, type RequestKind } from './index.ts';
import type { PayloadFields } from './kind.ts';

const whole = (maximum: number, minimum = 1) => z.int().check(z.minimum(minimum), z.maximum(maximum));

const FIELDS: PayloadFields = {
  // these functions are imported individually, because all of zod is ten times as large
  object: z.strictObject,
  optional: z.exactOptional,
  list: (item, maximum) => z.array(item).check(z.minLength(1), z.maxLength(maximum)),
  union: z.union,
  whole,
  flag: z.boolean(),
  change: (maximum) => whole(maximum, -maximum).check(z.refine((value) => value !== 0)),
  ref: z.union([
    whole(MAX_POINTS),
    z.custom<Ref>((value) => typeof value === 'string' && value.startsWith('@') && isReference(value.slice(1))),
  ]),
};

const SCHEMAS: ReadonlyMap<RequestKind, z.ZodMiniType<RequestContent['payload']>> = new Map(
  KIND_LIST.map(({ name, schema }) => [name, schema(FIELDS)]),
);

/** The content of a request as it was recorded. It is not validated. */
export interface RecordedContent {
  readonly kind: RequestKind;
  /** JSON text. */
  readonly payload: string;
  readonly reason: string | null;
}

/**
 * Parses the content of a recorded request. A database account can have the right to write requests but not balances, so a row
 * of `requests` is validated as strictly as a command's argument.
 *
 * @throws Error if this program can't have recorded the content. Such a request fails and changes nothing.
 */
export function parseContent({ kind, payload, reason }: RecordedContent): RequestContent {
  const schema = SCHEMAS.get(kind);
  if (schema === undefined) throw new Error(`${kind} is not a kind of request`);
  if (reason === null ? KINDS[kind].reasonRequired === true : !isText(reason))
    throw new Error('the reason is missing or invalid');
  // the cast is safe, because the schema of this kind parses the payload
  return { kind, payload: schema.parse(JSON.parse(payload)), reason: reason ?? undefined } as RequestContent;
}
