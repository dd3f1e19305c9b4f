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

const STATUSES: Readonly<Record<string, Style>> = {
  applied: 'good',
  placed: 'good',
  running: 'good',
  pending: 'waiting',
  partially_returned: 'refused',
  returned: 'refused',
  cancelled: 'refused',
  refused: 'refused',
  stopped: 'refused',
  drift: 'bad',
  crashed: 'bad',
  failed: 'bad',
};

/** Colours text if the page has colours. */
export function paint({ colors }: Page, style: Style | undefined, text: string): string {
  if (!colors || style === undefined || text === '') return text;
  return styleText(STYLES[style], text, { validateStream: false });
}

/** Returns the style of a status, or undefined if the status is not coloured. */
export function styleOfStatus(word: string): Style | undefined {
  return STATUSES[word];
}
