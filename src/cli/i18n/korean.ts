import { fill, Joined, Phrase } from '../../domain/phrase.ts';
import { CHECKS } from './korean/checks.ts';
import { DEV } from './korean/dev.ts';
import { ERRORS } from './korean/errors.ts';
import { FILES } from './korean/files.ts';
import { HELP } from './korean/help.ts';
import { LABELS } from './korean/labels.ts';
import { MESSAGES } from './korean/messages.ts';
import { PROMPTS } from './korean/prompts.ts';
import { RESULTS } from './korean/results.ts';
import { SETTINGS } from './korean/settings.ts';
import type { Language } from './language.ts';
import { type Particles, particleAfter } from './particles.ts';

/** Catalogues of the Korean texts, by their English originals. No text is in two catalogues. */
export const CATALOGUES: readonly Readonly<Record<string, string>>[] = [
  HELP,
  LABELS,
  ERRORS,
  SETTINGS,
  FILES,
  PROMPTS,
  MESSAGES,
  DEV,
  CHECKS,
  RESULTS,
];

const CATALOGUE: ReadonlyMap<string, string> = new Map(CATALOGUES.flatMap((catalogue) => Object.entries(catalogue)));

/** Matches a placeholder and the two forms of the particle after it, such as `{0}을/를`. A quote may stand between them. */
const PLACEHOLDER = /\{(\d+)\}([`'")]*)(을\/를|이\/가|은\/는|와\/과|으로\/로)/g;

function translate(phrase: Phrase): string {
  const { template, values } = phrase;
  const texts = values.map((value) => (value instanceof Phrase ? translate(value) : String(value)));
  // a joined phrase contains only other phrases, which are translated one by one
  const translated = phrase instanceof Joined ? template : (CATALOGUE.get(template) ?? template);
  const withParticles = translated.replace(PLACEHOLDER, (_, index: string, quote: string, particles: Particles) => {
    return `{${index}}${quote}${particleAfter(texts[Number(index)] ?? '', particles)}`;
  });
  return fill(withParticles, texts);
}

export const KOREAN: Language = { code: 'ko', translate, text: (english) => translate(new Phrase(english)) };
