import { nearest } from '../suggestion.ts';
import { mapArgument } from './map-argument.ts';

/** The columns that `--map` may name, for one kind of file. */
export interface MappedColumns {
  /** The columns that are read. */
  readonly columns: readonly string[];
  /**
   * Alternatives. A CSV header must satisfy one of them: it must have at least one column of each group. Example with
   * two alternatives: `[[['user'], ['items']], [['kind'], ['product'], ['by', 'to']]]`.
   */
  readonly required: readonly (readonly (readonly string[])[])[];
  /**
   * Names of columns in other programs, or words in these names, the likeliest first. They are in lower case, with a space
   * between words and without punctuation.
   */
  readonly foreign?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Returns the value of `--map` that a header with unknown names needs. The name of a column that can't be guessed is
 * `...`.
 *
 * @param header the known columns and the unknown names of the header.
 */
export function suggestedMap(
  { columns, required, foreign = {} }: MappedColumns,
  { present, unknown }: { readonly present: ReadonlySet<string>; readonly unknown: readonly string[] },
): string {
  const names = new Map<string, string>();
  const guessEach = (wanted: readonly string[]) => {
    for (const column of wanted) {
      const left = unknown.filter((name) => ![...names.values()].includes(name));
      const name = present.has(column) ? undefined : guess([column, ...(foreign[column] ?? [])], left);
      if (name !== undefined) names.set(column, name);
    }
  };
  const inAlternatives = required.flat(2);
  guessEach(columns.filter((column) => inAlternatives.includes(column)));
  const lacks = (group: readonly string[]) => !group.some((column) => present.has(column) || names.has(column));
  const [needed = []] = [...required].sort((a, b) => a.filter(lacks).length - b.filter(lacks).length);
  // a column of another alternative is not mapped, so its name may stand for an optional column
  for (const column of names.keys()) if (!needed.flat().includes(column)) names.delete(column);
  guessEach(columns.filter((column) => !inAlternatives.includes(column)));
  for (const [column = ''] of needed.filter(lacks)) names.set(column, '...');
  const map = columns.flatMap((column) => {
    const name = names.get(column);
    return name === undefined ? [] : [[column, name] as const];
  });
  // if no column is missing, a map of any one column is enough, because unknown columns are ignored with a map
  return mapArgument(map.length > 0 ? map : [...present].slice(0, 1).map((column) => [column, column] as const));
}

/** Returns the name that is likely to stand for a column. */
function guess([column, ...foreign]: readonly [string, ...string[]], names: readonly string[]): string | undefined {
  const usable = names.filter((name) => !name.includes('"'));
  for (const word of [...foreign, column]) {
    const found =
      usable.find((name) => plainWords(name) === word) ??
      usable.find((name) => ` ${plainWords(name)} `.includes(` ${word} `));
    if (found !== undefined) return found;
  }
  // a short name, such as `id`, is similar to too many columns
  return nearest(
    column,
    usable.filter((name) => name.length > 2),
    (name) => name.toLowerCase(),
  )[0];
}

/** Returns the words of a name in lower case, without punctuation. */
function plainWords(name: string): string {
  return name.toLowerCase().match(WORD)?.join(' ') ?? '';
}

const WORD = /[\p{L}\p{N}]+/gu;
