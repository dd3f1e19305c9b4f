import stringWidth from 'string-width';
import type { Page } from './page.ts';

const graphemes = new Intl.Segmenter();
/** Matches the positions where a line may break: after a space, and between two entries of JSON. */
const BREAKS = /(?<= |,(?=["[{]))/;

/**
 * Returns the width of text in terminal columns. A wide character or an emoji takes two columns, and a combining mark
 * takes none.
 */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** Cuts text that is wider than the given width, and ends it with an ellipsis. */
export function cut(text: string, width: number, { symbols }: Pick<Page, 'symbols'>): string {
  if (widthOf(text) <= width) return text;
  const ellipsis = (symbols ? '…' : '...').slice(0, Math.max(width, 0));
  return `${takeColumns(text, width - ellipsis.length)}${ellipsis}`;
}

/** Wraps text to the given width, at spaces where possible and never within a character. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(BREAKS)) {
    if (widthOf(line) + widthOf(withoutLastSpaces(word)) <= width) {
      line += word;
      continue;
    }
    if (line !== '') lines.push(withoutLastSpaces(line));
    line = word;
    while (widthOf(withoutLastSpaces(line)) > width) {
      // a single character may be wider than the line
      const taken = takeColumns(line, width) || firstGrapheme(line);
      lines.push(taken);
      line = line.slice(taken.length);
    }
  }
  lines.push(withoutLastSpaces(line));
  return lines;
}

/** Removes trailing spaces. Other white space, such as a no-break space, is part of the text. */
function withoutLastSpaces(text: string): string {
  return text.replace(/ +$/, '');
}

/** Returns as many whole characters from the start as fit. */
function takeColumns(text: string, width: number): string {
  let [taken, columns] = ['', 0];
  for (const { segment } of graphemes.segment(text)) {
    columns += widthOf(segment);
    if (columns > width) break;
    taken += segment;
  }
  return taken;
}

function firstGrapheme(text: string): string {
  const [first] = graphemes.segment(text);
  return first?.segment ?? '';
}
