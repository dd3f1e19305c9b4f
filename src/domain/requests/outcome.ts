import { type ErrorDetails, failureText, REFUSAL_CODES, type Refusal, refusalError, ShopError } from '../errors.ts';
import { KINDS, type Outcome, type RequestKind } from './kinds/index.ts';
import type { RequestStatus } from './status.ts';

/*
 * Gives stored outcomes their types, in one place. The lane is the only writer of `outcomes`. Therefore this code does not check
 * that the details have the fields of the request's kind or of the refusal's code.
 */

/** The stored details of an outcome. For an applied request they include the ids of the rows that it created. */
export type StoredOutcome = Outcome | Refusal['details'] | Readonly<Record<string, never>>;

/** Parses the stored details of an outcome. */
export function parseOutcome(details: string): StoredOutcome {
  return JSON.parse(details);
}

/** The fields of a request and its stored outcome that describe the result. */
interface Decided {
  readonly id: number;
  readonly key: string;
  readonly kind: RequestKind;
  readonly status: RequestStatus;
  readonly code: string | null;
  readonly attempts: number;
  readonly outcome: StoredOutcome | null;
}

/**
 * Returns the applied outcome of a decided request.
 *
 * @param replayed true if the key was used before. The error's details then contain `replayed`.
 * @throws ShopError with the stored code, if the request was refused or has failed.
 */
export function appliedOutcome<K extends RequestKind>(record: Decided, kind: K, replayed: boolean): Outcome<K> {
  const { id, key, status, code, attempts, outcome } = record;
  if (outcome === null) throw new Error(`request ${id} is not decided`);
  if (record.kind !== kind) throw new Error(`request ${id} is not of the kind ${kind}`);
  if (status === 'applied') return outcome as Outcome<K>;
  throw storedError(kind, code, outcome, { requestId: id, key, attempts, ...(replayed ? { replayed } : {}) });
}

/**
 * Creates the error for a stored code.
 *
 * @param further details in addition to the stored ones.
 * @throws Error if the code is unknown, for example if a newer version of the program has stored it.
 */
export function storedError(
  kind: RequestKind | null,
  code: string | null,
  outcome: StoredOutcome,
  further: { readonly attempts: number; readonly key?: string } & ErrorDetails,
): ShopError {
  const refused = REFUSAL_CODES.find((known) => known === code);
  const known = kind === null ? undefined : KINDS[kind];
  if (refused !== undefined) return refusalError({ code: refused, details: outcome } as Refusal, further, known?.hints);
  if (known === undefined || known.failureCode !== code) throw new Error(`an outcome has the unknown code ${code}`);
  return new ShopError(known.failureCode, { ...outcome, ...further }, failureText(known.title, further));
}
