import { ShopError } from '../domain/errors.ts';
import { either, phrase } from '../domain/phrase.ts';
import { withDotEnv } from './dot-env.ts';

const LANGUAGES = ['en', 'ko'] as const;
/** Language of messages. */
export type LanguageCode = (typeof LANGUAGES)[number];

/**
 * Chooses the language of messages. `SHOP_LANG`, from the environment or `.env`, takes precedence over the locale. If
 * the settings can't be read, the language of the locale is used, so that help still works. A command that needs the
 * settings reports the error.
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
 * Returns the language that the settings name. If they name none, returns the language of the locale in the environment.
 *
 * @throws ShopError `CONFIG` if `SHOP_LANG` names no supported language.
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
      hint: phrase`Use ${either(LANGUAGES)}, or unset SHOP_LANG to use the language of the locale.`,
    },
  );
}

/**
 * Returns the locale's language. As in POSIX, the first variable that is set decides, even if it names an unknown
 * language.
 */
function languageOfLocale({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): LanguageCode {
  return /^ko([_.@]|$)/.test(LC_ALL || LC_MESSAGES || LANG || '') ? 'ko' : 'en';
}
