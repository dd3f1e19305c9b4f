import type { Phrase } from '../../domain/phrase.ts';
import { alignCells, GAP } from '../output/align.ts';
import { paint, type Style } from '../output/colors.ts';
import type { Page } from '../output/page.ts';
import { cut, widthOf, wrap } from '../output/text.ts';
import { visible } from '../output/visible.ts';

const INDENT = '  ';
const BAR = { least: 8, most: 24 };
/** Width for a name and a bar below which there is no bar. */
const LEAST_WITH_BAR = 24;

/** Translates text for the page, with control characters made visible. */
export function translated(page: Page, text: Phrase | string): string {
  return visible(typeof text === 'string' ? text : page.language.translate(text));
}

/** Draws the heading of a part of the screen. */
export function heading(page: Page, text: Phrase): string {
  return paint(page, 'heading', translated(page, text));
}

/** Draws text as lines within the width of the page. */
export function paragraph(page: Page, text: Phrase | string, style?: Style): string[] {
  const lines = wrap(translated(page, text), page.width ?? Number.POSITIVE_INFINITY);
  return lines.map((line) => paint(page, style, line));
}

/** Draws values next to their labels, wrapped to the width of the page. */
export function labelled(
  page: Page,
  rows: readonly (readonly [label: Phrase, value: Phrase | string, style?: Style | undefined])[],
): string[] {
  const labels = rows.map(([label]) => translated(page, label));
  const room = (page.width ?? Number.POSITIVE_INFINITY) - Math.max(...labels.map(widthOf)) - GAP.length;
  const lines = rows.flatMap(([, value, style], index) =>
    wrap(translated(page, value), room).map((text, line) => [
      { text: line === 0 ? (labels[index] ?? '') : '', style: 'heading' as const },
      { text, style },
    ]),
  );
  return alignCells(lines, [{}, {}], page);
}

/** Draws indented rows. Each column is as wide as its longest cell, and each row is cut to the width of the page. */
export function indentedRows(page: Page, rows: readonly (readonly (Phrase | string)[])[]): string[] {
  const lines = rows.map((cells) => cells.map((cell) => ({ text: translated(page, cell) })));
  const columns = Array.from({ length: Math.max(0, ...rows.map(({ length }) => length)) }, () => ({}));
  return alignCells(lines, columns, page).map((line) =>
    cut(`${INDENT}${line}`, page.width ?? Number.POSITIVE_INFINITY, page),
  );
}

/** Returns the width of a bar that shares its line with other text. */
export function barWidth(page: Page, ...texts: readonly (Phrase | string)[]): number {
  return Math.max(BAR.least, Math.min(BAR.most, roomBeside(page, texts)));
}

/** Returns the widths of a name and of the shortest bar that share a line with other text. On a narrow page, the bar has width 0. */
export function nameAndBarWidths(page: Page, text: Phrase | string): { readonly name: number; readonly bar: number } {
  const room = roomBeside(page, ['', text]);
  const bar = room < LEAST_WITH_BAR ? 0 : BAR.least;
  return { name: room - bar, bar };
}

/** Returns the width that an indented line with a percentage and these texts leaves free. */
function roomBeside(page: Page, texts: readonly (Phrase | string)[]): number {
  const others = texts.reduce((sum, text) => sum + widthOf(translated(page, text)) + GAP.length, 0);
  return (page.width ?? Number.POSITIVE_INFINITY) - INDENT.length - ' 100 %'.length - others;
}
