/**
 * White space, no-break and zero-width characters, and the marks that programs leave at the ends of a cell: byte-order marks,
 * direction marks, and Ctrl-Z.
 */
const BLANK = '[\\s\\u001a\\u00ad\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u206f\\ufeff]';
const BLANK_START = new RegExp(`^${BLANK}+`);
const BLANK_END = new RegExp(`${BLANK}$`);

/** Removes the characters of `BLANK` from both ends of the text. */
export function trimmed(text: string): string {
  if (!mayBeBlank(text.charCodeAt(0)) && !mayBeBlank(text.charCodeAt(text.length - 1))) return text;
  let end = text.length;
  while (end > 0 && BLANK_END.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end).replace(BLANK_START, '');
}

/** Checks quickly whether a character may be blank. Most cells begin and end with a visible ASCII character, or are empty. */
function mayBeBlank(code: number): boolean {
  return code <= 0x20 || code > 0x7e;
}
