import { ENGLISH, type Language } from '../i18n/language.ts';

/** What an answer is written on. */
export interface Page {
  /** A person reads it now: digits are grouped, JSON is indented, control characters are made visible in CSV too. */
  readonly terminal: boolean;
  /** Columns that a line may take; null where it may be of any length. */
  readonly width: number | null;
  readonly colors: boolean;
  /** Whether marks, rules and bars may be drawn with characters beyond ASCII. */
  readonly symbols: boolean;
  /** Of what is written for people. */
  readonly language: Language;
}

/** A file or a pipe. */
export const PLAIN: Page = { terminal: false, width: null, colors: false, symbols: false, language: ENGLISH };

/** Of a terminal that does not tell. */
const DEFAULT_WIDTH = 80;

/** What is known of the one who reads a stream. */
export function pageOf(stream: NodeJS.WriteStream, language: Language): Page {
  const terminal = stream.isTTY === true;
  const width = terminal ? stream.columns || DEFAULT_WIDTH : null;
  return { terminal, width, colors: wantsColors(terminal), symbols: hasSymbols(terminal), language };
}

/** False on a dumb terminal, and in a locale that is set and is not UTF-8; Node itself always writes UTF-8. */
function hasSymbols(terminal: boolean): boolean {
  const { TERM, LC_ALL, LC_CTYPE, LANG } = process.env;
  if (terminal && TERM === 'dumb') return false;
  return /^$|utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}

/** As Node itself has it: FORCE_COLOR decides where it is set, then NO_COLOR, where it is not empty, then the terminal. */
function wantsColors(terminal: boolean): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return terminal && !NO_COLOR && TERM !== 'dumb';
}
