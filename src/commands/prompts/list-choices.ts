import { drawGrid, gridColumn } from '../present/grid.ts';
import type { Page } from '../present/page.ts';
import type { Column } from '../present/view.ts';
import type { Choice } from '../prompter.ts';

/** A list to choose from is for a person, and the one who draws it cuts it to the terminal. */
const PAGE: Page = { terminal: true, width: null, colors: false };

/**
 * Rows to choose from, drawn as a table has them: a heading, and a line for each.
 *
 * @param short what stands behind the question once a row has been chosen.
 */
export function listChoices<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  short: (row: Row) => string,
): { readonly heading: string; readonly choices: readonly Choice<Row>[] } {
  const drawn = columns.map((column) => gridColumn(column, rows, PAGE));
  const grid = drawGrid(drawn, rows.length, PAGE, []);
  if (grid === null) throw new Error('a page without a width had too little room');
  const [heading = '', ...lines] = grid.lines;
  return {
    heading,
    choices: rows.map((row, index) => ({ value: row, text: lines[index] ?? '', short: short(row) })),
  };
}
