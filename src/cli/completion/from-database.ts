import { loadConfig } from '../../config/config.ts';
import { ShopError } from '../../domain/errors.ts';
import { within } from '../../domain/servers/connections.ts';
import { isDatabaseError } from '../../domain/servers/mysql-errors.ts';
import type { FoundKind } from '../../domain/shop/prefix-search.ts';
import type { Language } from '../i18n/language.ts';
import type { Candidate, FindValues } from './candidate.ts';

/** Maximum duration of a search. It is short because the user waits after each Tab. */
const LIMIT_MS = 1_000;

/**
 * Finds words in the database that begin with the typed text. Returns none if the database can't be read in time.
 *
 * @param order if given, only products that can be returned from this order are found.
 */
export async function fromDatabase(
  find: FindValues,
  kind: FoundKind,
  typed: string,
  language: Language,
  order?: string,
): Promise<readonly Candidate[]> {
  try {
    return await within(LIMIT_MS, search(find, kind, typed, language, order), []);
  } catch (error) {
    // the command itself will report the error
    if (error instanceof ShopError || isDatabaseError(error)) return [];
    throw error;
  }
}

async function search(
  find: FindValues,
  kind: FoundKind,
  typed: string,
  { translate }: Language,
  order: string | undefined,
): Promise<readonly Candidate[]> {
  const { databaseUrl } = loadConfig();
  if (databaseUrl === null) return [];
  const found = await find(databaseUrl, kind, typed, LIMIT_MS, order);
  return found.map(({ word, about }) => ({ word, about: translate(about) }));
}
