import { joined, type Phrase, phrase } from '../../domain/phrase.ts';
import type { Language } from '../language/language.ts';
import { GAP } from '../present/fit.ts';
import { widthOf } from '../present/text.ts';
import { duration, grouped } from '../words.ts';

const WIDTH = 24;

/** How much of a whole is done, as a bar and in words. */
export function bar(done: number, total: number): Phrase {
  const part = total === 0 ? 1 : done / total;
  const full = Math.floor(part * WIDTH);
  const percent = String(Math.floor(part * 100)).padStart(3);
  const drawn = `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${percent} %`;
  return line(drawn, phrase`${grouped(done)} of ${grouped(total)}`);
}

/** How fast it goes, and how long it takes until nothing is left; null at the first look. */
export function pace(perSecond: number | null, left: number): Phrase | null {
  if (perSecond === null) return null;
  const speed = phrase`${grouped(perSecond)} a second`;
  if (perSecond === 0 || left === 0) return speed;
  return joined([speed, phrase`about ${duration(Math.ceil(left / perSecond))} left`], ', ');
}

/** What stands in a line of a live screen, with a gap between; what is null is left out. */
export function line(...parts: readonly (Phrase | string | null)[]): Phrase {
  return joined(
    parts.filter((part) => part !== null),
    GAP,
  );
}

/** Lines that begin with what they tell of, the rest of them one below the other. */
export function labelled(
  lines: readonly (readonly [label: Phrase, rest: Phrase | string])[],
  language: Language,
): Phrase[] {
  const labels = lines.map(([label]) => language.tell(label));
  const width = Math.max(...labels.map(widthOf));
  return lines.map(([, rest], index) => {
    const label = labels[index] ?? '';
    return line(`${label}${' '.repeat(width - widthOf(label))}`, rest);
  });
}
