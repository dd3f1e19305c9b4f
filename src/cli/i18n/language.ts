import type { LanguageCode } from '../../config/locale.ts';
import type { Phrase } from '../../domain/phrase.ts';

/** The language of texts for people. Output for programs (JSON, CSV, codes, logs) is never translated. */
export interface Language {
  readonly code: LanguageCode;
  /** Translates a phrase and the phrases among its values. */
  readonly translate: (phrase: Phrase) => string;
  /** Translates text without values, such as a line of help or the name of a column. */
  readonly text: (english: string) => string;
}

/** English. All texts in the code are English, so nothing is translated. */
export const ENGLISH: Language = { code: 'en', translate: String, text: (english) => english };
