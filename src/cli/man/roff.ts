/*
 * The little of the language of manual pages, man(7), that pages of commands need.
 */

// what roff would take for its own, and what it would print as a typographer's character
const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\(rs',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

/** Text of one line, printed as it is. */
export function text(plain: string): string {
  const escaped = plain.replace(/[\\\-'`^~]/g, (character) => SPECIAL[character] ?? character);
  // a line that begins with a dot is a request
  return escaped.startsWith('.') ? `\\&${escaped}` : escaped;
}

export function bold(plain: string): string {
  return `\\fB${text(plain)}\\fR`;
}

/** The words in `<>`, and `...` behind them, are what the reader puts in: in italics, without the marks. */
export function synopsis(plain: string): string {
  return plain
    .split(/(<[^>]+>)/)
    .map((part) => (part.startsWith('<') ? `\\fI${text(part.slice(1, -1))}\\fR` : text(part)))
    .join('');
}

/** An argument of a request, which may have spaces. */
export function quoted(plain: string): string {
  return `"${text(plain).replaceAll('"', '\\(dq')}"`;
}

/** A section; `lines` are roff. */
export function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`.SH ${quoted(title)}`, ...lines];
}

/** An entry of a list of terms; both are roff. */
export function entry(term: string, about: string): string[] {
  return ['.TP', term, about];
}

/** Lines that are printed as they are, not filled. */
export function verbatim(lines: readonly string[]): string[] {
  return ['.EX', ...lines.map(text), '.EE'];
}
