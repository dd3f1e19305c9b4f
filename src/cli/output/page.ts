import { ENGLISH, type Language } from '../i18n/language.ts';

/** The properties of an output stream that affect how text is formatted. */
export interface Page {
  /** On a terminal, digits are grouped, JSON is indented, and control characters are made visible in CSV too. */
  readonly terminal: boolean;
  /** Maximum width of a line; null if there is none. */
  readonly width: number | null;
  readonly colors: boolean;
  /** True if marks, rules, bars and ellipses may use characters beyond ASCII. */
  readonly symbols: boolean;
  /** Language of texts for people. */
  readonly language: Language;
}

/** Properties of a file or a pipe. */
export const PLAIN: Page = { terminal: false, width: null, colors: false, symbols: false, language: ENGLISH };

/** Assumed width of a terminal that does not report one. */
export const DEFAULT_WIDTH = 80;

/** Returns the properties of a stream. */
export function pageOf(stream: NodeJS.WriteStream, language: Language): Page {
  const terminal = stream.isTTY === true;
  const width = terminal ? stream.columns || DEFAULT_WIDTH : null;
  return { terminal, width, colors: wantsColors(terminal), symbols: hasSymbols(terminal), language };
}

/**
 * Returns false on a dumb terminal, or in a locale other than UTF-8. Node writes UTF-8 in every locale, so such a terminal would
 * show other characters instead of the symbols.
 */
function hasSymbols(terminal: boolean): boolean {
  const { TERM, LC_ALL, LC_CTYPE, LANG } = process.env;
  if (terminal && TERM === 'dumb') return false;
  return /^$|utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}

/**
 * Returns true if text is coloured, by the rules of Node.js. If FORCE_COLOR is set, it decides. Otherwise text is coloured on a
 * terminal, unless NO_COLOR has a value or the terminal is dumb.
 */
function wantsColors(terminal: boolean): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return terminal && !NO_COLOR && TERM !== 'dumb';
}
