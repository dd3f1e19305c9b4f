import type { Language } from '../i18n/language.ts';
import { drawGrid, gridColumn } from '../output/grid.ts';
import type { Page } from '../output/page.ts';
import { type Column, isBlank } from '../output/view.ts';
import type { Choice } from './prompter.ts';

/**
 * Draws rows as the choices of a prompt. There is a heading and a line for each row, as in a table.
 *
 * @param short returns the text after the question once a row has been chosen.
 */
export function listChoices<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  short: (row: Row) => string,
  language: Language,
): { readonly heading: string; readonly choices: readonly Choice<Row>[] } {
  // the page has no width, because inquirer cuts the lines to the width of the terminal
  const page: Page = { terminal: true, width: null, colors: false, symbols: true, language };
  const drawn = columns
    .filter((column) => column.kind !== 'flag' || !isBlank(column, rows))
    .map((column) => gridColumn(column, rows, page));
  const grid = drawGrid(drawn, rows.length, page, []);
  if (grid === null) throw new Error('the table did not fit, although its page has no width');
  const [heading = '', ...lines] = grid.lines;
  return {
    heading,
    choices: rows.map((row, index) => ({ value: row, text: lines[index] ?? '', short: short(row) })),
  };
}
