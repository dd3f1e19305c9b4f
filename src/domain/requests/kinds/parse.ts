import * as z from 'zod/mini';
import { isReference, MAX_POINTS, type Ref } from '../../input.ts';
import { KIND_LIST, type RequestContent, type RequestKind } from './index.ts';
import type { PayloadFields } from './kind.ts';

const whole = (maximum: number) => z.int().check(z.minimum(1), z.maximum(maximum));

const FIELDS: PayloadFields = {
  // these functions are imported one by one, because the whole of zod is ten times as large
  object: z.strictObject,
  optional: z.exactOptional,
  list: (item, maximum) => z.array(item).check(z.minLength(1), z.maxLength(maximum)),
  whole,
  flag: z.boolean(),
  ref: z.union([
    whole(MAX_POINTS),
    z.custom<Ref>((value) => typeof value === 'string' && value.startsWith('@') && isReference(value.slice(1))),
  ]),
};

const SCHEMAS: ReadonlyMap<RequestKind, z.ZodMiniType<RequestContent['payload']>> = new Map(
  KIND_LIST.map(({ name, schema }) => [name, schema(FIELDS)]),
);

/**
 * Parses the content of a recorded request. An account may have the right to write requests but not balances, so a row of
 * `requests` is validated as strictly as a command's argument.
 *
 * @throws ZodError if this program can't have recorded the content. Such a request fails and changes nothing.
 */
export function parseContent(kind: RequestKind, payload: string): RequestContent {
  const schema = SCHEMAS.get(kind);
  if (schema === undefined) throw new Error(`${kind} is no kind of request`);
  // the schema of this kind has just parsed the payload
  return { kind, payload: schema.parse(JSON.parse(payload)) } as RequestContent;
}
