import { type ErrorDetails, failureText, REFUSAL_CODES, type Refusal, refusalError, ShopError } from '../errors.ts';
import { KINDS, type Outcome, type RequestKind } from './kinds/index.ts';
import type { RequestStatus } from './status.ts';

/*
 * Stored outcomes become typed here and nowhere else. The lane is the only writer of `outcomes`, so the details are taken
 * for those of the request's kind, or of the refusal's code.
 */

/** The stored details of an outcome: of an applied request with the ids of the rows that it has made. */
export type StoredOutcome = Outcome | Refusal['details'] | Readonly<Record<string, never>>;

/** Parses the stored details of an outcome. */
export function parseOutcome(details: string): StoredOutcome {
  return JSON.parse(details);
}

/** A request with its stored outcome, as far as it says what became of it. */
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
 * The applied outcome of a decided request.
 *
 * @throws ShopError with the stored code where the request was refused or failed.
 */
export function appliedOutcome<K extends RequestKind>(record: Decided, kind: K): Outcome<K> {
  const { id, key, status, code, attempts, outcome } = record;
  if (outcome === null) throw new Error(`request ${id} is not decided`);
  if (record.kind !== kind) throw new Error(`request ${id} is no ${kind}`);
  if (status === 'applied') return outcome as Outcome<K>;
  throw storedError(kind, code, outcome, { requestId: id, key, attempts });
}

/**
 * The error that a stored code stands for. A row may have been written by a newer program.
 *
 * @param further details besides the stored ones.
 */
export function storedError(
  kind: RequestKind | null,
  code: string | null,
  outcome: StoredOutcome,
  further: { readonly attempts: number; readonly key?: string } & ErrorDetails,
): ShopError {
  const refused = REFUSAL_CODES.find((known) => known === code);
  if (refused !== undefined) return refusalError({ code: refused, details: outcome } as Refusal, further);
  const known = kind === null ? undefined : KINDS[kind];
  if (known === undefined || known.failureCode !== code) throw new Error(`an outcome has the unknown code ${code}`);
  return new ShopError(known.failureCode, { ...outcome, ...further }, failureText(known.title, further));
}
