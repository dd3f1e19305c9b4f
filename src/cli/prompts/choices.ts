import type { Context } from '../context.ts';
import { drawGrid, gridColumn } from '../output/grid.ts';
import { type Page, pageOf } from '../output/page.ts';
import { type Column, isBlank } from '../output/view.ts';
import type { Choice } from './prompter.ts';

/** Width of the cursor that inquirer draws before each line of a list. */
const CURSOR_WIDTH = 2;

/** Returns the page on which the choices of a prompt are drawn. */
export function choicePage({ streams, language }: Pick<Context, 'streams' | 'language'>): Page {
  const { width } = pageOf(streams.stderr, language);
  return {
    terminal: true,
    width: width === null ? null : width - CURSOR_WIDTH,
    colors: false,
    symbols: true,
    language,
  };
}

/**
 * Draws rows as the choices of a prompt. There is a heading and a line for each row, as in a table. A narrow terminal
 * leaves out columns, but not the first column, which is an id, and the last column, which names the row.
 *
 * @param short returns the text after the question once a row has been chosen.
 */
export function listChoices<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  short: (row: Row) => string,
  context: Pick<Context, 'streams' | 'language'>,
): { readonly heading: string; readonly choices: readonly Choice<Row>[] } {
  const page = choicePage(context);
  const drawn = columns
    .filter((column) => column.kind !== 'flag' || !isBlank(column, rows))
    .map((column) => gridColumn(column, rows, page));
  const spare = drawn.slice(1, -1).map(({ name }) => name);
  // inquirer wraps lines that do not fit even without these columns
  const grid =
    drawGrid(drawn, rows.length, page, spare.reverse()) ?? drawGrid(drawn, rows.length, { ...page, width: null }, []);
  if (grid === null) throw new Error('the table did not fit, although its page has no width');
  const [heading = '', ...lines] = grid.lines;
  return {
    heading,
    choices: rows.map((row, index) => ({ value: row, text: lines[index] ?? '', short: short(row) })),
  };
}
