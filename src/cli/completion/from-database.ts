import { loadConfig } from '../../config/config.ts';
import { ShopError } from '../../domain/errors.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import { type Found, type FoundKind, findByPrefix } from '../../domain/prefix-search.ts';
import { isDatabaseError, within } from '../../domain/store.ts';
import type { Language } from '../i18n/language.ts';
import { grouped } from '../output/numbers.ts';
import type { Candidate } from './candidate.ts';

/** Whoever has pressed a key waits. */
const LIMIT_MS = 1_000;

/** What the database has that begins with what was typed; nothing where it can't be had at once. */
export async function fromDatabase(kind: FoundKind, typed: string, language: Language): Promise<readonly Candidate[]> {
  try {
    return await within(LIMIT_MS, search(kind, typed, language), []);
  } catch (error) {
    // the command itself will tell
    if (error instanceof ShopError || isDatabaseError(error)) return [];
    throw error;
  }
}

async function search<Kind extends FoundKind>(
  kind: Kind,
  typed: string,
  { translate }: Language,
): Promise<readonly Candidate[]> {
  const { databaseUrl } = loadConfig();
  if (databaseUrl === null) return [];
  const found = await findByPrefix(databaseUrl, kind, typed, LIMIT_MS);
  return found.map(({ word, other, row }) => ({ word, about: translate(ABOUT[kind](row, other)) }));
}

/** What it is, for people; `other` is its other name. */
const ABOUT: { readonly [Kind in FoundKind]: (row: Found[Kind], other: string | null) => Phrase } = {
  user: ({ name }, other) => phrase`${withName(name, other)}`,
  product: ({ name, stock }, other) => phrase`${withName(name, other)}, ${grouped(stock)} in stock`,
  order: ({ status, total, user }) => phrase`${status}, ${grouped(total)}, ${user}`,
  batch: ({ createdAt }, other) => phrase`${other}, ${createdAt.toISOString().slice(0, 10)}`,
  request: ({ kind, status }, other) => phrase`${other}, ${kind}, ${status ?? 'pending'}`,
};

function withName(name: string, other: string | null): string {
  return other === null ? name : `${name} (${other})`;
}
