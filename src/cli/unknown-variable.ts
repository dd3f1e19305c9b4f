import { SETTING_NAMES } from '../config/settings.ts';
import { type Phrase, phrase, sentences } from '../domain/phrase.ts';
import { didYouMean, nearest } from './suggestion.ts';

/** Returns the warning about a variable that looks like a setting but is not one. */
export function warnOfUnknownVariable(name: string): Phrase {
  const meant = nearest(name, SETTING_NAMES, (word) => word.replace(/^SHOP_/, ''));
  return sentences(
    phrase`${name} is not a setting and has no effect.`,
    didYouMean(meant) ?? phrase('List the settings with `shop config show`.'),
  );
}
