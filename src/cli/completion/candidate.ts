import type { Phrase } from '../../domain/phrase.ts';
import type { FoundKind } from '../../domain/shop/prefix-search.ts';

/** A word that completes the command line, with its description. */
export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/** A candidate from the database. Its description is not translated yet. */
export interface FoundValue {
  readonly word: string;
  readonly about: Phrase;
}

/** Finds objects of one kind within a time limit. Returns their ids, references or names that begin with the typed text. */
export type FindValues = (
  databaseUrl: string,
  kind: FoundKind,
  typed: string,
  limitMs: number,
  order?: string,
) => Promise<readonly FoundValue[]>;
