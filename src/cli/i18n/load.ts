import { chooseLanguage } from '../../config/locale.ts';
import { ENGLISH, type Language } from './language.ts';

/** Loads the language that `SHOP_LANG` or the locale chooses. */
export async function loadLanguage(): Promise<Language> {
  return chooseLanguage() === 'en' ? ENGLISH : (await import('./korean.ts')).KOREAN;
}
