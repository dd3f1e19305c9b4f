import { chooseLanguage, type LanguageCode } from '../../config/locale.ts';
import { ENGLISH, type Language } from './language.ts';

/** The language that the environment asks for; another than English is loaded here. */
export async function loadLanguage(): Promise<Language> {
  return languageOf(chooseLanguage());
}

/** The language of this code. */
export async function languageOf(code: LanguageCode): Promise<Language> {
  return code === 'en' ? ENGLISH : (await import('./korean.ts')).KOREAN;
}
