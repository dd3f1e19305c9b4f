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
  /** Names of columns in other programs, or words in these names, in lower case, the likeliest first. */
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
  for (const column of columns) {
    const left = unknown.filter((name) => ![...names.values()].includes(name));
    const name = present.has(column) ? undefined : guess([column, ...(foreign[column] ?? [])], left);
    if (name !== undefined) names.set(column, name);
  }
  const lacks = (group: readonly string[]) => !group.some((column) => present.has(column) || names.has(column));
  const [needed = []] = [...required].sort((a, b) => a.filter(lacks).length - b.filter(lacks).length);
  for (const [column = ''] of needed.filter(lacks)) names.set(column, '...');
  const map = columns.flatMap((column) => {
    const isMapped = needed.flat().includes(column) || !required.flat(2).includes(column);
    const name = names.get(column);
    return isMapped && name !== undefined ? [[column, name] as const] : [];
  });
  // if no column is missing, a map of any one column is enough, because unknown columns are ignored with a map
  return mapArgument(map.length > 0 ? map : [...present].slice(0, 1).map((column) => [column, column] as const));
}

/** Returns the name that is likely to stand for a column. */
function guess([column, ...foreign]: readonly [string, ...string[]], names: readonly string[]): string | undefined {
  const usable = names.filter((name) => !name.includes('"'));
  for (const word of [...foreign, column]) {
    const found =
      usable.find((name) => name.toLowerCase() === word) ??
      usable.find((name) => name.toLowerCase().split(WORD_BREAK).includes(word));
    if (found !== undefined) return found;
  }
  // a short name, such as `id`, is similar to too many columns
  return nearest(
    column,
    usable.filter((name) => name.length > 2),
    (name) => name.toLowerCase(),
  )[0];
}

const WORD_BREAK = /[^\p{L}\p{N}]+/u;
