import { joined, type Phrase, phrase } from '../../domain/phrase.ts';
import { duration, grouped } from '../output/numbers.ts';
import type { Page } from '../output/page.ts';

/** Draws progress as a bar of the given width and a percentage. */
export function progressBar(done: number, total: number, width: number, { symbols }: Page): string {
  // an estimated total may be too low
  const part = total === 0 ? 1 : Math.min(done / total, 1);
  const full = Math.floor(part * width);
  const percent = String(Math.floor(part * 100)).padStart(3);
  const [solid, light] = symbols ? ['█', '░'] : ['#', '.'];
  return `${solid.repeat(full)}${light.repeat(width - full)} ${percent} %`;
}

/** Formats progress as `7 of 2,000`, padded to the width of the total. */
export function countOf(done: number, total: number): Phrase {
  return phrase`${grouped(done).padStart(grouped(total).length)} of ${grouped(total)}`;
}

/** Formats the speed and the remaining time. Returns an empty string at the first poll. */
export function rateText(perSecond: number | null, left: number): Phrase | string {
  if (perSecond === null) return '';
  const speed = phrase`${grouped(perSecond)} a second`;
  if (perSecond === 0 || left === 0) return speed;
  return joined([speed, phrase`about ${duration(Math.ceil(left / perSecond))} left`], ', ');
}
