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
const STATUSES: Readonly<Record<string, Style>> = {
  applied: 'good',
  placed: 'good',
  running: 'good',
  pending: 'waiting',
  cancelled: 'refused',
  refused: 'refused',
  stopped: 'refused',
  drift: 'bad',
  crashed: 'bad',
  failed: 'bad',
};

/** The text in colour, where the page has colours and there is any text. */
export function paint({ colors }: Page, style: Style | undefined, text: string): string {
  if (!colors || style === undefined || text === '') return text;
  return styleText(STYLES[style], text, { validateStream: false });
}

/** How a status is painted; undefined for one that is neither good news nor bad. */
export function styleOfStatus(word: string): Style | undefined {
  return STATUSES[word];
}
