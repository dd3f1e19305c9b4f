import { styleText } from 'node:util';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { Language } from '../i18n/language.ts';

/** The texts that inquirer passes to the styles of a theme. */
const INQUIRER_TEXTS: Readonly<Record<string, Phrase>> = {
  navigate: phrase('navigate'),
  select: phrase('select'),
  'No results found': phrase('No results found'),
};

/** The part of a theme that differs from inquirer's own. */
interface Theme {
  readonly keywords?: {
    readonly yes: string;
    readonly no: string;
    readonly error: (words: { readonly yes: string; readonly no: string }) => string;
  };
  readonly style: {
    readonly error: (text: string) => string;
    readonly keysHelpTip: (keys: readonly (readonly [key: string, action: string])[]) => string;
    readonly defaultAnswer?: () => string;
  };
}

/** Translates the texts of inquirer. Colours and symbols stay those of inquirer. */
export function promptTheme({ translate }: Language): Theme {
  const translated = (word: string) => {
    const known = INQUIRER_TEXTS[word];
    return known === undefined ? word : translate(known);
  };
  return {
    style: {
      error: (text) => styleText('red', `> ${translated(text)}`),
      keysHelpTip: (keys) =>
        keys
          .map(([key, action]) => `${styleText('bold', key)} ${styleText('dim', translated(action))}`)
          .join(styleText('dim', ' • ')),
    },
  };
}

/** Translates the texts of a yes-or-no question, which also accepts `y` and `n` in every language. */
export function confirmTheme(language: Language): Theme {
  const { translate } = language;
  const { style } = promptTheme(language);
  return {
    keywords: {
      yes: translate(phrase('Yes')),
      no: translate(phrase('No')),
      error: ({ yes, no }) => translate(phrase`You must answer with "${yes}" or "${no}"`),
    },
    // inquirer would show the first letters of the translated words
    style: { ...style, defaultAnswer: () => styleText('dim', '(y/N)') },
  };
}
