import CliTable from 'cli-table3';
import { visible } from '../io.ts';
import type { Cell, Column, View } from './view.ts';

/** For people: fields one below the other for one thing, columns for many; numbers grouped, times local. */
export function toTable(data: unknown, view: View<unknown, unknown>): string {
  const rows = view.rows(data);
  if (view.kind === 'list') return rows.length === 0 ? `${view.empty}\n` : columnsTable(view.columns, rows);
  const [first = data] = rows;
  const head = fieldsTable(view.columns, first);
  if (view.lines === undefined) return head;
  return `${head}\n${rows.length === 0 ? `${view.empty}\n` : columnsTable(view.lines, rows)}`;
}

function columnsTable(columns: readonly Column<unknown>[], rows: readonly unknown[]): string {
  const cells = rows.map((row) => columns.map(({ value }) => value(row)));
  const table = plainTable(columns.map((_, index) => (isNumeric(cells, index) ? 'right' : 'left')));
  table.push(columns.map(({ name }) => title(name)));
  for (const row of cells) table.push(row.map((cell, index) => human(cell, columns[index]?.identifier)));
  return finish(table);
}

function fieldsTable(columns: readonly Column<unknown>[], row: unknown): string {
  const table = plainTable(['left', 'left']);
  for (const { name, value, identifier } of columns) table.push([title(name), human(value(row), identifier)]);
  return finish(table);
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

function plainTable(colAligns: ('left' | 'right')[]): InstanceType<typeof CliTable> {
  return new CliTable({
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    colAligns,
  });
}

function finish(table: InstanceType<typeof CliTable>): string {
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

/** `balanceAfter` as `BALANCE AFTER`. */
function title(name: string): string {
  return name.replace(/([A-Z])/g, ' $1').toUpperCase();
}

function isNumeric(cells: readonly (readonly Cell[])[], index: number): boolean {
  return cells.every((row) => row[index] === null || typeof row[index] === 'number');
}

function human(cell: Cell, identifier = false): string {
  if (cell === null) return '-';
  if (typeof cell === 'number') return identifier ? String(cell) : cell.toLocaleString('en');
  if (cell instanceof Date) return localTime(cell);
  return visible(String(cell));
}

/** For people: in the time zone of the machine. */
export function localTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
