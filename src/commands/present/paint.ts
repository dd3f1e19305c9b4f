import { styleText } from 'node:util';
import type { Page } from './page.ts';

const STYLES = {
  heading: 'bold',
  good: 'green',
  waiting: 'cyan',
  refused: 'yellow',
  bad: 'red',
  aside: 'dim',
} as const;

export type Style = keyof typeof STYLES;

/** What is to be seen at once. */
const WORDS: Readonly<Record<string, Style>> = {
  applied: 'good',
  placed: 'good',
  running: 'good',
  true: 'good',
  pending: 'waiting',
  cancelled: 'refused',
  refused: 'refused',
  stopped: 'refused',
  drift: 'bad',
  crashed: 'bad',
  failed: 'bad',
  false: 'bad',
};

/** The text in colour, where the page has colours. */
export function paint({ colors }: Page, style: Style | undefined, text: string): string {
  return colors && style !== undefined ? styleText(STYLES[style], text, { validateStream: false }) : text;
}

/** How a status is painted; undefined for words that tell nothing good or bad. */
export function styleOfWord(word: string): Style | undefined {
  return WORDS[word];
}
