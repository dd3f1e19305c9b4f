import { ENGLISH, type Language } from '../i18n/language.ts';

/** What an answer is written on. */
export interface Page {
  /** A person reads it now: digits are grouped, JSON is indented, control characters are made visible in CSV too. */
  readonly terminal: boolean;
  /** Columns that a line may take; null where it may be of any length. */
  readonly width: number | null;
  readonly colors: boolean;
  /** Of what is written for people. */
  readonly language: Language;
}

/** A file or a pipe. */
export const PLAIN: Page = { terminal: false, width: null, colors: false, language: ENGLISH };

/** Of a terminal that does not tell. */
const DEFAULT_WIDTH = 80;

/** What is known of the one who reads a stream. */
export function pageOf(stream: NodeJS.WriteStream, language: Language): Page {
  const terminal = stream.isTTY === true;
  const width = terminal ? stream.columns || DEFAULT_WIDTH : null;
  return { terminal, width, colors: wantsColors(terminal), language };
}

/** As Node itself has it: FORCE_COLOR decides where it is set, then NO_COLOR, where it is not empty, then the terminal. */
function wantsColors(terminal: boolean): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return terminal && !NO_COLOR && TERM !== 'dumb';
}
