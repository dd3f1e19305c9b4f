import { Phrase } from '../../domain/phrase.ts';
import { type AlignedCell, alignCells, GAP } from './align.ts';
import { cellOf, title } from './cells.ts';
import { type Style, styleOfStatus } from './colors.ts';
import { type ColumnSize, fitColumns } from './column-widths.ts';
import type { Page } from './page.ts';
import { cut, widthOf, wrap } from './text.ts';
import type { Column } from './view.ts';

/** Minimum widths of columns of text, prose and bars, unless the column has its own minimum. */
const LEAST = { text: 10, prose: 24, bar: 8 };
const BAR = 24;

/** A column that is ready to be drawn. */
export interface GridColumn extends ColumnSize {
  readonly title: string;
  readonly right: boolean;
  /** Returns a row's cell as lines of at most `width` columns. */
  readonly lines: (row: number, width: number) => readonly string[];
  readonly style: (row: number) => Style | undefined;
}

/** A drawn table. */
export interface Grid {
  readonly lines: readonly string[];
  readonly width: number;
  /** The distance from the left edge to the right end of each column, by name. */
  readonly ends: ReadonlyMap<string, number>;
  /** Titles of the columns that did not fit. */
  readonly leftOut: readonly string[];
}

/** Measures a column and all its cells. */
export function gridColumn<Row>(column: Column<Row>, rows: readonly Row[], page: Page): GridColumn {
  const { name, value, kind, least = kind === 'prose' ? LEAST.prose : LEAST.text } = column;
  const values = rows.map((row) => value(row));
  const cells = rows.map((row) => cellOf(column, row, page));
  const head = title(name, page);
  const natural = cells.reduce((widest, cell) => Math.max(widest, widthOf(cell)), widthOf(head));
  const mayShrink = kind === undefined || kind === 'prose';
  const shrinks = mayShrink && values.some((cell) => typeof cell === 'string' || cell instanceof Phrase);
  return {
    name,
    title: head,
    natural,
    least: shrinks ? Math.min(natural, least) : natural,
    right: kind === 'identifier' || kind === 'amount' || kind === 'count',
    lines: (row, width) => (kind === 'prose' ? wrap(cells[row] ?? '', width) : [cut(cells[row] ?? '', width, page)]),
    style: (row) => (kind === 'status' ? styleOfStatus(cells[row] ?? '') : undefined),
  };
}

/** Creates a column of bars for amounts. The largest amount has the longest bar. */
export function barColumn(amounts: readonly number[], { symbols }: Page): GridColumn {
  const most = Math.max(...amounts, 1);
  return {
    name: 'bars',
    title: '',
    natural: BAR,
    least: LEAST.bar,
    right: false,
    lines: (row, width) => [barOf((amounts[row] ?? 0) / most, width, symbols)],
    style: () => undefined,
  };
}

/**
 * Draws a table with the given number of rows, within the width of the page.
 *
 * @param spare names of optional columns, the least important first.
 * @returns null if the table does not fit even without the optional columns.
 */
export function drawGrid(
  columns: readonly GridColumn[],
  rows: number,
  page: Page,
  spare: readonly string[],
): Grid | null {
  const widths = fitColumns(columns, page.width ?? Number.POSITIVE_INFINITY, spare);
  if (widths === null) return null;
  const shown = columns.flatMap((column) => {
    const width = widths.get(column.name);
    return width === undefined ? [] : [{ ...column, width }];
  });
  const cells: AlignedCell[][] = [
    shown.map((column) => ({ text: cut(column.title, column.width, page), style: 'heading' })),
  ];
  for (let row = 0; row < rows; row++) {
    const texts = shown.map((column) => column.lines(row, column.width));
    const height = Math.max(...texts.map(({ length }) => length));
    for (let line = 0; line < height; line++) {
      cells.push(shown.map((column, index) => ({ text: texts[index]?.[line] ?? '', style: column.style(row) })));
    }
  }
  const ends = new Map<string, number>();
  let end = -GAP.length;
  for (const { name, width } of shown) {
    end += GAP.length + width;
    ends.set(name, end);
  }
  return {
    lines: alignCells(cells, shown, page),
    width: end,
    ends,
    // bars have no title, and only repeat the values of another column
    leftOut: columns.filter(({ name, title }) => title !== '' && !widths.has(name)).map((column) => column.title),
  };
}

/**
 * Draws a bar for `part`, a fraction from 0 to 1, within `width`. It uses eighths of a character if possible. A bar for
 * more than 0 is never empty.
 */
function barOf(part: number, width: number, symbols: boolean): string {
  if (!symbols) return '#'.repeat(part === 0 ? 0 : Math.max(Math.round(part * width), 1));
  const eighths = part === 0 ? 0 : Math.max(Math.round(part * width * 8), 1);
  return `${'█'.repeat(Math.floor(eighths / 8))}${' ▏▎▍▌▋▊▉'[eighths % 8]}`.trimEnd();
}
