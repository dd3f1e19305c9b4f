import type { Phrase } from '../../domain/phrase.ts';
import { paint, type Style } from './colors.ts';
import type { MarkedLine } from './marks.ts';
import type { Page } from './page.ts';
import { widthOf, wrap } from './text.ts';
import { visible } from './visible.ts';

const MARKS: Readonly<Record<MarkedLine['mark'], { symbol: string; word: string; style: Style }>> = {
  done: { symbol: '✓', word: 'OK', style: 'good' },
  failed: { symbol: '✗', word: 'FAIL', style: 'bad' },
  skipped: { symbol: '-', word: '-', style: 'aside' },
  title: { symbol: '', word: '', style: 'heading' },
};

/** Wraps a marked line to the width of the page, with its hint below. */
export function markedLines({ mark, text, hint = null }: MarkedLine, page: Page): string[] {
  const { symbol, word, style } = MARKS[mark];
  const shown = page.symbols ? symbol : word;
  const indent = shown === '' ? '' : ' '.repeat(widthOf(shown) + 1);
  const lines = wrapped(text, page, indent.length);
  return [
    ...lines.map((line, index) => {
      if (mark === 'title') return paint(page, style, line);
      return index === 0 ? `${paint(page, style, shown)} ${line}` : `${indent}${line}`;
    }),
    ...(hint === null ? [] : wrapped(hint, page, indent.length).map((line) => `${indent}${line}`)),
  ];
}

/** Formats the less important lines below a table: dimmed, and wrapped to the width of the page. */
export function footLines(texts: readonly Phrase[], page: Page): string[] {
  return texts.flatMap((text) => wrapped(text, page, 0).map((line) => paint(page, 'aside', line)));
}

function wrapped(text: Phrase, { width, language }: Page, indent: number): string[] {
  return wrap(visible(language.translate(text)), (width ?? Number.POSITIVE_INFINITY) - indent);
}
