import { joined, type Phrase, phrase } from '../../domain/phrase.ts';
import { markedLines } from './marked-lines.ts';
import type { MarkedLine } from './marks.ts';
import { grouped } from './numbers.ts';
import type { Page } from './page.ts';
import { visible } from './visible.ts';

/**
 * One check, as people see it. A check that passed, or could not be run, has one line. A failed check has a line for
 * each fault.
 */
export interface ChecklistEntry {
  readonly result: 'passed' | 'failed' | 'not checked';
  readonly lines: readonly MarkedLine[];
}

/** Draws a list of checks. The last line shows how many checks passed, failed or could not be run. */
export function drawChecklist(entries: readonly ChecklistEntry[], page: Page): string[] {
  const count = (result: ChecklistEntry['result']) => entries.filter((entry) => entry.result === result).length;
  const [passed, failed, unchecked] = [count('passed'), count('failed'), count('not checked')];
  const counts: Phrase[] = [
    passed === 1 ? phrase('1 check passed') : phrase`${grouped(passed)} checks passed`,
    ...(failed > 0 ? [phrase`${grouped(failed)} failed`] : []),
    ...(unchecked > 0 ? [phrase`${grouped(unchecked)} not checked`] : []),
  ];
  return [
    ...entries.flatMap(({ lines }) => lines.flatMap((line) => markedLines(line, page))),
    '',
    visible(page.language.translate(phrase`${joined(counts, ', ')}.`)),
  ];
}
