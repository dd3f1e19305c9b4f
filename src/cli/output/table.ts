import { alignCells, GAP } from './align.ts';
import { cellOf, title } from './cells.ts';
import { fieldLines, shownColumns, stacked } from './fields.ts';
import { barColumn, drawGrid, type Grid, gridColumn } from './grid.ts';
import { ListTable } from './list-table.ts';
import { footLines, markedLines } from './marked-lines.ts';
import type { Page } from './page.ts';
import { widthOf } from './text.ts';
import type { Column, ListView, View } from './view.ts';

/**
 * Formats data for people: a record as fields, a list in columns. Times are local. On a terminal, digits are grouped.
 */
export async function toTable(data: unknown, view: View<unknown, unknown>, page: Page): Promise<string> {
  if (view.draw !== undefined) return text(view.draw(data, page));
  const headline = (await view.headline?.(data)) ?? null;
  const [fields, ...parts] = view.kind === 'list' ? listParts(data, view, page) : recordParts(data, view, page);
  const top = [...(headline === null ? [] : markedLines(headline, page)), ...(fields ?? [])];
  const foot = footLines(view.foot?.(data) ?? [], page);
  const all = parts.length === 0 ? [[...top, ...foot]] : [top, ...parts, foot];
  // parts are separated by a blank line
  return text(all.filter(({ length }) => length > 0).flatMap((lines, index) => (index === 0 ? lines : ['', ...lines])));
}

/** The parts below the headline. The first stands directly below it, and a blank line precedes each of the others. */
type Parts = readonly (readonly string[])[];

function listParts(data: unknown, view: ListView<unknown, unknown>, page: Page): Parts {
  const table = new ListTable(view, page);
  if (view.rows(data).length === 0) return [table.end()];
  return [[], [...table.next(data), ...table.end()]];
}

function recordParts(data: unknown, view: Extract<View<unknown, unknown>, { kind: 'record' }>, page: Page): Parts {
  const rows = view.rows(data);
  const [first = data] = rows;
  const columns = shownColumns(view, [first]);
  const { lines } = view;
  if (lines === undefined) return [fieldLines(columns, first, page)];
  if (rows.length === 0) return [fieldLines(columns, first, page), [page.language.translate(lines.empty)]];
  const sums = columns.filter(({ name }) => lines.sums?.includes(name));
  const fields = columns.filter((column) => !sums.includes(column));
  const listed = shownColumns({ ...view, columns: lines.columns }, rows);
  const amounts = listed.findLast(({ kind }) => kind === 'amount');
  const bars = lines.bars === undefined ? [] : [barColumn(rows.map(lines.bars), page)];
  const grid = drawGrid(
    [...listed.map((column) => gridColumn(column, rows, page)), ...bars],
    rows.length,
    page,
    bars.map(({ name }) => name),
  );
  return [
    fieldLines(fields, first, page),
    [...(grid === null ? stacked(listed, rows, page) : grid.lines), ...sumLines(sums, first, grid, amounts, page)],
  ];
}

/** Draws a rule as wide as the list, and the sums aligned with its amounts. */
function sumLines(
  sums: readonly Column<unknown>[],
  row: unknown,
  grid: Grid | null,
  amounts: Column<unknown> | undefined,
  page: Page,
): string[] {
  if (sums.length === 0) return [];
  if (grid === null) return ['', ...fieldLines(sums, row, page)];
  const rule = (page.symbols ? '\u2500' : '-').repeat(grid.width);
  const heads = sums.map((column) => title(column.name, page));
  const lines = sums.map((column, index) => [
    { text: heads[index] ?? '', style: 'heading' as const },
    { text: cellOf(column, row, page) },
  ]);
  const end = grid.ends.get(amounts?.name ?? '') ?? grid.width;
  const sumWidth = end - Math.max(...heads.map(widthOf)) - GAP.length;
  return [rule, ...alignCells(lines, [{}, { width: sumWidth, right: true }], page)];
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
