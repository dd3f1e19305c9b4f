import { phrase } from '../../domain/phrase.ts';
import { paint } from './colors.ts';
import type { ColumnSize } from './column-widths.ts';
import { shownColumns, stacked } from './fields.ts';
import { barColumn, drawGrid, gridColumn } from './grid.ts';
import type { Page } from './page.ts';
import { wrap } from './text.ts';
import type { ListView } from './view.ts';

/**
 * Draws a list in columns, one chunk at a time. Columns keep their widths from one chunk to the next. If a chunk needs
 * a wider column, or has the first value of a column, a blank line and new headings precede it.
 */
export class ListTable {
  readonly #view: ListView<unknown, unknown>;
  readonly #page: Page;
  readonly #sizes = new Map<string, ColumnSize>();
  /** Describes the columns of the previous chunk; null before the first chunk. */
  #layout: string | null = null;
  #isEmpty = true;
  /** Titles of the columns that do not fit. */
  #leftOut: readonly string[] = [];

  constructor(view: ListView<unknown, unknown>, page: Page) {
    this.#view = view;
    this.#page = page;
  }

  /** Draws the next rows. */
  next(data: unknown): string[] {
    const rows = this.#view.rows(data);
    if (rows.length > 0) this.#isEmpty = false;
    const columns = shownColumns(this.#view, rows, (name) => this.#sizes.has(name));
    if (columns.length === 0) return [];
    const sized = columns.map((column) => {
      const drawn = gridColumn(column, rows, this.#page);
      const size = widened(drawn, this.#sizes.get(column.name));
      this.#sizes.set(column.name, size);
      return { ...drawn, ...size };
    });
    const { bars: amountOf, spare = [] } = this.#view;
    const bars = amountOf === undefined ? [] : [barColumn(rows.map(amountOf), this.#page)];
    const grid = drawGrid([...sized, ...bars], rows.length, this.#page, [...bars.map(({ name }) => name), ...spare]);
    const layout = grid === null ? '' : JSON.stringify([...grid.ends]);
    const continued = layout === this.#layout;
    const first = this.#layout === null;
    this.#layout = layout;
    this.#leftOut = grid?.leftOut ?? [];
    if (continued && grid !== null) return grid.lines.slice(1);
    return [...(first ? [] : ['']), ...(grid?.lines ?? stacked(columns, rows, this.#page))];
  }

  /** Draws the lines below the rows: the text for an empty list, or the names of columns that did not fit. */
  end(): string[] {
    const { language, width } = this.#page;
    if (this.#isEmpty) return [language.translate(this.#view.empty)];
    if (this.#leftOut.length === 0) return [];
    const words = phrase`Hidden columns: ${this.#leftOut.join(', ')}; widen the terminal or use -o json.`;
    return wrap(language.translate(words), width ?? Number.POSITIVE_INFINITY).map((line) =>
      paint(this.#page, 'aside', line),
    );
  }
}

/** Returns the size of a column for the cells of two chunks. If either chunk allows the column to shrink, it may shrink. */
function widened({ name, natural, least }: ColumnSize, before: ColumnSize | undefined): ColumnSize {
  if (before === undefined) return { name, natural, least };
  const widest = Math.max(natural, before.natural);
  const shrinks = least < natural || before.least < before.natural;
  return { name, natural: widest, least: shrinks ? Math.min(widest, Math.max(least, before.least)) : widest };
}
