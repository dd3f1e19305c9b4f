/*
 * Formats text in man(7), the language of manual pages. Contains only what the pages of commands need.
 */

// roff interprets these characters, or prints them as typographic ones
const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\(rs',
  '-': '\\-',
  "'": '\\(aq',
  '`': '\\(ga',
  '^': '\\(ha',
  '~': '\\(ti',
};

/** Escapes a line of text, so that roff prints it unchanged. */
export function text(plain: string): string {
  const escaped = plain.replace(/[\\\-'`^~]/g, (character) => SPECIAL[character] ?? character);
  // roff reads a line that begins with a dot as a roff command, such as `.TH`
  return escaped.startsWith('.') ? `\\&${escaped}` : escaped;
}

export function bold(plain: string): string {
  return `\\fB${text(plain)}\\fR`;
}

/** Formats a synopsis with its `<placeholders>` in italics, without the angle brackets. */
export function synopsis(plain: string): string {
  return plain
    .split(/(<[^>]+>)/)
    .map((part) => (part.startsWith('<') ? `\\fI${text(part.slice(1, -1))}\\fR` : text(part)))
    .join('');
}

/** Quotes an argument of a roff command such as `.TH`, because the argument may contain spaces. */
export function quoted(plain: string): string {
  return `"${text(plain).replaceAll('"', '\\(dq')}"`;
}

/** Creates a section from lines that are already roff. */
export function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`.SH ${quoted(title)}`, ...lines];
}

/** Creates an entry of a definition list. Both texts are already roff. */
export function entry(term: string, about: string): string[] {
  return ['.TP', term, about];
}

/** Formats lines so that they are printed unchanged, and not joined into a paragraph. */
export function verbatim(lines: readonly string[]): string[] {
  return ['.EX', ...lines.map(text), '.EE'];
}
