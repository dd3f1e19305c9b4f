import { type Phrase, phrase } from '../domain/phrase.ts';

/** Words with a larger edit distance are not suggested. */
const MAX_DISTANCE = 3;
const MIN_SIMILARITY = 0.4;

/**
 * Finds the words that a user may have meant by `text`, as commander does: those with the smallest edit distance.
 *
 * @param letters returns the part of a word to compare.
 */
export function nearest(
  text: string,
  words: readonly string[],
  letters: (word: string) => string = (word) => word,
): string[] {
  const typed = letters(text);
  const near = words
    .map((word) => ({ word, length: letters(word).length, distance: editDistance(typed, letters(word)) }))
    .filter(
      ({ length, distance }) =>
        length > 1 && distance <= MAX_DISTANCE && 1 - distance / Math.max(length, typed.length) > MIN_SIMILARITY,
    );
  const least = Math.min(...near.map(({ distance }) => distance));
  return near.filter(({ distance }) => distance === least).map(({ word }) => word);
}

/**
 * Computes the optimal string alignment distance, which commander uses: the number of letters to insert, delete, replace,
 * or swap with the next one. (The Levenshtein distance counts a swap as two.)
 */
function editDistance(text: string, word: string): number {
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

/** Returns a question that offers these words, such as `Did you mean list?`; null if there are no words. */
export function didYouMean(words: readonly string[]): Phrase | null {
  const [only, ...others] = words;
  if (only === undefined) return null;
  return others.length === 0 ? phrase`Did you mean ${only}?` : phrase`Did you mean one of ${words.join(', ')}?`;
}
