import { ShopError } from '../../domain/errors.ts';
import { invalid } from '../../domain/input.ts';
import { either, joined, type Phrase, phrase } from '../../domain/phrase.ts';
import { trimmed } from '../../domain/trim.ts';
import { type MappedColumns, suggestedMap } from './suggested-map.ts';

/** The columns of one kind of file, such as a batch file. */
export interface RowColumns extends MappedColumns {
  /**
   * Additional columns to read, such as `id` in `shop product list -o csv`. Only the output of list commands has them.
   * They are not read with `map`: the file is then from another program, where such a name may have another meaning.
   */
  readonly listed?: readonly string[];
  /** Other columns in the output of list commands. They are ignored. */
  readonly ignored?: readonly string[];
  /** The columns whose text may begin with the `'` that `shop` writes before formulas in CSV; see `guardFormula`. */
  readonly texts: readonly string[];
  /** The names that columns have in the file, by column. With `map`, unknown columns of the file are ignored. */
  readonly map?: ReadonlyMap<string, string> | undefined;
}

/** Finds the column that a name in a file stands for. */
export class ColumnNames {
  readonly #columns: RowColumns;
  readonly #byName: ReadonlyMap<string, string>;
  readonly #ignored: ReadonlySet<string>;

  /** @throws ShopError `INVALID_INPUT` if `--map` names an unknown column. */
  constructor(columns: RowColumns) {
    const { map = new Map<string, string>(), listed = [] } = columns;
    const unknown = [...map.keys()].filter((column) => !columns.columns.includes(column));
    if (unknown.length > 0)
      throw invalid(
        '--map',
        phrase`has unknown columns: ${quoteNames(unknown)}; allowed columns: ${columns.columns.join(', ')}`,
      );
    this.#columns = columns;
    this.#byName = new Map([
      ...columns.columns.filter((column) => !map.has(column)).map((column) => [plain(column), column] as const),
      ...[...map].map(([column, name]) => [plain(name), column] as const),
      ...(columns.map === undefined ? listed : []).map((column) => [column, column] as const),
    ]);
    this.#ignored = new Set(columns.ignored?.map(plain));
  }

  /** The columns whose text may begin with the `'` that `shop` writes before formulas in CSV. */
  get texts(): ReadonlySet<string> {
    return new Set(this.#columns.texts);
  }

  /** The columns that are read. */
  get columns(): readonly string[] {
    return [...this.#columns.columns, ...(this.#columns.listed ?? [])];
  }

  /** Returns the column with this name, null if the name is ignored, or undefined if the name is unknown. */
  find(name: string): string | null | undefined {
    const column = this.#byName.get(plain(name));
    if (column !== undefined) return column;
    return this.#columns.map !== undefined || this.#ignored.has(plain(name)) ? null : undefined;
  }

  /** Returns true for the header of a list that `shop` has printed. */
  isOwnList(header: readonly string[]): boolean {
    const { columns, listed = [], ignored = [] } = this.#columns;
    const others = [...listed, ...ignored];
    return (
      header.every((name) => [...columns, ...others].includes(name)) && header.some((name) => others.includes(name))
    );
  }

  /** Returns true if the header has all columns that a file needs. */
  isComplete(header: readonly string[]): boolean {
    return this.#missing(header).length === 0;
  }

  /**
   * Checks a header and returns its columns, each null if it is ignored.
   *
   * @param delimiter the separator of the file.
   * @throws ShopError `INVALID_INPUT` if the columns are not those of this kind of file.
   */
  check(header: readonly string[], delimiter: string): readonly (string | null)[] {
    const { columns, map } = this.#columns;
    const unknown = [...new Set(header.filter((name) => name !== '' && this.find(name) === undefined))];
    if (unknown.length > 0) {
      const present = new Set(header.flatMap((name) => this.find(name) ?? []));
      throw new ShopError(
        'INVALID_INPUT',
        {
          field: 'file',
          reason: phrase`has unknown columns: ${quoteNames(unknown)}; allowed columns: ${columns.join(', ')}`,
        },
        {
          hint:
            onlyCellHint(header) ??
            this.#noHeaderHint(header, delimiter) ??
            phrase`Name the columns to read, for example with \`--map ${suggestedMap(this.#columns, { present, unknown })}\`; other columns are then ignored.`,
        },
      );
    }
    const found = header.map((name) => (name === '' ? null : (this.find(name) ?? null)));
    const repeated = this.columns.filter((name) => found.indexOf(name) !== found.lastIndexOf(name));
    if (repeated.length > 0)
      throw invalid('file', phrase`has columns that occur more than once: ${repeated.join(', ')}`);
    const unmapped = [...(map ?? [])].filter(([column]) => !found.includes(column)).map(([, name]) => name);
    if (unmapped.length > 0) {
      throw invalid(
        'file',
        phrase`lacks columns that --map names: ${quoteNames(unmapped)}; columns of the file: ${quoteNames(header)}`,
      );
    }
    const missing = this.#missing(header);
    if (missing.length > 0) throw invalid('file', phrase`lacks columns: ${joined(missing.map(either), ', ')}`);
    return found;
  }

  /** Returns which header to add if the first line seems to be a row; otherwise null. A `--map` of its cells would drop the row. */
  #noHeaderHint(cells: readonly string[], delimiter: string): Phrase | null {
    if (cells.some((cell) => this.find(cell) !== undefined) || !cells.some((cell) => DATA.test(cell))) return null;
    const { columns, required } = this.#columns;
    const isLikely = (groups: readonly (readonly string[])[]) =>
      groups.length === cells.length && groups.every(({ length }) => length === 1);
    const header = required.find(isLikely)?.flat() ?? columns;
    return phrase`The file seems to have no header. Add a first line with the names of its columns, such as \`${header.join(delimiter)}\`.`;
  }

  /**
   * Compares the header with each alternative of `MappedColumns.required`. Returns the missing groups of the alternative
   * with the fewest missing groups. One column of each group is enough.
   */
  #missing(header: readonly string[]): readonly (readonly string[])[] {
    const present = new Set(header.map((name) => this.find(name)));
    const missing = this.#columns.required.map((groups) =>
      groups.filter((group) => !group.some((column) => present.has(column))),
    );
    const fewest = Math.min(...missing.map(({ length }) => length));
    const [nearest = [], ...others] = missing.filter(({ length }) => length === fewest);
    // if the header needs only one more column, it may be a column of any of these alternatives
    return fewest === 1 ? [[...new Set([nearest, ...others].flat(2))]] : nearest;
  }
}

/** Matches a number, a date, items, a reference or an email address, which the name of a column is not. */
const DATA = /^[\p{Sc}+-]?\d[\d.,:/ -]*$|@/u;

/** Normalizes a name for comparisons. */
function plain(name: string): string {
  return trimmed(name).normalize('NFC').toLowerCase();
}

/** Returns what to do about a header that is one cell, although it seems to have several columns; otherwise null. */
function onlyCellHint([first = '', ...others]: readonly string[]): Phrase | null {
  if (others.length > 0) return null;
  if (first.includes('|')) return phrase("If the columns are separated by |, add `--delimiter '|'`.");
  if (/\S {2,}\S/.test(first))
    return phrase('If this is a table that `shop` printed, print the list again with `-o csv`.');
  return null;
}

const MAX_NAMES = 5;

/** Quotes names from a file for a message. Long names and long lists are cut. */
export function quoteNames(names: readonly string[]): Phrase {
  const quoted = names
    .slice(0, MAX_NAMES)
    .map((name) => JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}...` : name));
  const left = names.length - quoted.length;
  const all = joined(quoted, ', ');
  return left > 0 ? phrase`${all} and ${left.toLocaleString('en')} more` : all;
}
