import { styleText } from 'node:util';
import { type Phrase, phrase } from '../domain/phrase.ts';
import type { Language } from './language/language.ts';

/** The words of inquirer's own that it hands to the styles of a theme. */
const ITS_WORDS: Readonly<Record<string, Phrase>> = {
  navigate: phrase('navigate'),
  select: phrase('select'),
  'No results found': phrase('No results found'),
};

/** Has inquirer speak a language. Colours and signs are those that it has by itself. */
export function promptTheme({ tell }: Language) {
  const told = (word: string) => {
    const known = ITS_WORDS[word];
    return known === undefined ? word : tell(known);
  };
  return {
    keywords: {
      yes: tell(phrase('Yes')),
      no: tell(phrase('No')),
      error: ({ yes, no }: { yes: string; no: string }) => tell(phrase`You must answer with "${yes}" or "${no}"`),
    },
    style: {
      error: (text: string) => styleText('red', `> ${told(text)}`),
      keysHelpTip: (keys: readonly (readonly [key: string, action: string])[]) =>
        keys
          .map(([key, action]) => `${styleText('bold', key)} ${styleText('dim', told(action))}`)
          .join(styleText('dim', ' • ')),
    },
  };
}
