import { joined, type Phrase, phrase } from '../../domain/phrase.ts';
import { type MarkedLine, markedLines } from './marks.ts';
import { grouped } from './numbers.ts';
import type { Page } from './page.ts';
import { visible } from './visible.ts';

/** One check as people see it: a line if it passed or could not be made, and a line for each fault if it failed. */
export interface ChecklistEntry {
  readonly result: 'passed' | 'failed' | 'not checked';
  readonly lines: readonly MarkedLine[];
}

/** Draws a list of checks, with their numbers in the last line. */
export function drawChecklist(entries: readonly ChecklistEntry[], page: Page): string[] {
  const count = (result: ChecklistEntry['result']) => entries.filter((entry) => entry.result === result).length;
  const [failed, unchecked] = [count('failed'), count('not checked')];
  const counts: Phrase[] = [
    phrase`${grouped(count('passed'))} checks passed`,
    ...(failed > 0 ? [phrase`${grouped(failed)} failed`] : []),
    ...(unchecked > 0 ? [phrase`${grouped(unchecked)} not checked`] : []),
  ];
  return [
    ...entries.flatMap(({ lines }) => lines.flatMap((line) => markedLines(line, page))),
    '',
    visible(page.language.translate(phrase`${joined(counts, ', ')}.`)),
  ];
}
