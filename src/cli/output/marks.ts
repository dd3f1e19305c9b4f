import type { Phrase } from '../../domain/phrase.ts';

/** A line for people, with a mark before it; a title has no mark. */
export interface MarkedLine {
  readonly mark: 'done' | 'failed' | 'skipped' | 'title';
  readonly text: Phrase;
  /** How to fix the problem. */
  readonly hint?: Phrase | null;
}

/** Creates the headline of a completed action. */
export function done(text: Phrase): MarkedLine {
  return { mark: 'done', text };
}

/** Creates a title, which has no mark. */
export function title(text: Phrase): MarkedLine {
  return { mark: 'title', text };
}
