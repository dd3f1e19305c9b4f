import type { Phrase } from '../../domain/phrase.ts';
import type { FoundKind } from '../../domain/shop/prefix-search.ts';

/** A word that may stand where the cursor is, and what it is, for people. */
export interface Candidate {
  readonly word: string;
  readonly about: string;
}

/** The same of something that the database has. */
export interface FoundValue {
  readonly word: string;
  readonly about: Phrase;
}

/** Finds what the database has of a kind that begins with what was typed, within a limit. */
export type FindValues = (
  databaseUrl: string,
  kind: FoundKind,
  typed: string,
  limitMs: number,
) => Promise<readonly FoundValue[]>;
