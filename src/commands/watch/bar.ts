import { duration, grouped } from '../words.ts';

const WIDTH = 24;

/** How much of a whole is done, as a bar and in words. */
export function bar(done: number, total: number): string {
  const part = total === 0 ? 1 : done / total;
  const full = Math.floor(part * WIDTH);
  const percent = String(Math.floor(part * 100)).padStart(3);
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${percent} %  ${grouped(done)} of ${grouped(total)}`;
}

/** How fast it goes, and how long it takes until nothing is left; empty at the first look. */
export function pace(perSecond: number | null, left: number): string {
  if (perSecond === null) return '';
  const rest = perSecond === 0 || left === 0 ? '' : `, about ${duration(Math.ceil(left / perSecond))} left`;
  return `  ${grouped(perSecond)} a second${rest}`;
}
