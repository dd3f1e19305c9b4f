import type { Format } from '../global-options.ts';
import { guardFormula } from './formula-guard.ts';
import { toJson } from './json.ts';
import type { Page } from './page.ts';
import type { Answer, Cell, Column, View } from './view.ts';
import { visible } from './visible.ts';

type AnyView = View<unknown, unknown>;

/** Formats data according to its view. The text ends with a newline. */
export async function present(answer: Answer, format: Format, page: Page): Promise<string> {
  const { data } = answer;
  const view = answer.view as unknown as AnyView;
  switch (format) {
    case 'json':
      return `${toJson(data, page.terminal ? 2 : undefined)}\n`;
    case 'jsonl':
      return (view.kind === 'list' && Array.isArray(data) ? data : [data]).map((row) => `${toJson(row)}\n`).join('');
    case 'tsv':
      return toTsv(data, view);
    case 'csv':
      return toCsv(data, view, page);
    case 'table':
      return (await import('./table.ts')).toTable(data, view, page);
  }
}

function toTsv(data: unknown, view: AnyView): string {
  const columns = allColumns(view);
  // a tab or line break in a name must not start another field or row
  const line = (cells: readonly string[]) =>
    `${cells.map((text) => visible(text.replaceAll('\\', '\\\\'))).join('\t')}\n`;
  return [columns.map(({ name }) => name), ...cellsOf(data, view, columns)].map(line).join('');
}

async function toCsv(data: unknown, view: AnyView, { terminal }: Page): Promise<string> {
  const { stringify } = await import('csv-stringify/sync');
  const columns = allColumns(view);
  const rows = [columns.map(({ name }) => name), ...cellsOf(data, view, columns).map((row) => row.map(guardFormula))];
  return stringify(terminal ? rows.map((row) => row.map(visible)) : rows);
}

/** Returns the columns of a CSV or TSV file. */
function allColumns(view: AnyView): readonly Column<unknown>[] {
  const columns = view.kind === 'record' ? [...view.columns, ...(view.lines?.columns ?? [])] : view.columns;
  return columns.filter(({ only }) => only !== 'table');
}

function cellsOf(data: unknown, view: AnyView, columns: readonly Column<unknown>[]): string[][] {
  return view.rows(data).map((row) => columns.map(({ value }) => plain(value(row))));
}

/** Formats a cell as data, with digits without grouping and times in UTC. */
function plain(cell: Cell): string {
  if (cell === null) return '';
  return cell instanceof Date ? cell.toISOString() : String(cell);
}
