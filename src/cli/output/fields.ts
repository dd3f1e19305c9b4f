import { type AlignedCell, alignCells, GAP } from './align.ts';
import { cellOf, title } from './cells.ts';
import { styleOfStatus } from './colors.ts';
import type { Page } from './page.ts';
import { widthOf, wrap } from './text.ts';
import { type Column, isBlank, type View } from './view.ts';

/** Minimum width for wrapping values. On a narrower page, the terminal wraps them. */
const LEAST_VALUE = 10;

/**
 * Returns the columns of a view that a table shows: those that are not hidden, and have a value in at least one row.
 *
 * @param mayBeBlank returns true for a column that is shown even without a value.
 */
export function shownColumns<Row>(
  { columns, hidden = [] }: Pick<View<unknown, Row>, 'columns' | 'hidden'>,
  rows: readonly Row[],
  mayBeBlank: (name: string) => boolean = () => false,
): readonly Column<Row>[] {
  return columns.filter(
    (column) =>
      column.only !== 'data' && !hidden.includes(column.name) && (mayBeBlank(column.name) || !isBlank(column, rows)),
  );
}

/** Draws a row as fields, one below the other. */
export function fieldLines(columns: readonly Column<unknown>[], row: unknown, page: Page): string[] {
  if (columns.length === 0) return [];
  const heads = columns.map(({ name }) => title(name, page));
  const room = (page.width ?? Number.POSITIVE_INFINITY) - Math.max(...heads.map(widthOf)) - GAP.length;
  const lines = columns.flatMap((column, index): AlignedCell[][] => {
    const value = cellOf(column, row, page);
    const style = column.kind === 'status' ? styleOfStatus(value) : undefined;
    return (room < LEAST_VALUE ? [value] : wrap(value, room)).map((text, line) => [
      { text: line === 0 ? (heads[index] ?? '') : '', style: 'heading' },
      { text, style },
    ]);
  });
  return alignCells(lines, [{}, {}], page);
}

/** Draws the fields of each row one below the other, for a terminal that is too narrow for columns. */
export function stacked(columns: readonly Column<unknown>[], rows: readonly unknown[], page: Page): string[] {
  return rows.flatMap((row, index) => [...(index === 0 ? [] : ['']), ...fieldLines(columns, row, page)]);
}
