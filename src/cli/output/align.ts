import Table from 'cli-table3';
import { paint, type Style } from './colors.ts';
import type { Page } from './page.ts';
import { widthOf } from './text.ts';

/** Space between two columns. */
export const GAP = '  ';

/** One line of text that has already been cut to the width of its column. */
export interface AlignedCell {
  readonly text: string;
  readonly style?: Style | undefined;
}

export interface AlignedColumn {
  /** Minimum width; a wider text widens the column. */
  readonly width?: number;
  readonly right?: boolean;
}

const NO_BORDERS = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '' },
};

/**
 * Aligns cells in columns, without trailing spaces.
 *
 * cli-table3 measures text by an old version of Unicode, and splits characters that it finds too wide. For this reason
 * it lays out placeholders made of the letter x, which are then replaced with the texts of the same width.
 */
export function alignCells(
  rows: readonly (readonly AlignedCell[])[],
  columns: readonly AlignedColumn[],
  page: Page,
): string[] {
  const standIns = rows.map((row) => row.map(({ text }) => standInFor(text)));
  const options: Table.TableConstructorOptions = {
    chars: { ...NO_BORDERS, middle: GAP },
    colWidths: columns.map(({ width = 0 }, index) =>
      standIns.reduce((widest, row) => Math.max(widest, row[index]?.length ?? 0), width),
    ),
    colAligns: columns.map(({ right }) => (right === true ? 'right' : 'left')),
    style: { 'padding-left': 0, 'padding-right': 0, border: [], head: [], compact: true },
  };
  // cli-table3 is slow, and many rows have the same widths
  const layouts = new Map<string, string>();
  return rows.map((row, index) => {
    const cells = standIns[index] ?? [];
    const key = cells.join('|');
    const layout = layouts.get(key) ?? layOut(cells, options);
    layouts.set(key, layout);
    const texts = row.filter(({ text }) => text !== '').values();
    return layout.replace(/x+/g, () => {
      const { text, style } = texts.next().value ?? { text: '' };
      return paint(page, style, text);
    });
  });
}

function layOut(cells: readonly string[], options: Table.TableConstructorOptions): string {
  const table = new Table(options);
  table.push([...cells]);
  return table.toString().trimEnd();
}

function standInFor(text: string): string {
  return text === '' ? '' : 'x'.repeat(Math.max(widthOf(text), 1));
}
