import { type Phrase, phrase } from '../domain/phrase.ts';

/** More wrong letters than these are no typing error. */
const MOST_WRONG = 3;
const LEAST_ALIKE = 0.4;

/**
 * The words that are likely to be meant by `text`: those with the fewest wrong letters, by commander's measure.
 *
 * @param letters the letters of a word that are compared.
 */
export function nearest(
  text: string,
  words: readonly string[],
  letters: (word: string) => string = (word) => word,
): string[] {
  const typed = letters(text);
  const near = words
    .map((word) => ({ word, length: letters(word).length, wrong: wrongLetters(typed, letters(word)) }))
    .filter(
      ({ length, wrong }) =>
        length > 1 && wrong <= MOST_WRONG && 1 - wrong / Math.max(length, typed.length) > LEAST_ALIKE,
    );
  const least = Math.min(...near.map(({ wrong }) => wrong));
  return near.filter(({ wrong }) => wrong === least).map(({ word }) => word);
}

/**
 * Letters to insert, delete, replace, or swap with the next one: the optimal string alignment distance, which commander
 * uses. Levenshtein's counts a swap as two.
 */
function wrongLetters(text: string, word: string): number {
  const at = (row: readonly number[], column: number) => row[column] ?? Number.POSITIVE_INFINITY;
  let before: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: word.length + 1 }, (_, column) => column);
  for (let row = 0; row < text.length; row++) {
    const next = [row + 1];
    for (let column = 0; column < word.length; column++) {
      const replaced = at(last, column) + (text[row] === word[column] ? 0 : 1);
      const isSwap = row > 0 && text[row] === word[column - 1] && text[row - 1] === word[column];
      const swapped = isSwap ? at(before, column - 1) + 1 : replaced;
      next.push(Math.min(at(last, column + 1) + 1, at(next, column) + 1, replaced, swapped));
    }
    [before, last] = [last, next];
  }
  return at(last, word.length);
}

/** Asks whether one of these words was meant; null without words. */
export function didYouMean(words: readonly string[]): Phrase | null {
  const [only, ...others] = words;
  if (only === undefined) return null;
  return others.length === 0 ? phrase`Did you mean ${only}?` : phrase`Did you mean one of ${words.join(', ')}?`;
}
