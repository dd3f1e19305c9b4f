import { distance } from 'fastest-levenshtein';

/** More letters than these are not mistyped. */
const MOST_WRONG = 3;
const LEAST_ALIKE = 0.4;

/** The word that is likely to be meant by `text`, whatever its case; by commander's measure for commands and options. */
export function nearest(text: string, words: readonly string[]): string | undefined {
  const near = words
    .map((word) => ({ word, wrong: distance(text.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, wrong }) => wrong <= MOST_WRONG && 1 - wrong / Math.max(word.length, text.length) > LEAST_ALIKE);
  return near.sort((a, b) => a.wrong - b.wrong)[0]?.word;
}
