import { phrase } from '../../domain/phrase.ts';
import { type AlignedCell, alignCells, GAP } from './align.ts';
import { cellOf, title } from './cells.ts';
import { paint, styleOfStatus } from './colors.ts';
import { barColumn, drawGrid, type Grid, gridColumn } from './grid.ts';
import type { Page } from './page.ts';
import { widthOf, wrap } from './text.ts';
import type { Column, RecordLines, View } from './view.ts';

/** With less room for them, values are left to the terminal to break. */
const LEAST_VALUE = 10;

/** For people: fields one below the other for one thing, columns for many; numbers grouped, times local. */
export function toTable(data: unknown, view: View<unknown, unknown>, page: Page): string {
  const rows = view.rows(data);
  const { columns } = view;
  if (view.kind === 'list') {
    if (rows.length === 0) return `${page.language.translate(view.empty)}\n`;
    const grid = drawGrid(
      columns.map((column) => gridColumn(column, rows, page)),
      rows.length,
      page,
      view.spare ?? [],
    );
    return text(grid === null ? stacked(columns, rows, page) : [...grid.lines, ...leftOut(grid, page)]);
  }
  const [first = data] = rows;
  if (view.lines === undefined) return text(fieldLines(columns, first, page));
  if (rows.length === 0)
    return text([...fieldLines(columns, first, page), '', page.language.translate(view.lines.empty)]);
  return text(receipt(columns, view.lines, rows, page));
}

/** Fields, the list of what there are several of, sums below its last column, and the fields of lesser interest. */
function receipt(
  columns: readonly Column<unknown>[],
  lines: RecordLines<unknown>,
  rows: readonly unknown[],
  page: Page,
): string[] {
  const [first] = rows;
  const named = (names: readonly string[] = []) => columns.filter(({ name }) => names.includes(name));
  const [sums, foot] = [named(lines.sums), named(lines.foot)];
  const head = columns.filter((column) => !sums.includes(column) && !foot.includes(column));
  const listed = lines.columns.map((column) => gridColumn(column, rows, page));
  const bars = lines.bars === undefined ? [] : [barColumn(rows.map(lines.bars))];
  const grid = drawGrid(
    [...listed, ...bars],
    rows.length,
    page,
    bars.map(({ name }) => name),
  );
  return [
    ...fieldLines(head, first, page),
    '',
    ...(grid === null ? stacked(lines.columns, rows, page) : grid.lines),
    ...sumLines(sums, first, grid, page),
    ...(foot.length === 0 ? [] : ['', ...fieldLines(foot, first, page)]),
  ];
}

/** A rule as wide as the list, and each sum where the list has its amounts. */
function sumLines(sums: readonly Column<unknown>[], row: unknown, grid: Grid | null, page: Page): string[] {
  if (sums.length === 0) return [];
  if (grid === null) return ['', ...fieldLines(sums, row, page)];
  const rule = (page.terminal ? '\u2500' : '-').repeat(grid.width);
  const heads = sums.map((column) => title(column.name, page));
  const lines = sums.map((column, index) => [
    { text: heads[index] ?? '', style: 'heading' as const },
    { text: cellOf(column, row, page) },
  ]);
  const sumWidth = grid.width - Math.max(...heads.map(widthOf)) - GAP.length;
  return [rule, ...alignCells(lines, [{}, { width: sumWidth, right: true }], page)];
}

/** Each row like a record: where a terminal is too narrow for columns. */
function stacked(columns: readonly Column<unknown>[], rows: readonly unknown[], page: Page): string[] {
  return rows.flatMap((row, index) => [...(index === 0 ? [] : ['']), ...fieldLines(columns, row, page)]);
}

function leftOut({ leftOut: titles }: Grid, page: Page): string[] {
  if (titles.length === 0) return [];
  const words = phrase`No room for ${titles.join(', ')}: a wider terminal shows them, or -o json.`;
  return wrap(page.language.translate(words), page.width ?? Number.POSITIVE_INFINITY).map((line) =>
    paint(page, 'aside', line),
  );
}

function fieldLines(columns: readonly Column<unknown>[], row: unknown, page: Page): string[] {
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
