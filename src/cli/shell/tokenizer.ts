import type { ShopError } from '../../domain/errors.ts';
import { invalid } from '../../domain/input.ts';
import { phrase } from '../../domain/phrase.ts';

/** Blanks; '...'; "..."; an escaped character; what other shells give a meaning; anything else. */
const TOKEN =
  /(?<blank>\s+)|'(?<raw>[^']*)'|"(?<quoted>(?:[^"\\]|\\.)*)"|\\(?<escaped>.)|(?<operator>[|&;<>])|(?<plain>[^\s'"\\|&;<>]+)/suy;
/** In double quotes a backslash stands for itself before any other character. */
const ESCAPED_IN_QUOTES = /\\(["\\$`])/g;

/**
 * The words of a command line as a POSIX shell has them: blanks between, `'...'` and `"..."` and a backslash to take
 * characters as they are, a comment from a word that begins with `#`. Variables and globs are text like any other.
 *
 * @throws ShopError `INVALID_INPUT` where a quote is not closed, and for pipes, redirections and lists of commands.
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

/** A line that the next one continues: it ends with a backslash that is not escaped itself. */
export function isContinued(line: string): boolean {
  const [backslashes = ''] = /\\*$/.exec(line) ?? [];
  return backslashes.length % 2 === 1;
}

/** What a token adds to its word; null for the blanks between words. */
function partOf({ raw, quoted, escaped, operator, plain }: Partial<Record<string, string>>): string | null {
  if (operator !== undefined) throw unsupported(operator);
  return raw ?? quoted?.replace(ESCAPED_IN_QUOTES, '$1') ?? escaped ?? plain ?? null;
}

function notClosed(rest: string): ShopError {
  return invalid(phrase('the line'), phrase`has a quote that is not closed: ${rest}`);
}

function unsupported(operator: string): ShopError {
  return invalid(phrase('the line'), phrase`has an unquoted ${operator}, which means nothing in \`shop shell\``);
}
