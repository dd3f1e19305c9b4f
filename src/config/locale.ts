import { ShopError } from '../domain/errors.ts';
import { either, phrase } from '../domain/phrase.ts';
import { withDotEnv } from './dot-env.ts';

const LANGUAGES = ['en', 'ko'] as const;
/** A language that people are talked to in. */
export type LanguageCode = (typeof LANGUAGES)[number];

/**
 * Chooses the language of messages: `SHOP_LANG`, from the environment or `.env`, or else that of the locale. Help needs
 * it whatever the settings are: if they can't be read, it is the locale's, and a command that needs them reports why.
 */
export function chooseLanguage(env: NodeJS.ProcessEnv = process.env): LanguageCode {
  try {
    return checkLanguage(withDotEnv(env), env);
  } catch (error) {
    if (error instanceof ShopError) return languageOfLocale(env);
    throw error;
  }
}

/**
 * The language that these settings ask for, or else that of the locale in the environment.
 *
 * @throws ShopError `CONFIG` if `SHOP_LANG` is none of the languages.
 */
export function checkLanguage(settings: NodeJS.ProcessEnv, env: NodeJS.ProcessEnv): LanguageCode {
  const { SHOP_LANG: given } = settings;
  if (given === undefined) return languageOfLocale(env);
  const known = LANGUAGES.find((code) => code === given);
  if (known !== undefined) return known;
  throw new ShopError(
    'CONFIG',
    { setting: 'SHOP_LANG' },
    {
      message: phrase('SHOP_LANG has a value that is not allowed.'),
      hint: phrase`Use ${either(LANGUAGES)}, or leave it out to have the language of the locale.`,
    },
  );
}

/** As POSIX has it: the first that is set decides, even where it names a language that is not there. */
function languageOfLocale({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): LanguageCode {
  return /^ko([_.@]|$)/.test(LC_ALL || LC_MESSAGES || LANG || '') ? 'ko' : 'en';
}
