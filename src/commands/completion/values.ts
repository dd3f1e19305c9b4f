import type { FoundValue } from '../../cli/completion/candidate.ts';
import { grouped } from '../../cli/output/numbers.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import { type Found, type FoundKind, findByPrefix } from '../../domain/shop/prefix-search.ts';

/** Finds the words in the database that begin with the typed text, each with a description. */
export async function findValues<Kind extends FoundKind>(
  databaseUrl: string,
  kind: Kind,
  typed: string,
  limitMs: number,
  order?: string,
): Promise<readonly FoundValue[]> {
  const found = await findByPrefix(databaseUrl, kind, typed, limitMs, order);
  return found.map(({ word, other, row }) => ({ word, about: DESCRIPTION[kind](row, other) }));
}

/**
 * Descriptions of objects. `other` is the object's other name, such as the id if the user has typed the reference; null
 * if it has none.
 */
const DESCRIPTION: { readonly [Kind in FoundKind]: (row: Found[Kind], other: string | null) => Phrase } = {
  user: ofUser,
  'blocked-user': ofUser,
  'unblocked-user': ofUser,
  product: ofProduct,
  'product-on-sale': ofProduct,
  'retired-product': ofProduct,
  order: ({ status, total, user }) => phrase`${status}, ${grouped(total)}, ${user}`,
  'returnable-order': ({ status, total, user }) => phrase`${status}, ${grouped(total)}, ${user}`,
  batch: ofBatch,
  'pending-batch': ofBatch,
  request: ofRequest,
  'pending-request': ofRequest,
  'failed-request': ofRequest,
};

function ofBatch({ createdAt }: Found['batch'], other: string | null): Phrase {
  return phrase`${other}, ${createdAt.toISOString().slice(0, 10)}`;
}

function ofRequest({ kind, status }: Found['request'], other: string | null): Phrase {
  return phrase`${other}, ${kind}, ${status ?? 'pending'}`;
}

function ofUser({ name }: Found['user'], other: string | null): Phrase {
  return phrase`${withName(name, other)}`;
}

function ofProduct({ name, stock }: Found['product'], other: string | null): Phrase {
  return phrase`${withName(name, other)}, ${grouped(stock)} in stock`;
}

function withName(name: string, other: string | null): string {
  return other === null ? name : `${name} (${other})`;
}
