import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter();
const ELLIPSIS = '…';
/** After a space, or between two entries of JSON. */
const BREAKS = /(?<= |,(?=["[{]))/;

/** Columns of a terminal that a text takes: two for a wide character or an emoji, none for a combining mark. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** A text of at most so many columns, with an ellipsis in place of what does not fit. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return `${takeColumns(text, width - 1)}${ELLIPSIS}`;
}

/** Lines of at most so many columns, broken at spaces where there are any, and never within a character. */
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
      // a single character may be wider than all the room there is
      const taken = takeColumns(line, width) || firstGrapheme(line);
      lines.push(taken);
      line = line.slice(taken.length);
    }
  }
  lines.push(withoutLastSpaces(line));
  return lines;
}

/** Without the spaces that lines are broken at; others, such as one that is not to be broken at, are text. */
function withoutLastSpaces(text: string): string {
  return text.replace(/ +$/, '');
}

/** As many whole characters from the start as fit. */
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
