import { guardFormula } from './formula-guard.ts';
import type { Page } from './page.ts';
import type { Cell, Column, View } from './view.ts';
import { visible } from './visible.ts';

type AnyView = View<unknown, unknown>;

/** Formats rows of cells as CSV or TSV. */
export async function separated(
  rows: readonly (readonly string[])[],
  format: 'csv' | 'tsv',
  { terminal }: Page,
): Promise<string> {
  if (format === 'tsv') return rows.map(toTsv).join('');
  const { stringify } = await import('csv-stringify/sync');
  const guarded = rows.map((row) => row.map(guardFormula));
  return stringify(terminal ? guarded.map((row) => row.map(visible)) : guarded);
}

function toTsv(cells: readonly string[]): string {
  // a tab or line break in a name must not start another field or row
  return `${cells.map((text) => visible(text.replaceAll('\\', '\\\\'))).join('\t')}\n`;
}

/** Returns the header of a CSV or TSV file. */
export function headerOf(view: AnyView): string[] {
  return columnsOf(view).map(({ name }) => name);
}

/** Returns the cells of a CSV or TSV file below its header. */
export function cellsOf(data: unknown, view: AnyView): string[][] {
  const columns = columnsOf(view);
  return view.rows(data).map((row) => columns.map(({ value }) => plain(value(row))));
}

function columnsOf(view: AnyView): readonly Column<unknown>[] {
  const columns = view.kind === 'record' ? [...view.columns, ...(view.lines?.columns ?? [])] : view.columns;
  return columns.filter(({ only }) => only !== 'table');
}

/** Formats a cell as data: digits are not grouped, and times are in UTC. */
function plain(cell: Cell): string {
  if (cell === null) return '';
  return cell instanceof Date ? cell.toISOString() : String(cell);
}
