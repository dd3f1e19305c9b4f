import type { IBuffer, IBufferCell } from '@xterm/headless';
import { paletteColour, rgbColour, THEME } from './theme.ts';

/** Style of a character. */
export interface TextStyle {
  readonly fill: string;
  /** Null for the window's default colour. */
  readonly background: string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
}

/** A character on the screen: its first column and its width in columns. */
export interface Cell {
  readonly column: number;
  readonly width: number;
  readonly text: string;
  readonly style: TextStyle;
}

/** The screen of a terminal at one moment. */
export interface Screen {
  readonly columns: number;
  /** Rows up to the last one with text or the cursor. Blank cells in the default colours are left out. */
  readonly rows: readonly (readonly Cell[])[];
  /** Null if the cursor was hidden. */
  readonly cursor: { readonly row: number; readonly column: number } | null;
}

/** Returns the cells of a terminal's screen. */
export function readScreen(
  buffer: IBuffer,
  { columns, rows }: { columns: number; rows: number },
  cursor: Screen['cursor'],
): Screen {
  const read = Array.from({ length: rows }, (_, row) => readRow(buffer, buffer.viewportY + row, columns));
  const last = Math.max(
    read.findLastIndex((cells) => cells.length > 0),
    cursor?.row ?? 0,
  );
  return { columns, rows: read.slice(0, last + 1), cursor };
}

function readRow(buffer: IBuffer, row: number, columns: number): Cell[] {
  const cells: Cell[] = [];
  const line = buffer.getLine(row);
  for (let column = 0; column < columns; column++) {
    const cell = line?.getCell(column);
    // the second half of a wide character has width 0
    if (cell === undefined || cell.getWidth() === 0) continue;
    const text = cell.getChars();
    const style = styleOf(cell);
    if (text.trim() === '' && style.background === null) continue;
    cells.push({ column, width: cell.getWidth(), text, style: style });
  }
  return cells;
}

function styleOf(cell: IBufferCell): TextStyle {
  const front = cell.isFgDefault() ? THEME.foreground : colour(cell.isFgRGB(), cell.getFgColor());
  const back = cell.isBgDefault() ? null : colour(cell.isBgRGB(), cell.getBgColor());
  const inverse = cell.isInverse() !== 0;
  return {
    fill: inverse ? (back ?? THEME.background) : front,
    background: inverse ? front : back,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    italic: cell.isItalic() !== 0,
    underline: cell.isUnderline() !== 0,
  };
}

function colour(isRgb: boolean, value: number): string {
  return isRgb ? rgbColour(value) : paletteColour(value);
}
