import { styleText } from 'node:util';
import { type Phrase, phrase } from '../../domain/phrase.ts';
import type { Language } from '../i18n/language.ts';

/** The words of inquirer's own that it hands to the styles of a theme. */
const ITS_WORDS: Readonly<Record<string, Phrase>> = {
  navigate: phrase('navigate'),
  select: phrase('select'),
  'No results found': phrase('No results found'),
};

/** What of a theme is ours; inquirer adds the rest. */
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

/** Has inquirer speak a language. Colours and signs are those that it has by itself. */
export function promptTheme({ translate }: Language): Theme {
  const translated = (word: string) => {
    const known = ITS_WORDS[word];
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

/** The same of a question that is answered with yes or no. `y` and `n` are understood beside the language's words. */
export function confirmTheme(language: Language): Theme {
  const { translate } = language;
  const { style } = promptTheme(language);
  return {
    keywords: {
      yes: translate(phrase('Yes')),
      no: translate(phrase('No')),
      error: ({ yes, no }) => translate(phrase`You must answer with "${yes}" or "${no}"`),
    },
    // it would take the first letters of the words
    style: { ...style, defaultAnswer: () => styleText('dim', '(y/N)') },
  };
}
