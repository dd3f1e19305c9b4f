import { GAP } from '../present/fit.ts';
import type { Page } from '../present/page.ts';
import { paint, type Style } from '../present/paint.ts';
import { cut, widthOf } from '../present/text.ts';

const LABEL = 8;
const INDENT = '  ';
const BAR = { least: 8, most: 24 };

/** A value behind what it is, within the width of the page. */
export function labelled(page: Page, label: string, value: string, style?: Style): string {
  const room = (page.width ?? Number.POSITIVE_INFINITY) - LABEL - GAP.length;
  return `${paint(page, 'heading', label.padEnd(LABEL))}${GAP}${paint(page, style, cut(value, room))}`;
}

/** Rows below a heading of theirs: each column as wide as its longest cell, each row within the width of the page. */
export function below(page: Page, rows: readonly (readonly string[])[]): string[] {
  const columns = Math.max(0, ...rows.map(({ length }) => length));
  const widths = Array.from({ length: columns }, (_, index) => widest(rows.map((cells) => cells[index] ?? '')));
  return rows.map((cells) => {
    const padded = cells.map((cell, index) => `${cell}${' '.repeat((widths[index] ?? 0) - widthOf(cell))}`);
    return cut(`${INDENT}${padded.join(GAP)}`.trimEnd(), page.width ?? Number.POSITIVE_INFINITY);
  });
}

/** The columns of a bar that shares its line with these texts. */
export function barWidth(page: Page, ...texts: readonly string[]): number {
  const others = texts.reduce((sum, text) => sum + widthOf(text) + GAP.length, 0);
  const room = (page.width ?? Number.POSITIVE_INFINITY) - INDENT.length - ' 100 %'.length - others;
  return Math.max(BAR.least, Math.min(BAR.most, room));
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(widthOf));
}
