import type { Phrase } from '../../domain/phrase.ts';
import { paint, type Style } from '../output/colors.ts';
import { GAP } from '../output/column-widths.ts';
import type { Page } from '../output/page.ts';
import { cut, widthOf } from '../output/text.ts';
import { visible } from '../output/visible.ts';

const INDENT = '  ';
const BAR = { least: 8, most: 24 };

/** A phrase in the page's language; text from data may be in it. */
export function translated(page: Page, text: Phrase | string): string {
  return visible(typeof text === 'string' ? text : page.language.translate(text));
}

/** What the lines below it tell of. */
export function heading(page: Page, text: Phrase): string {
  return paint(page, 'heading', translated(page, text));
}

/** Values behind what they are, one below the other, within the width of the page. */
export function labelled(
  page: Page,
  rows: readonly (readonly [label: Phrase, value: Phrase | string, style?: Style | undefined])[],
): string[] {
  const lines = rows.map(([label, value, style]) => ({
    label: translated(page, label),
    value: translated(page, value),
    style,
  }));
  const width = widest(lines.map(({ label }) => label));
  const room = (page.width ?? Number.POSITIVE_INFINITY) - width - GAP.length;
  return lines.map(
    ({ label, value, style }) =>
      `${paint(page, 'heading', padded(label, width))}${GAP}${paint(page, style, cut(value, room))}`,
  );
}

/** Rows below a heading of theirs: each column as wide as its longest cell, each row within the width of the page. */
export function indentedRows(page: Page, rows: readonly (readonly (Phrase | string)[])[]): string[] {
  const lines = rows.map((cells) => cells.map((cell) => translated(page, cell)));
  const columns = Math.max(0, ...lines.map(({ length }) => length));
  const widths = Array.from({ length: columns }, (_, index) => widest(lines.map((cells) => cells[index] ?? '')));
  return lines.map((cells) => {
    const aligned = cells.map((cell, index) => padded(cell, widths[index] ?? 0));
    return cut(`${INDENT}${aligned.join(GAP)}`.trimEnd(), page.width ?? Number.POSITIVE_INFINITY);
  });
}

/** The columns of a bar that shares its line with these texts. */
export function barWidth(page: Page, ...texts: readonly (Phrase | string)[]): number {
  const others = texts.reduce((sum, text) => sum + widthOf(translated(page, text)) + GAP.length, 0);
  const room = (page.width ?? Number.POSITIVE_INFINITY) - INDENT.length - ' 100 %'.length - others;
  return Math.max(BAR.least, Math.min(BAR.most, room));
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(widthOf));
}

function padded(text: string, width: number): string {
  return `${text}${' '.repeat(Math.max(width - widthOf(text), 0))}`;
}
