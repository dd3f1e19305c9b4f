import type * as z from 'zod/mini';
import type { KindProof } from '../../audit/kind-proof.ts';
import type { FailureCode, Refusal, RefusalCode, RefusalHints } from '../../errors.ts';
import type { Ref } from '../../input.ts';
import type { Phrase } from '../../phrase.ts';
import type { Cells } from './cells.ts';
import type { Effects, Limits, State } from './state.ts';

/** The definition of one kind of request. */
export interface Kind<Name extends string, Payload, Outcome> {
  /** The kind's name in the database and in JSON. */
  readonly name: Name;
  /** The error code of a request of this kind that has failed permanently. */
  readonly failureCode: FailureCode;
  /** The subject of the message for the failure code, such as "The charge". */
  readonly title: Phrase;
  readonly activity: KindActivity<Payload, Outcome>;
  /** Hints for refusals whose default hint does not fit this kind. */
  readonly hints?: RefusalHints;
  /** True if each request needs a reason. For other kinds a reason is optional. */
  readonly reasonRequired?: true;
  /**
   * The schema of the stored payload. The functions of zod are arguments, so that help can list the kinds without loading zod.
   */
  readonly schema: (fields: PayloadFields) => z.ZodMiniType<Payload>;
  /** Describes how a row of a batch file becomes a request of this kind. */
  readonly row: RowFormat<Payload>;
  /** The content from which the idempotency hash is made. */
  readonly canonical: (payload: Payload) => readonly unknown[];
  /** Adds to `rows` the rows that a request with this payload locks. */
  readonly touches: (payload: Payload, rows: TouchedRows) => void;
  /** The number of order lines that a request reads or writes, as a measure of its run time; 1 by default. */
  readonly size?: (payload: Payload, linesOf: ReadonlyMap<number, number>) => number;
  /** Decides a request by the kind's rule. The function is pure: it changes nothing, and depends only on its arguments. */
  readonly decide: (state: State, payload: Payload, limits: Limits) => Decision<Outcome>;
  /** The checks of `audit` for the effects of this kind. */
  readonly prove: KindProof;
}

/** The format of a kind's rows in batch files. All kinds also have the columns `kind`, `reason` and `key`. */
interface RowFormat<Payload> {
  /** Groups of columns; a row needs one column of each group. */
  readonly required: readonly (readonly string[])[];
  readonly optional?: readonly string[];
  /** Reads the payload of a row. @throws ShopError `INVALID_INPUT` */
  readonly read: (cells: Cells) => Payload;
}

/** Describes how `activity list` shows requests of one kind. */
interface KindActivity<Payload, Outcome> {
  /** The commands that make requests of this kind. If there are several commands, each has an SQL condition on `r.payload`. */
  readonly actions: readonly { readonly name: string; readonly when?: string }[];
  /** The field of the payload that names the changed object. The field's name is also the object's type. */
  readonly subject: keyof Payload & SubjectType;
  /** The fields of the payload and of an applied outcome that are shown as the state after the request. */
  readonly after: readonly (keyof Payload | keyof Outcome)[];
}

/** The types of objects that requests change. */
type SubjectType = 'user' | 'product' | 'order';

/** The building blocks of payload schemas. */
export interface PayloadFields {
  /** An object with these fields and no others. */
  readonly object: typeof z.strictObject;
  readonly optional: typeof z.exactOptional;
  /** A list of 1 to `maximum` items. */
  readonly list: <Item>(item: z.ZodMiniType<Item>, maximum: number) => z.ZodMiniType<Item[]>;
  /** An id, or `@reference`. */
  readonly ref: z.ZodMiniType<Ref>;
  /** A value that matches one of the given schemas. */
  readonly union: typeof z.union;
  /** A whole number from `minimum`, by default 1, to `maximum`. */
  readonly whole: (maximum: number, minimum?: number) => z.ZodMiniType<number>;
  /** A whole number from −`maximum` to `maximum`, except 0. */
  readonly change: (maximum: number) => z.ZodMiniType<number>;
  readonly flag: z.ZodMiniType<boolean>;
}

/** The rows that requests touch, by the ids or references that the requests contain. */
export interface TouchedRows {
  readonly users: Set<Ref>;
  readonly products: Set<Ref>;
  /** Existing orders; their users and products are locked as well. */
  readonly orders: Set<number>;
  /** Carts, with their lines. */
  readonly carts: Set<number>;
}

/** The ids of the rows that a request creates. They are added to its outcome, because the decision does not know them yet. */
export interface MadeIds {
  readonly orderId?: number;
  readonly transactionId?: number;
}

/** The decision on one request. The stored outcome consists of `details` and `MadeIds`. */
export type Decision<Outcome = object> =
  | {
      readonly status: 'applied';
      readonly details: Omit<Outcome, keyof MadeIds> & Partial<Outcome>;
      readonly effects: Effects;
    }
  | Refused;

/** A refusal by a rule. */
export type Refused<Code extends RefusalCode = RefusalCode> = Refusal<Code> & { readonly status: 'refused' };
