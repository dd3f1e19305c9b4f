import type * as z from 'zod/mini';
import type { KindProof } from '../../audit/kind-proof.ts';
import type { FailureCode, Refusal, RefusalCode } from '../../errors.ts';
import type { Ref } from '../../input.ts';
import type { Phrase } from '../../phrase.ts';
import type { Effects, Limits, State } from './state.ts';

/** Everything in which one kind of request differs from the others. */
export interface Kind<Name extends string, Payload, Outcome> {
  /** The word in the database and in JSON. */
  readonly name: Name;
  /** The code with which a request of this kind fails permanently. */
  readonly failureCode: FailureCode;
  /** The subject of that error's message, such as "The charge". */
  readonly title: Phrase;
  /** The schema of the stored payload. zod is an argument, so that help can name the kinds without loading it. */
  readonly schema: (fields: PayloadFields) => z.ZodMiniType<Payload>;
  /** The content that the idempotency hash is made of. */
  readonly canonical: (payload: Payload) => readonly unknown[];
  /** Adds the rows that have to be locked. */
  readonly touches: (payload: Payload, rows: TouchedRows) => void;
  /** The order lines that it reads or writes; 1 where it is left out. It measures how long a request takes. */
  readonly size?: (payload: Payload, linesOf: ReadonlyMap<number, number>) => number;
  /** The rule. Pure: it neither changes `state` nor depends on anything else. */
  readonly decide: (state: State, payload: Payload, limits: Limits) => Decision<Outcome>;
  /** What `audit` checks of its effects. */
  readonly prove: KindProof;
}

/** What schemas of payloads are made of. */
export interface PayloadFields {
  /** An object of these fields and no others. */
  readonly object: typeof z.strictObject;
  readonly optional: typeof z.exactOptional;
  /** A list of 1 to `maximum` items. */
  readonly list: <Item>(item: z.ZodMiniType<Item>, maximum: number) => z.ZodMiniType<Item[]>;
  /** An id, or `@reference`. */
  readonly ref: z.ZodMiniType<Ref>;
  /** A whole number from 1 to `maximum`. */
  readonly whole: (maximum: number) => z.ZodMiniType<number>;
}

/** The rows that requests name, as they name them. */
export interface TouchedRows {
  readonly users: Set<Ref>;
  readonly products: Set<Ref>;
  /** Orders that exist; their users and products are locked as well. */
  readonly orders: Set<number>;
  /** Carts, with their lines. */
  readonly carts: Set<number>;
}

/** The ids of rows that a request has made. They are added to its outcome when the rows are numbered. */
export interface MadeIds {
  readonly orderId?: number;
  readonly transactionId?: number;
}

/** What was decided on one request. The stored outcome is `details`, together with `MadeIds`. */
export type Decision<Outcome = object> =
  | {
      readonly status: 'applied';
      readonly details: Omit<Outcome, keyof MadeIds> & Partial<Outcome>;
      readonly effects: Effects;
    }
  | Refused;

/** A refusal by a rule. */
export type Refused<Code extends RefusalCode = RefusalCode> = Refusal<Code> & { readonly status: 'refused' };
