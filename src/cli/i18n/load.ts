import { chooseLanguage } from '../../config/locale.ts';
import { ENGLISH, type Language } from './language.ts';

/** The language that the environment asks for; another than English is loaded here. */
export async function loadLanguage(): Promise<Language> {
  return chooseLanguage() === 'en' ? ENGLISH : (await import('./korean.ts')).KOREAN;
}
