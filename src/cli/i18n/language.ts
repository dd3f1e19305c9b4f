import type { LanguageCode } from '../../config/locale.ts';
import type { Phrase } from '../../domain/phrase.ts';

/** The language that people read. What programs read (JSON, CSV, codes, logs) has none. */
export interface Language {
  readonly code: LanguageCode;
  /** A phrase, and those in it. */
  readonly translate: (phrase: Phrase) => string;
  /** A text without values, by the English one: of help, and of names such as those of columns. */
  readonly text: (english: string) => string;
}

/** The language that everything is written in. */
export const ENGLISH: Language = { code: 'en', translate: String, text: (english) => english };
