import { phrase } from '../../domain/phrase.ts';
import { type AlignedCell, alignCells, GAP } from './align.ts';
import { cellOf, title } from './cells.ts';
import { paint, styleOfStatus } from './colors.ts';
import { barColumn, drawGrid, type Grid, gridColumn } from './grid.ts';
import { footLines, markedLines } from './marked-lines.ts';
import type { MarkedLine } from './marks.ts';
import type { Page } from './page.ts';
import { widthOf, wrap } from './text.ts';
import { type Column, isBlank, type View } from './view.ts';

/** Minimum width for wrapping values. On a narrower page, the terminal wraps them. */
const LEAST_VALUE = 10;

/** Formats data for people: a record as fields, a list in columns. Digits are grouped, and times are local. */
export async function toTable(data: unknown, view: View<unknown, unknown>, page: Page): Promise<string> {
  if (view.draw !== undefined) return text(view.draw(data, page));
  const headline = (await view.headline?.(data)) ?? null;
  const [fields, ...parts] =
    view.kind === 'list' ? listParts(data, view, headline, page) : recordParts(data, view, page);
  const top = [...(headline === null ? [] : markedLines(headline, page)), ...(fields ?? [])];
  const foot = footLines(view.foot?.(data) ?? [], page);
  const all = parts.length === 0 ? [[...top, ...foot]] : [top, ...parts, foot];
  // parts are separated by a blank line
  return text(all.filter(({ length }) => length > 0).flatMap((lines, index) => (index === 0 ? lines : ['', ...lines])));
}

/** The lines directly below the headline, followed by further parts. */
type Parts = readonly (readonly string[])[];

function listParts(
  data: unknown,
  view: Extract<View<unknown, unknown>, { kind: 'list' }>,
  headline: MarkedLine | null,
  page: Page,
): Parts {
  const rows = view.rows(data);
  if (rows.length === 0) return headline === null ? [[page.language.translate(view.empty)]] : [];
  const columns = shownColumns(view.columns, rows, view);
  if (columns.length === 0) return [[]];
  const bars = view.bars === undefined ? [] : [barColumn(rows.map(view.bars), page)];
  const grid = drawGrid([...columns.map((column) => gridColumn(column, rows, page)), ...bars], rows.length, page, [
    ...bars.map(({ name }) => name),
    ...(view.spare ?? []),
  ]);
  return [[], grid === null ? stacked(columns, rows, page) : [...grid.lines, ...leftOut(grid, page)]];
}

function recordParts(data: unknown, view: Extract<View<unknown, unknown>, { kind: 'record' }>, page: Page): Parts {
  const rows = view.rows(data);
  const [first = data] = rows;
  const columns = shownColumns(view.columns, [first], view);
  const { lines } = view;
  if (lines === undefined) return [fieldLines(columns, first, page)];
  if (rows.length === 0) return [fieldLines(columns, first, page), [page.language.translate(lines.empty)]];
  const sums = columns.filter(({ name }) => lines.sums?.includes(name));
  const fields = columns.filter((column) => !sums.includes(column));
  const listed = shownColumns(lines.columns, rows, view);
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

/** Returns the columns that have a value in at least one row and are not hidden. */
function shownColumns(
  columns: readonly Column<unknown>[],
  rows: readonly unknown[],
  { hidden = [] }: View<unknown, unknown>,
): readonly Column<unknown>[] {
  return columns.filter((column) => column.only !== 'data' && !hidden.includes(column.name) && !isBlank(column, rows));
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

/** Draws each row as a record, for a terminal that is too narrow for columns. */
function stacked(columns: readonly Column<unknown>[], rows: readonly unknown[], page: Page): string[] {
  return rows.flatMap((row, index) => [...(index === 0 ? [] : ['']), ...fieldLines(columns, row, page)]);
}

function leftOut({ leftOut: titles }: Grid, page: Page): string[] {
  if (titles.length === 0) return [];
  const words = phrase`Hidden columns: ${titles.join(', ')}; widen the terminal or use -o json.`;
  return wrap(page.language.translate(words), page.width ?? Number.POSITIVE_INFINITY).map((line) =>
    paint(page, 'aside', line),
  );
}

function fieldLines(columns: readonly Column<unknown>[], row: unknown, page: Page): string[] {
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

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
