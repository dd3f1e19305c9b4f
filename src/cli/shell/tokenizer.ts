import { ShopError } from '../../domain/errors.ts';
import { type Phrase, phrase } from '../../domain/phrase.ts';

/**
 * Matches one token: blanks; '...'; "..."; an escaped character; an operator of other shells; a typographic quote; or
 * any other text.
 */
const TOKEN =
  /(?<blank>\s+)|'(?<raw>[^']*)'|"(?<quoted>(?:[^"\\]|\\.)*)"|\\(?<escaped>.)|(?<operator>[|&;<>])|(?<typographic>[“”„‟‘‛«])|(?<plain>[^\s'"\\|&;<>]+)/suy;
/** The characters that a backslash escapes in double quotes. Before any other character, the backslash is a plain character. */
const ESCAPED_IN_QUOTES = /\\(["\\$`])/g;

/**
 * Splits a command line into words as a POSIX shell does. Blanks separate words; `'...'`, `"..."` and a backslash quote
 * characters; a word that begins with `#` starts a comment. Variables and globs are plain text.
 *
 * @throws ShopError `INVALID_INPUT` for an unclosed quote, for a typographic quote at the start of a word, and for pipes,
 *   redirections and lists of commands.
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (let position = 0; position < text.length; position = TOKEN.lastIndex) {
    if (word === null && text[position] === '#') break;
    TOKEN.lastIndex = position;
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) throw notClosed(text.slice(position));
    const part = partOf(groups);
    if (part === null && word !== null) words.push(word);
    word = part === null ? null : `${word ?? ''}${part}`;
  }
  return word === null ? words : [...words, word];
}

/** Returns true if the line ends with an unescaped backslash, so that the next line continues it. */
export function isContinued(line: string): boolean {
  const [backslashes = ''] = /\\*$/.exec(line) ?? [];
  return backslashes.length % 2 === 1;
}

/** Returns the text that a token adds to its word, or null for the blanks between words. */
function partOf({
  raw,
  quoted,
  escaped,
  operator,
  typographic,
  plain,
}: Partial<Record<string, string>>): string | null {
  if (operator !== undefined) throw unsupported(operator);
  if (typographic !== undefined) throw typographicQuote(typographic);
  return raw ?? quoted?.replace(ESCAPED_IN_QUOTES, '$1') ?? escaped ?? plain ?? null;
}

function notClosed(rest: string): ShopError {
  return refused(phrase`has a quote that is not closed: ${rest}`);
}

function typographicQuote(quote: string): ShopError {
  return refused(phrase`has a typographic quote (${quote}); use " or '`);
}

function unsupported(operator: string): ShopError {
  return refused(phrase`has an unquoted ${operator}, which \`shop shell\` does not support`);
}

function refused(reason: Phrase): ShopError {
  const hint = phrase('See `shop shell --help`.');
  return new ShopError('INVALID_INPUT', { field: phrase('the line'), reason }, { hint });
}
